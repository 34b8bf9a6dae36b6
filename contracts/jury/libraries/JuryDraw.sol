// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {SumTree} from "./SumTree.sol";

/// @notice Draws distinct leaves by weight, without those that are excluded.
///
/// Nothing is drawn twice and thrown away: the spans of who is out (excluded, or seated already) are kept in order of their
/// start, a number is drawn below what is left, and moved past every span that begins at or before it. So each draw gives a seat,
/// with a chance of exactly weight by weight left, and the work is bounded by the number of seats.
library JuryDraw {
    using SumTree for SumTree.Tree;

    /// @param excluded Leaves to leave out. May name one twice, leaf 0, which weighs nothing, and leaves of no weight.
    /// @param epoch The current epoch, or the one before it.
    /// @return leaves One a seat, or none at all if there are fewer to draw from than seats.
    function draw(
        SumTree.Tree storage tree,
        uint32[] memory excluded,
        uint256 seats,
        bytes32 seed,
        uint256 epoch
    ) internal view returns (uint32[] memory leaves) {
        Span[] memory out = new Span[](excluded.length + seats);
        uint256 left = tree.total(epoch);
        uint256 count;
        for (uint256 i = 0; i < excluded.length; ++i) {
            if (excluded[i] == 0) continue;
            (uint256 start, uint256 weight) = tree.locate(excluded[i], epoch);
            if (weight == 0 || !_insert(out, count, start, weight)) continue;
            ++count;
            left -= weight;
        }

        leaves = new uint32[](seats);
        for (uint256 seat = 0; seat < seats; ++seat) {
            if (left == 0) return new uint32[](0);
            // The bias of the remainder is below 2^-228: there are fewer than 2^28 tickets.
            uint256 position = uint256(keccak256(abi.encode(seed, seat))) % left;
            for (uint256 i = 0; i < count && out[i].start <= position; ++i) position += out[i].weight;
            (uint256 leaf, uint256 start, uint256 weight) = tree.find(position, epoch);
            _insert(out, count, start, weight);
            ++count;
            left -= weight;
            leaves[seat] = uint32(leaf);
        }
    }

    /// @dev Part of the line of all weights.
    struct Span {
        uint256 start;
        uint256 weight;
    }

    /// @dev Keeps the first `count` spans in order. False if this one is among them.
    function _insert(
        Span[] memory spans,
        uint256 count,
        uint256 start,
        uint256 weight
    ) private pure returns (bool) {
        uint256 place = count;
        while (place > 0 && spans[place - 1].start > start) --place;
        if (place > 0 && spans[place - 1].start == start) return false;
        for (uint256 i = count; i > place; --i) spans[i] = spans[i - 1];
        spans[place] = Span(start, weight);
        return true;
    }
}
