// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {JuryDraw} from "../../../contracts/jury/libraries/JuryDraw.sol";
import {SumTree} from "../../../contracts/jury/libraries/SumTree.sol";

/// @notice A pool of jurors, and the draw as the JuryArbiter is linked with it.
contract DrawHarness {
    using JuryDraw for SumTree.Tree;
    using SumTree for SumTree.Tree;

    uint256 private constant EPOCH = 1000;
    SumTree.Tree private tree;

    /// @dev Accounts one after the other, with these tickets, from leaf 1 on; leaf 0 weighs nothing, as in the JuryArbiter.
    function join(uint256[] calldata tickets) external {
        if (tree.size == 0) tree.append();
        for (uint256 i = 0; i < tickets.length; ++i) tree.update(tree.append(), 0, tickets[i], EPOCH);
    }

    /// @dev Whose each ticket is.
    function owners() external view returns (uint32[] memory leaves) {
        leaves = new uint32[](tree.total(EPOCH + 1));
        for (uint256 i = 0; i < leaves.length; ++i) leaves[i] = uint32(tree.find(i, EPOCH + 1));
    }

    /// @dev The leaves that each seed draws, by seed and seat.
    function draws(bytes32[] calldata seeds, uint256 most) external view returns (uint32[] memory leaves) {
        uint32[3] memory nobody;
        for (uint256 i = 0; i < seeds.length; ++i) {
            uint32[] memory drawn = tree.draw(nobody, most, seeds[i], EPOCH + 1);
            if (i == 0) leaves = new uint32[](seeds.length * drawn.length);
            for (uint256 k = 0; k < drawn.length; ++k) leaves[i * drawn.length + k] = drawn[k];
        }
    }

    /// @dev Of `rounds` draws, how many gave leaves from `first` on a majority of the seats.
    function majorities(
        uint256 first,
        uint256 most,
        bytes32 seed,
        uint256 rounds
    ) external view returns (uint256 won) {
        uint32[3] memory nobody;
        uint256 free;
        assembly ("memory-safe") {
            free := mload(0x40)
        }
        for (uint256 i = 0; i < rounds; ++i) {
            // Every draw on the same memory, or the price of memory would be all that is measured.
            assembly ("memory-safe") {
                mstore(0x40, free)
            }
            bytes32 own = keccak256(abi.encode(seed, i));
            uint32[] memory drawn = tree.draw(nobody, most, own, EPOCH + 1);
            uint256 seats = 0;
            for (uint256 k = 0; k < drawn.length; ++k) if (drawn[k] >= first) ++seats;
            if (2 * seats > drawn.length) ++won;
        }
    }
}
