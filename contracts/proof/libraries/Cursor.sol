// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Reader} from "./Reader.sol";

/// @notice A Merkle tree of fixed depth with one leaf open at a time. A leaf that was changed is written back when another is opened.
struct Cursor {
    bytes32 root;
    uint256 depth;
    /// The open leaf; `NONE` if none is.
    uint256 index;
    uint256 leaf;
    /// Where its siblings are in the calldata.
    uint256 path;
    bool isChanged;
}

using CursorLib for Cursor global;

/// @notice Opens leaves of a tree, and changes them.
library CursorLib {
    error Step_WrongLeaf();
    error Step_OutsideTree();

    uint256 private constant NONE = type(uint256).max;

    function over(bytes32 root, uint256 depth) internal pure returns (Cursor memory cursor) {
        cursor.root = root;
        cursor.depth = depth;
        cursor.index = NONE;
    }

    /// @dev Opens a leaf, unless it is the open one.
    function open(Cursor memory self, Reader memory witness, uint256 index) internal pure returns (uint256) {
        if (self.index == index) return self.leaf;
        self.flush();
        if (index >> self.depth != 0) revert Step_OutsideTree();
        uint256 leaf = witness.word();
        uint256 path = witness.take(self.depth << 5);
        if (rootFrom(leaf, index, path, self.depth) != self.root) revert Step_WrongLeaf();
        self.index = index;
        self.leaf = leaf;
        self.path = path;
        return leaf;
    }

    /// @dev Changes the open leaf.
    function set(Cursor memory self, uint256 leaf) internal pure {
        self.leaf = leaf;
        self.isChanged = true;
    }

    /// @dev Writes the open leaf back.
    function flush(Cursor memory self) internal pure {
        if (self.isChanged) {
            self.root = rootFrom(self.leaf, self.index, self.path, self.depth);
            self.isChanged = false;
        }
        self.index = NONE;
    }

    /// @dev The root that a node and its siblings, which are at `path` in the calldata, give.
    function rootFrom(
        uint256 node,
        uint256 index,
        uint256 path,
        uint256 depth
    ) internal pure returns (bytes32 root) {
        assembly ("memory-safe") {
            for {
                let end := add(path, shl(5, depth))
            } lt(path, end) {
                path := add(path, 32)
            } {
                let side := shl(5, and(index, 1))
                mstore(side, node)
                mstore(xor(side, 32), calldataload(path))
                node := keccak256(0, 64)
                index := shr(1, index)
            }
            root := node
        }
    }
}
