// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {JuryDraw} from "../../../contracts/jury/libraries/JuryDraw.sol";
import {SumTree} from "../../../contracts/jury/libraries/SumTree.sol";

/// @notice A tree of weights, with the epoch as an argument.
contract SumTreeHarness {
    using JuryDraw for SumTree.Tree;
    using SumTree for SumTree.Tree;

    SumTree.Tree private tree;
    mapping(uint256 leaf => uint256) public weightOf;

    function append(uint256 count) external {
        for (uint256 i = 0; i < count; ++i) tree.append();
    }

    /// @dev Weights of consecutive leaves.
    function set(uint256 first, uint256[] calldata weights, uint256 epoch) external {
        for (uint256 i = 0; i < weights.length; ++i) {
            tree.update(first + i, weightOf[first + i], weights[i], epoch);
            weightOf[first + i] = weights[i];
        }
    }

    function size() external view returns (uint32) {
        return tree.size;
    }

    function total(uint256 epoch) external view returns (uint256) {
        return tree.total(epoch);
    }

    function find(uint256 position, uint256 epoch) external view returns (uint256, uint256, uint256) {
        return tree.find(position, epoch);
    }

    function locate(uint256 leaf, uint256 epoch) external view returns (uint256, uint256) {
        return tree.locate(leaf, epoch);
    }

    function draw(
        uint32[] calldata excluded,
        uint256 seats,
        bytes32 seed,
        uint256 epoch
    ) external view returns (uint32[] memory) {
        return tree.draw(excluded, seats, seed, epoch);
    }

    /// @dev Many draws, one after the other: the leaves by draw and seat.
    function draws(
        uint256 seats,
        bytes32 seed,
        uint256 rounds,
        uint256 epoch
    ) external view returns (uint32[] memory leaves) {
        leaves = new uint32[](rounds * seats);
        for (uint256 round = 0; round < rounds; ++round) {
            bytes32 own = keccak256(abi.encode(seed, round));
            uint32[] memory drawn = tree.draw(new uint32[](0), seats, own, epoch);
            for (uint256 seat = 0; seat < seats; ++seat) leaves[round * seats + seat] = drawn[seat];
        }
    }
}
