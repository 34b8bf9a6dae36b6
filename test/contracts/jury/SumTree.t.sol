// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {SumTree} from "../../../contracts/jury/libraries/SumTree.sol";
import {SumTreeHarness} from "./SumTreeHarness.sol";

/// @notice The tree against plain arrays: weights now, at the start of this epoch, and of the one before it.
contract SumTreeTest {
    SumTreeHarness private tree;

    uint256[] private now_;
    uint256[] private started;
    uint256[] private before_;
    uint256 private epoch = 1000;

    function setUp() external {
        tree = new SumTreeHarness();
    }

    /// @dev Leaves come, change and stay, over epochs that are skipped at times; the past that is promised is there, to the leaf.
    function testFuzz_remembersThisEpochAndTheOneBefore(uint256 seed, uint8 leaves) external {
        _append(1 + (leaves % 100));
        for (uint256 step = 0; step < 24; ++step) {
            seed = uint256(keccak256(abi.encode(seed)));
            if (seed % 3 == 0) _pass(1 + ((seed >> 8) % 2));
            if (seed % 5 == 0) _append(1 + ((seed >> 16) % 9));
            uint256 leaf = (seed >> 24) % now_.length;
            _set(leaf, (seed >> 64) % 4 == 0 ? 0 : (seed >> 66) % 1000);
            _checkLine(epoch, started);
            _checkLine(epoch - 1, before_);
            _checkLeaf(leaf);
            _checkLeaf((seed >> 128) % now_.length);
        }
        for (uint256 leaf = 0; leaf < now_.length; ++leaf) _checkLeaf(leaf);
    }

    /// @dev A full tree gets a root above it: what it was stays readable through the new one.
    function testFuzz_growsWithItsPast(uint256 seed) external {
        _append(8);
        for (uint256 leaf = 0; leaf < 8; ++leaf) _set(leaf, 1 + ((seed >> (8 * leaf)) % 256));
        _pass(1);
        _set(3, 7);
        _pass(1);
        _set(5, 9);
        _append(1);
        _checkLine(epoch, started);
        _checkLine(epoch - 1, before_);
        _set(8, 11);
        _append(56);
        _set(64, 13);
        for (uint256 leaf = 0; leaf < now_.length; ++leaf) _checkLeaf(leaf);
        _checkLine(epoch, started);
        _checkLine(epoch - 1, before_);
        _pass(1);
        _checkLine(epoch, started);
    }

    /// @dev The same seats as by going through the line of all tickets one by one, and taking each away that is drawn.
    function testFuzz_drawsAsByHand(uint256 seed, uint8 leaves, uint8 seats_) external {
        _append(1 + (leaves % 80));
        for (uint256 leaf = 1; leaf < now_.length; ++leaf) {
            uint256 random = uint256(keccak256(abi.encode(seed, leaf)));
            if (random % 3 != 0) _set(leaf, (random >> 8) % (seed % 2 == 0 ? 3 : 50));
        }
        _pass(1);
        uint32[3] memory out;
        for (uint256 i = 0; i < out.length; ++i) out[i] = uint32((seed >> (8 * i)) % now_.length);
        uint256 asked = 1 + 2 * (seats_ % 8);

        uint32[] memory drawn = tree.draw(out, asked, bytes32(seed), epoch);
        uint256[] memory line = new uint256[](now_.length);
        for (uint256 leaf = 0; leaf < line.length; ++leaf) line[leaf] = started[leaf];
        for (uint256 i = 0; i < out.length; ++i) line[out[i]] = 0;
        uint256 left = 0;
        for (uint256 leaf = 0; leaf < line.length; ++leaf) left += line[leaf];
        require(tree.eligible(out, epoch) == left, "other tickets are left");
        uint256 seats = left < asked ? left : asked;
        if (seats > 0 && seats % 2 == 0) --seats;
        require(drawn.length == seats, "an odd number of seats, as many as there can be");
        _checkSeats(drawn, line, left, bytes32(seed));
    }

    /// @dev Tickets keep their places in the line when others are gone: what is drawn counts along those that are left.
    function _checkSeats(
        uint32[] memory drawn,
        uint256[] memory line,
        uint256 left,
        bytes32 seed
    ) private pure {
        // What is left of each leaf, by ticket: bit `t` of `taken[leaf]` says that its ticket number `t` is gone.
        uint256[] memory taken = new uint256[](line.length);
        for (uint256 seat = 0; seat < drawn.length; ++seat) {
            uint256 position = uint256(keccak256(abi.encode(seed, seat))) % left--;
            uint256 leaf = 0;
            uint256 ticket = 0;
            while (true) {
                if (ticket == line[leaf]) {
                    (leaf, ticket) = (leaf + 1, 0);
                } else if (taken[leaf] & (1 << ticket) != 0) {
                    ++ticket;
                } else if (position == 0) {
                    break;
                } else {
                    (position, ticket) = (position - 1, ticket + 1);
                }
            }
            require(drawn[seat] == leaf, "another leaf");
            taken[leaf] |= 1 << ticket;
        }
    }

    function _append(uint256 count) private {
        tree.append(count);
        for (uint256 i = 0; i < count; ++i) {
            now_.push();
            started.push();
            before_.push();
        }
    }

    function _set(uint256 leaf, uint256 weight) private {
        now_[leaf] = weight;
        uint256[] memory weights = new uint256[](1);
        weights[0] = weight;
        tree.set(leaf, weights, epoch);
    }

    function _pass(uint256 epochs) private {
        epoch += epochs;
        before_ = epochs == 1 ? started : now_;
        started = now_;
    }

    function _checkLine(uint256 moment, uint256[] storage line) private view {
        uint256 sum = 0;
        for (uint256 i = 0; i < line.length; ++i) sum += line[i];
        require(tree.total(moment) == sum, "the total is another");
    }

    function _checkLeaf(uint256 leaf) private view {
        _checkSpan(leaf, epoch, started);
        _checkSpan(leaf, epoch - 1, before_);
        _checkSpan(leaf, epoch + 1, now_);
    }

    function _checkSpan(uint256 leaf, uint256 moment, uint256[] storage line) private view {
        uint256 sum = 0;
        for (uint256 i = 0; i < leaf; ++i) sum += line[i];
        (uint256 start, uint256 weight) = tree.locate(leaf, moment);
        require(start == sum && weight == line[leaf], "the span is another");
        if (weight == 0) return;
        require(tree.find(start, moment) == leaf, "found another by its first");
        require(tree.find(start + weight - 1, moment) == leaf, "found another by its last");
    }
}
