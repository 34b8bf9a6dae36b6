// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Blake3} from "./Blake3.sol";
import {Reader} from "./Reader.sol";

/// @notice Contents by BLAKE3: chunks of 1 KiB under their digest; and the root of a content above 1 MiB, which lists blocks.
library Contents {
    error Step_WrongChunk();

    uint256 internal constant BLOCK_BYTES = 1 << 20;
    bytes4 internal constant RAW = 0x01551e20;
    bytes4 internal constant DAG_CBOR = 0x01711e20;

    /// @dev Bytes of the root before its links, of up to 23 and of more; of a link; of a link before its digest.
    uint256 private constant BEFORE_LINKS = 40;
    uint256 private constant SHORT_LIST = 23;
    uint256 private constant LINK_BYTES = 47;
    uint256 private constant BEFORE_DIGEST = 10;
    /// @dev What stands before each digest: a pair, the tag of a CID, and its first bytes.
    bytes32 private constant LINK_HEAD = hex"82d82a58250001551e20";

    function isLarger(bytes4 prefix) internal pure returns (bool) {
        return (uint32(prefix) >> 16) & 0xff == 0x71;
    }

    function blocksOf(uint256 length) internal pure returns (uint256) {
        return (length + BLOCK_BYTES - 1) / BLOCK_BYTES;
    }

    /// @dev One at least: an empty content is an empty chunk.
    function chunksOf(uint256 length) internal pure returns (uint256) {
        return length == 0 ? 1 : (length + Blake3.CHUNK_BYTES - 1) / Blake3.CHUNK_BYTES;
    }

    function chunkLength(uint256 length, uint256 index) internal pure returns (uint256) {
        uint256 left = length - Blake3.CHUNK_BYTES * index;
        return left < Blake3.CHUNK_BYTES ? left : Blake3.CHUNK_BYTES;
    }

    /// @dev Takes a chunk and its siblings from the witness, and checks them against the content's digest.
    /// @return start Where the chunk is in memory, followed by zeros up to 1 KiB.
    function provenChunk(
        Reader memory witness,
        bytes32 digest,
        uint256 length,
        uint256 index
    ) internal pure returns (uint256 start, uint256 size) {
        size = chunkLength(length, index);
        start = buffer();
        copy(witness.take(size), start, size);
        if (digestFrom(witness, start, size, index, chunksOf(length)) != digest) revert Step_WrongChunk();
    }

    function digestFrom(
        Reader memory witness,
        uint256 start,
        uint256 size,
        uint256 index,
        uint256 count
    ) private pure returns (bytes32 value) {
        value = Blake3.chunk(start, size, index, count == 1);
        // Whether the chunk is under the left child, from the root down: the lowest bit is the lowest node's.
        uint256 sides;
        uint256 depth;
        uint256 place = index;
        for (uint256 left = count; left > 1; ++depth) {
            uint256 half = 1;
            while (half << 1 < left) half <<= 1;
            if (place < half) {
                sides = (sides << 1) | 1;
                left = half;
            } else {
                sides <<= 1;
                place -= half;
                left -= half;
            }
        }
        for (; depth > 0; --depth) {
            bytes32 sibling = bytes32(witness.word());
            bool isRoot = depth == 1;
            value =
                sides & 1 == 1
                    ? Blake3.parent(value, sibling, isRoot)
                    : Blake3.parent(sibling, value, isRoot);
            sides >>= 1;
        }
    }

    /// @dev What of a block's digest stands in the first chunk of the root that has some of it, or in the one behind, with zeros in the
    /// other's place. @param part 0 or 1. @return isWhole Whether nothing of it stands in a later chunk.
    function linkPart(
        Reader memory witness,
        bytes32 digest,
        uint256 contentLength,
        uint256 index,
        uint256 part
    ) internal pure returns (bytes32 link, bool isWhole) {
        uint256 place = linksFrom(contentLength) + LINK_BYTES * index + BEFORE_DIGEST;
        uint256 chunk = place / Blake3.CHUNK_BYTES;
        place %= Blake3.CHUNK_BYTES;
        (uint256 start, ) = provenChunk(witness, digest, rootLength(contentLength), chunk + part);
        // Behind a chunk there are zeros.
        if (part == 0) return (load(start + place), place + 32 <= Blake3.CHUNK_BYTES);
        return (load(start) >> (8 * (Blake3.CHUNK_BYTES - place)), true);
    }

    function linksFrom(uint256 contentLength) private pure returns (uint256) {
        return BEFORE_LINKS + (blocksOf(contentLength) > SHORT_LIST ? 1 : 0);
    }

    function rootLength(uint256 contentLength) internal pure returns (uint256) {
        uint256 blocks = blocksOf(contentLength);
        uint256 last = contentLength - BLOCK_BYTES * (blocks - 1);
        return linksFrom(contentLength) + LINK_BYTES * (blocks - 1) + LINK_BYTES - 5 + cborLength(last);
    }

    /// @dev Bytes of an unsigned number below 2³² in CBOR (RFC 8949, section 3).
    function cborLength(uint256 value) private pure returns (uint256) {
        if (value < 24) return 1;
        if (value < 1 << 8) return 2;
        return value < 1 << 16 ? 3 : 5;
    }

    /// @dev The root, by the digests of its blocks. @return start Where it is in memory, followed by zeros.
    function rootOf(bytes32[] memory links, uint256 contentLength) internal pure returns (uint256 start) {
        bytes memory head = abi.encodePacked(
            bytes23(hex"a4617601646b696e646d61737361792f636f6e74656e74"),
            bytes5(hex"6473697a65"),
            cbor(0x00, contentLength),
            bytes6(hex"656c696e6b73"),
            cbor(0x80, links.length)
        );
        bytes memory last = cbor(0x00, contentLength - BLOCK_BYTES * (links.length - 1));
        bytes32 whole = bytes32(cbor(0x00, BLOCK_BYTES));
        bytes memory root = new bytes(head.length + LINK_BYTES * links.length + 2 * Blake3.CHUNK_BYTES);
        assembly ("memory-safe") {
            start := add(root, 32)
            mcopy(start, add(head, 32), mload(head))
            let place := add(start, mload(head))
            let from := add(links, 32)
            for {
                let end := add(from, shl(5, mload(links)))
            } lt(from, end) {
                from := add(from, 32)
            } {
                mstore(place, LINK_HEAD)
                mstore(add(place, BEFORE_DIGEST), mload(from))
                mstore(add(place, 42), whole)
                place := add(place, LINK_BYTES)
            }
            mstore(sub(place, 5), 0)
            mcopy(sub(place, 5), add(last, 32), mload(last))
        }
    }

    /// @dev The head of an item, of a kind and a number below 2³².
    function cbor(uint256 kind, uint256 value) private pure returns (bytes memory) {
        if (value < 24) return abi.encodePacked(uint8(kind | value));
        if (value < 1 << 8) return abi.encodePacked(uint8(kind | 24), uint8(value));
        if (value < 1 << 16) return abi.encodePacked(uint8(kind | 25), uint16(value));
        return abi.encodePacked(uint8(kind | 26), uint32(value));
    }

    /// @dev Zeros in memory for one chunk.
    function buffer() internal pure returns (uint256 start) {
        bytes memory zeros = new bytes(Blake3.CHUNK_BYTES + 32);
        assembly ("memory-safe") {
            start := add(zeros, 32)
        }
    }

    function copy(uint256 from, uint256 to, uint256 length) internal pure {
        assembly ("memory-safe") {
            calldatacopy(to, from, length)
        }
    }

    function load(uint256 start) private pure returns (bytes32 value) {
        assembly ("memory-safe") {
            value := mload(start)
        }
    }
}
