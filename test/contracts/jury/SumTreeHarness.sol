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

    function find(uint256 position, uint256 epoch) external view returns (uint256) {
        return tree.find(position, epoch);
    }

    function locate(uint256 leaf, uint256 epoch) external view returns (uint256, uint256) {
        return tree.locate(leaf, epoch);
    }

    function draw(
        uint32[3] calldata excluded,
        uint256 seats,
        bytes32 seed,
        uint256 epoch
    ) external view returns (uint32[] memory) {
        return tree.draw(excluded, seats, seed, epoch);
    }

    function eligible(uint32[3] calldata excluded, uint256 epoch) external view returns (uint256) {
        return tree.eligible(excluded, epoch);
    }

    /// @dev Many draws, one after the other: the leaves by draw and seat.
    /// @param most Seats that are asked for. There may be fewer, the same number each time.
    function draws(
        uint32[3] calldata excluded,
        uint256 most,
        bytes32 seed,
        uint256 rounds,
        uint256 epoch
    ) external view returns (uint32[] memory leaves) {
        for (uint256 round = 0; round < rounds; ++round) {
            uint32[] memory drawn = tree.draw(excluded, most, keccak256(abi.encode(seed, round)), epoch);
            if (round == 0) leaves = new uint32[](rounds * drawn.length);
            for (uint256 i = 0; i < drawn.length; ++i) leaves[round * drawn.length + i] = drawn[i];
        }
    }

    /// @dev Of `rounds` draws, in how many the first `mine` leaves hold a majority of the seats.
    function majorities(
        uint256 mine,
        uint256 most,
        bytes32 seed,
        uint256 rounds,
        uint256 epoch
    ) external view returns (uint256 count) {
        uint32[3] memory nobody;
        for (uint256 round = 0; round < rounds; ++round) {
            uint32[] memory drawn = tree.draw(nobody, most, keccak256(abi.encode(seed, round)), epoch);
            uint256 seats = 0;
            for (uint256 i = 0; i < drawn.length; ++i) if (drawn[i] < mine) ++seats;
            if (2 * seats > drawn.length) ++count;
        }
    }
}
