// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice BLAKE3's chaining values: of a chunk, and of a node over two others.
///
/// J. O'Connor, J.-P. Aumasson, S. Neves, Z. Wilcox-O'Hearn, "BLAKE3: one function, fast everywhere" (2020), sections 2.1 to 2.5.
/// Four of the state's 32-bit words share one word of the EVM, in lanes of 64 bits: sums cannot reach the next lane, and a word times
/// 2³² + 1 fills its lane with two copies of itself, of which a shift cuts the rotated word.
library Blake3 {
    uint256 internal constant CHUNK_BYTES = 1024;

    uint256 private constant CHUNK_START = 1;
    uint256 private constant CHUNK_END = 2;
    uint256 private constant PARENT = 4;
    uint256 private constant ROOT = 8;

    uint256 private constant ROUNDS = 7;
    /// @dev Of sixteen words, each in a word of the EVM.
    uint256 private constant MESSAGE_BYTES = 512;
    uint256 private constant LANES = 0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff;
    uint256 private constant TWICE = 0x100000001;

    /// @dev The first eight words of a state, in two words of four lanes.
    uint256 private constant INITIAL_LOW = 0x00000000a54ff53a000000003c6ef37200000000bb67ae85000000006a09e667;
    uint256 private constant INITIAL_HIGH =
        0x000000005be0cd19000000001f83d9ab000000009b05688c00000000510e527f;

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
            (low, high) = compress(low, high, first, second, index | (size << 128) | (flags << 192));
        }
        return fromLanes(low, high);
    }

    /// @dev The chaining value of a node. @param isRoot Whether there is none above it: then it is the content's digest.
    function parent(bytes32 left, bytes32 right, bool isRoot) internal pure returns (bytes32) {
        uint256 flags = isRoot ? PARENT | ROOT : PARENT;
        (uint256 low, uint256 high) = compress(
            INITIAL_LOW,
            INITIAL_HIGH,
            swapped(uint256(left)),
            swapped(uint256(right)),
            (64 << 128) | (flags << 192)
        );
        return fromLanes(low, high);
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
        return
            ((lanes & 0xffffffff) << 96) |
            (((lanes >> 64) & 0xffffffff) << 64) |
            (((lanes >> 128) & 0xffffffff) << 32) |
            (lanes >> 192);
    }

    /// @param first The block's words 0 to 7, the first one the highest; `second` has the others.
    /// @param d The state's last four words, in lanes: counter (low, high), length of the block, flags.
    function compress(
        uint256 a,
        uint256 b,
        uint256 first,
        uint256 second,
        uint256 d
    ) private pure returns (uint256 low, uint256 high) {
        uint256 message = spread(first, second);
        uint256 last = message + (ROUNDS - 1) * MESSAGE_BYTES;
        uint256 c = INITIAL_LOW;
        for (; ; message += MESSAGE_BYTES) {
            (a, b, c, d) = mixed(a, b, c, d, message);
            // From columns to diagonals, and back.
            (b, c, d) = ((b >> 64) | (b << 192), (c >> 128) | (c << 128), (d >> 192) | (d << 64));
            (a, b, c, d) = mixed(a, b, c, d, message + MESSAGE_BYTES / 2);
            (b, c, d) = ((b >> 192) | (b << 64), (c >> 128) | (c << 128), (d >> 64) | (d << 192));
            if (message == last) return (a ^ c, b ^ d);
            permute(message);
        }
    }

    /// @dev The sixteen words of a message, 32 bytes each, behind what is used of the memory.
    function spread(uint256 first, uint256 second) private pure returns (uint256 message) {
        assembly ("memory-safe") {
            message := mload(0x40)
            for {
                let i := 0
            } lt(i, 8) {
                i := add(i, 1)
            } {
                let place := add(message, shl(5, i))
                let shift := sub(224, shl(5, i))
                mstore(place, and(shr(shift, first), 0xffffffff))
                mstore(add(place, 256), and(shr(shift, second), 0xffffffff))
            }
        }
    }

    /// @dev Four mixes at once, with the eight words of the message from `from` on.
    function mixed(
        uint256 a,
        uint256 b,
        uint256 c,
        uint256 d,
        uint256 from
    ) private pure returns (uint256 e, uint256 f, uint256 g, uint256 h) {
        assembly ("memory-safe") {
            // Four words, 64 bytes apart.
            function gathered(place) -> lanes {
                lanes := or(
                    or(mload(place), shl(64, mload(add(place, 64)))),
                    or(shl(128, mload(add(place, 128))), shl(192, mload(add(place, 192))))
                )
            }
            e := and(add(add(a, b), gathered(from)), LANES)
            h := xor(d, e)
            h := and(shr(16, mul(h, TWICE)), LANES)
            g := and(add(c, h), LANES)
            f := xor(b, g)
            f := and(shr(12, mul(f, TWICE)), LANES)
            e := and(add(add(e, f), gathered(add(from, 32))), LANES)
            h := xor(h, e)
            h := and(shr(8, mul(h, TWICE)), LANES)
            g := and(add(g, h), LANES)
            f := xor(f, g)
            f := and(shr(7, mul(f, TWICE)), LANES)
        }
    }

    /// @dev Puts the words in order for the next round, behind where they are: 2 6 3 10 7 0 4 13 1 11 12 5 9 14 15 8.
    function permute(uint256 from) private pure {
        assembly ("memory-safe") {
            let to := add(from, 512)
            mstore(to, mload(add(from, 64)))
            mstore(add(to, 32), mload(add(from, 192)))
            mstore(add(to, 64), mload(add(from, 96)))
            mstore(add(to, 96), mload(add(from, 320)))
            mstore(add(to, 128), mload(add(from, 224)))
            mstore(add(to, 160), mload(from))
            mstore(add(to, 192), mload(add(from, 128)))
            mstore(add(to, 224), mload(add(from, 416)))
            mstore(add(to, 256), mload(add(from, 32)))
            mstore(add(to, 288), mload(add(from, 352)))
            mstore(add(to, 320), mload(add(from, 384)))
            mstore(add(to, 352), mload(add(from, 160)))
            mstore(add(to, 384), mload(add(from, 288)))
            mstore(add(to, 416), mload(add(from, 448)))
            mstore(add(to, 448), mload(add(from, 480)))
            mstore(add(to, 480), mload(add(from, 256)))
        }
    }
}
