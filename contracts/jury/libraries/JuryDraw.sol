// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {SumTree} from "./SumTree.sol";

/// @notice Draws distinct tickets. Whose they are plays no part, so whatever a coalition's tickets are spread over, its chance of any
/// number of seats is the same (hypergeometric), and every seat has a ticket of its own behind it.
///
/// Nothing is drawn twice and thrown away: the spans of what is out (excluded leaves, tickets that are seated already) are kept in
/// order of their start, a number is drawn below what is left, and moved past every span that begins at or before it. So each draw
/// gives a seat, and the work is bounded by the number of seats.
library JuryDraw {
    using SumTree for SumTree.Tree;

    /// @param excluded Leaves to leave out. May name one twice, leaf 0, which weighs nothing, and leaves of no weight.
    /// @param most How many seats are asked for. There are fewer where there are fewer tickets, always an odd number, or none.
    /// @param epoch The current epoch, or the one before it.
    /// @return leaves One a seat.
    function draw(
        SumTree.Tree storage tree,
        uint32[3] memory excluded,
        uint256 most,
        bytes32 seed,
        uint256 epoch
    ) internal view returns (uint32[] memory leaves) {
        Span[] memory out = new Span[](excluded.length + most);
        (uint256 left, uint256 count) = _exclude(tree, excluded, out, epoch);
        uint256 seats = left < most ? left : most;
        if (seats > 0 && seats % 2 == 0) --seats;

        leaves = new uint32[](seats);
        for (uint256 seat = 0; seat < seats; ++seat) {
            // The bias of the remainder is below 2^-228: there are fewer than 2^28 tickets.
            uint256 ticket = uint256(keccak256(abi.encode(seed, seat))) % left;
            for (uint256 i = 0; i < count && out[i].start <= ticket; ++i) ticket += out[i].weight;
            leaves[seat] = uint32(tree.find(ticket, epoch));
            _insert(out, count++, ticket, 1);
            --left;
        }
    }

    /// @dev How many tickets are left to draw from.
    function eligible(
        SumTree.Tree storage tree,
        uint32[3] memory excluded,
        uint256 epoch
    ) internal view returns (uint256 left) {
        (left, ) = _exclude(tree, excluded, new Span[](excluded.length), epoch);
    }

    function _exclude(
        SumTree.Tree storage tree,
        uint32[3] memory excluded,
        Span[] memory out,
        uint256 epoch
    ) private view returns (uint256 left, uint256 count) {
        left = tree.total(epoch);
        for (uint256 i = 0; i < excluded.length; ++i) {
            if (excluded[i] == 0) continue;
            (uint256 start, uint256 weight) = tree.locate(excluded[i], epoch);
            if (weight == 0 || !_insert(out, count, start, weight)) continue;
            ++count;
            left -= weight;
        }
    }

    /// @dev Part of the line of all weights.
    struct Span {
        uint256 start;
        uint256 weight;
    }

    /// @dev Keeps the first `count` spans in order. False if one begins where this one does: it is among them.
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
