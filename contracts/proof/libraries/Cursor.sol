// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice What is left of a step's witness: words of calldata, read from front to back.
struct Reader {
    /// Where the next word is in the calldata.
    uint256 place;
    uint256 end;
}

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
using ReaderLib for Reader global;

library ReaderLib {
    error WitnessTooShort();
    error WitnessTooLong();

    function over(bytes calldata witness) internal pure returns (Reader memory reader) {
        uint256 place;
        assembly ("memory-safe") {
            place := witness.offset
        }
        reader.place = place;
        reader.end = place + witness.length;
    }

    /// @dev The place of the next `byteLength` bytes, which are passed over.
    function take(Reader memory reader, uint256 byteLength) internal pure returns (uint256 place) {
        place = reader.place;
        if (byteLength > reader.end - place) revert WitnessTooShort();
        reader.place = place + byteLength;
    }

    function word(Reader memory reader) internal pure returns (uint256 value) {
        uint256 place = reader.take(32);
        assembly ("memory-safe") {
            value := calldataload(place)
        }
    }

    /// @dev A witness says what is needed and nothing else: one step has one proof.
    function requireEnd(Reader memory reader) internal pure {
        if (reader.place != reader.end) revert WitnessTooLong();
    }
}

library CursorLib {
    error WrongLeaf();
    error OutsideTree();

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
        if (index >> self.depth != 0) revert OutsideTree();
        uint256 leaf = witness.word();
        uint256 path = witness.take(self.depth << 5);
        if (rootFrom(leaf, index, path, self.depth) != self.root) revert WrongLeaf();
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
