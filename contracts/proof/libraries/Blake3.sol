// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice BLAKE3's chaining values: of a chunk, and of a node over two others.
///
/// J. O'Connor, J.-P. Aumasson, S. Neves, Z. Wilcox-O'Hearn, "BLAKE3: one function, fast everywhere" (2020), sections 2.1 to 2.5.
/// Four of the state's 32-bit words share one word of the EVM, in lanes of 64 bits, the first one in the highest: sums cannot reach the next
/// lane, and a word times 2³² + 1 fills its lane with two copies of itself, of which a shift cuts the rotated word. The message lies in memory
/// in lanes too, its even words before its odd ones, so that a round takes four words of it as they are.
library Blake3 {
    uint256 internal constant CHUNK_BYTES = 1024;

    uint256 private constant CHUNK_START = 1;
    uint256 private constant CHUNK_END = 2;
    uint256 private constant PARENT = 4;
    uint256 private constant ROOT = 8;

    uint256 private constant LANES = 0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff;
    uint256 private constant TWICE = 0x100000001;

    /// @dev The first eight words of a state, in two words of four lanes.
    uint256 private constant INITIAL_LOW = 0x000000006a09e66700000000bb67ae85000000003c6ef37200000000a54ff53a;
    uint256 private constant INITIAL_HIGH =
        0x00000000510e527f000000009b05688c000000001f83d9ab000000005be0cd19;

    /// @dev The chaining value of a chunk. @param start Where it is in memory, followed by zeros up to a multiple of 64 bytes.
    /// @param isRoot Whether it is the whole content: then it is the content's digest.
    function chunk(
        uint256 start,
        uint256 length,
        uint256 index,
        bool isRoot
    ) internal pure returns (bytes32) {
        (uint256 low, uint256 high) = (INITIAL_LOW, INITIAL_HIGH);
        uint256 blocks = length == 0 ? 1 : (length + 63) >> 6;
        for (uint256 i = 0; i < blocks; ++i) {
            uint256 flags = i == 0 ? CHUNK_START : 0;
            uint256 size = 64;
            if (i + 1 == blocks) {
                flags |= isRoot ? CHUNK_END | ROOT : CHUNK_END;
                size = length - 64 * i;
            }
            (uint256 first, uint256 second) = words(start + 64 * i);
            (low, high) = compress(low, high, first, second, (index << 192) | (size << 64) | flags);
        }
        return fromLanes(low, high);
    }

    /// @dev The chaining value of a node. @param isRoot Whether there is none above it: then it is the content's digest.
    function parent(bytes32 left, bytes32 right, bool isRoot) internal pure returns (bytes32) {
        uint256 flags = isRoot ? PARENT | ROOT : PARENT;
        (uint256 low, uint256 high) = compress(
            INITIAL_LOW + zero(),
            INITIAL_HIGH + zero(),
            swapped(uint256(left)),
            swapped(uint256(right)),
            (64 << 64) | flags
        );
        return fromLanes(low, high);
    }

    /// @dev Always zero, but nothing that the compiler knows: with a constant state it would make a copy of the compression for it.
    function zero() private pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := iszero(calldatasize())
        }
    }

    function words(uint256 start) private pure returns (uint256 first, uint256 second) {
        assembly ("memory-safe") {
            first := mload(start)
            second := mload(add(start, 32))
        }
        return (swapped(first), swapped(second));
    }

    /// @dev The bytes of each of eight 32-bit words in the other order.
    function swapped(uint256 value) private pure returns (uint256) {
        uint256 bytesMask = 0x00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff;
        uint256 pairsMask = 0x0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff;
        value = ((value & bytesMask) << 8) | ((value >> 8) & bytesMask);
        return ((value & pairsMask) << 16) | ((value >> 16) & pairsMask);
    }

    /// @dev Eight words as the bytes of a chaining value.
    function fromLanes(uint256 low, uint256 high) private pure returns (bytes32) {
        return bytes32(swapped((packed(low) << 128) | packed(high)));
    }

    /// @dev The words of four lanes side by side, the first one the highest.
    function packed(uint256 lanes) private pure returns (uint256) {
        lanes = (lanes | (lanes >> 32)) & 0x0000000000000000ffffffffffffffff0000000000000000ffffffffffffffff;
        return (lanes | (lanes >> 64)) & type(uint128).max;
    }

    /// @param first The block's words 0 to 7, the first one the highest; `second` has the others.
    /// @param d The state's last four words, in lanes: counter (low, high), length of the block, flags.
    // solhint-disable-next-line function-max-lines
    function compress(
        uint256 a,
        uint256 b,
        uint256 first,
        uint256 second,
        uint256 d
    ) private pure returns (uint256 low, uint256 high) {
        assembly ("memory-safe") {
            // Behind what is used of the memory; each round's message is 160 bytes behind the one before.
            let m := add(mload(0x40), 32)
            let last := add(m, 960)
            mstore(m, and(shr(32, first), LANES))
            mstore(add(m, 32), and(first, LANES))
            mstore(add(m, 64), and(shr(32, second), LANES))
            mstore(add(m, 96), and(second, LANES))
            let c := INITIAL_LOW
            for {} 1 {} {
                // Columns.
                a := and(add(add(a, b), mload(m)), LANES)
                d := and(shr(16, mul(xor(d, a), TWICE)), LANES)
                c := and(add(c, d), LANES)
                b := and(shr(12, mul(xor(b, c), TWICE)), LANES)
                a := and(add(add(a, b), mload(add(m, 32))), LANES)
                d := and(shr(8, mul(xor(d, a), TWICE)), LANES)
                c := and(add(c, d), LANES)
                b := and(shr(7, mul(xor(b, c), TWICE)), LANES)
                // To diagonals, and back behind them.
                b := add(shl(64, b), shr(192, b))
                c := add(shl(128, c), shr(128, c))
                d := add(shl(192, d), shr(64, d))
                a := and(add(add(a, b), mload(add(m, 64))), LANES)
                d := and(shr(16, mul(xor(d, a), TWICE)), LANES)
                c := and(add(c, d), LANES)
                b := and(shr(12, mul(xor(b, c), TWICE)), LANES)
                a := and(add(add(a, b), mload(add(m, 96))), LANES)
                d := and(shr(8, mul(xor(d, a), TWICE)), LANES)
                c := and(add(c, d), LANES)
                b := and(shr(7, mul(xor(b, c), TWICE)), LANES)
                b := add(shl(192, b), shr(64, b))
                c := add(shl(128, c), shr(128, c))
                d := add(shl(64, d), shr(192, d))
                if eq(m, last) {
                    break
                }
                // The words in the next round's order, 2 6 3 10 7 0 4 13 1 11 12 5 9 14 15 8, from the last one on: with each goes what is before
                // it, which the next ones then write over.
                mstore(add(m, 256), mload(add(m, 40)))
                mstore(add(m, 248), mload(add(m, 64)))
                mstore(add(m, 240), mload(add(m, 24)))
                mstore(add(m, 232), mload(add(m, 80)))
                mstore(add(m, 224), mload(add(m, 96)))
                mstore(add(m, 216), mload(add(m, 72)))
                mstore(add(m, 208), mload(add(m, 56)))
                mstore(add(m, 200), mload(add(m, 8)))
                mstore(add(m, 192), mload(add(m, 88)))
                mstore(add(m, 184), mload(sub(m, 24)))
                mstore(add(m, 176), mload(add(m, 48)))
                mstore(add(m, 168), mload(m))
                mstore(add(m, 160), mload(sub(m, 8)))
                mstore(add(m, 152), mload(add(m, 32)))
                mstore(add(m, 144), mload(add(m, 16)))
                mstore(add(m, 136), mload(sub(m, 16)))
                m := add(m, 160)
            }
            low := xor(a, c)
            high := xor(b, d)
        }
    }
}
