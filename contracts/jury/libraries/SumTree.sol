// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IJuryArbiter} from "../interfaces/IJuryArbiter.sol";

/// @notice Weights of numbered leaves, their sums, and what both were at the start of this epoch and of the one before it.
///
/// An 8-ary tree. A node is one word, the weights of its eight children, and keeps the two words that it was before:
///
/// | bits      | field                                                                    |
/// | --------- | ------------------------------------------------------------------------ |
/// | 0…223     | eight weights of 28 bits, the first child's lowest                        |
/// | 224…254   | the epoch in which this version was written                               |
/// | 255       | which of the two older versions is the older one, and is replaced next    |
///
/// The first change in an epoch moves the current version aside, later ones in the same epoch overwrite it. So a node always
/// holds the newest version of each of three different epochs. What held at the start of epoch `e` is the newest version written
/// before `e`; while the chain is in `e` or `e + 1`, at most two epochs can have written since, and it is still there.
///
/// A change costs one node a level, and so does finding a leaf: 2 levels carry 64 leaves, 4 carry 4,096, 7 carry 2 million.
/// @dev Functions that read take an epoch that is the current one or the one before it.
library SumTree {
    /// @dev More weight than this, in all, does not fit.
    uint256 internal constant MAX_TOTAL = (1 << 28) - 1;

    uint256 private constant EPOCH_SHIFT = 224;
    uint256 private constant TURN_SHIFT = 255;

    struct Tree {
        /// How many leaves there are.
        uint32 size;
        /// The current version, then two older ones.
        mapping(uint256 node => uint256[3]) nodes;
    }

    /// @dev Adds a leaf of weight zero. A full tree gets a new root above the old one, with its past.
    function append(Tree storage tree) internal returns (uint32 leaf) {
        leaf = tree.size;
        uint256 depth = _depth(leaf);
        if (leaf == 1 << (3 * depth)) {
            uint256[3] storage old = tree.nodes[_node(depth - 1, 0)];
            uint256[3] storage root = tree.nodes[_node(depth, 0)];
            for (uint256 i = 0; i < 3; ++i) {
                root[i] = ((old[i] >> EPOCH_SHIFT) << EPOCH_SHIFT) | _sum(old[i]);
            }
        }
        tree.size = leaf + 1;
    }

    /// @dev Changes a leaf's weight, which must have been `from`.
    function update(Tree storage tree, uint256 leaf, uint256 from, uint256 to, uint256 epoch) internal {
        uint256 depth = _depth(tree.size);
        uint256 word;
        for (uint256 level = 0; level < depth; ++level) {
            uint256[3] storage node = tree.nodes[_node(level, leaf >> 3)];
            word = node[0];
            if (_epoch(word) != epoch) {
                uint256 turn = word >> TURN_SHIFT;
                if (word != 0) node[1 + turn] = word;
                word = _weights(word) | (epoch << EPOCH_SHIFT) | ((turn ^ 1) << TURN_SHIFT);
            }
            uint256 lane = _lane(leaf);
            uint256 weight = (word >> lane) & MAX_TOTAL;
            // Check: the lane holds it.
            _checkFits(weight - from + to);
            word ^= (weight ^ (weight - from + to)) << lane;
            node[0] = word;
            leaf >>= 3;
        }
        _checkFits(_sum(word));
    }

    /// @dev The sum of all weights at the start of `epoch`.
    function total(Tree storage tree, uint256 epoch) internal view returns (uint256) {
        return _sum(_at(tree, _node(_depth(tree.size) - 1, 0), epoch));
    }

    /// @dev The leaf into whose span `position` falls, at the start of `epoch`. A leaf's span is as long as its weight, and
    /// begins at the sum of all leaves before it.
    function find(Tree storage tree, uint256 position, uint256 epoch) internal view returns (uint256 leaf) {
        for (uint256 level = _depth(tree.size); level > 0; --level) {
            uint256 word = _at(tree, _node(level - 1, leaf), epoch);
            leaf <<= 3;
            for (uint256 weight = word & MAX_TOTAL; position >= weight; weight = word & MAX_TOTAL) {
                position -= weight;
                word >>= 28;
                ++leaf;
            }
        }
    }

    /// @dev A leaf's span at the start of `epoch`.
    function locate(
        Tree storage tree,
        uint256 leaf,
        uint256 epoch
    ) internal view returns (uint256 start, uint256 weight) {
        uint256 depth = _depth(tree.size);
        for (uint256 level = 0; level < depth; ++level) {
            uint256 word = _at(tree, _node(level, leaf >> 3), epoch);
            uint256 lane = _lane(leaf);
            if (level == 0) weight = (word >> lane) & MAX_TOTAL;
            start += _sum(word & ((1 << lane) - 1));
            leaf >>= 3;
        }
    }

    function _at(Tree storage tree, uint256 id, uint256 epoch) private view returns (uint256 word) {
        uint256[3] storage node = tree.nodes[id];
        word = node[0];
        if (_epoch(word) < epoch) return word;
        uint256 turn = word >> TURN_SHIFT;
        word = node[2 - turn];
        if (_epoch(word) < epoch) return word;
        return node[1 + turn];
    }

    /// @dev Levels that carry `size` leaves: at least one.
    function _depth(uint256 size) private pure returns (uint256 depth) {
        for (depth = 1; (1 << (3 * depth)) < size;) ++depth;
    }

    function _node(uint256 level, uint256 index) private pure returns (uint256) {
        return (level << 32) | index;
    }

    function _lane(uint256 leaf) private pure returns (uint256) {
        return (leaf & 7) * 28;
    }

    function _epoch(uint256 word) private pure returns (uint256) {
        return (word << 1) >> (EPOCH_SHIFT + 1);
    }

    function _weights(uint256 word) private pure returns (uint256) {
        return word & ((1 << EPOCH_SHIFT) - 1);
    }

    function _checkFits(uint256 weight) private pure {
        if (weight > MAX_TOTAL) revert IJuryArbiter.JuryArbiter_PoolFull(weight, MAX_TOTAL);
    }

    function _sum(uint256 word) private pure returns (uint256 sum) {
        for (word = _weights(word); word != 0; word >>= 28) sum += word & MAX_TOTAL;
    }
}
