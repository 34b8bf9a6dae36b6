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

    /// @dev The first eight words of a state, in two words of four lanes.
    uint256 private constant INITIAL_LOW = 0x00000000a54ff53a000000003c6ef37200000000bb67ae85000000006a09e667;
    uint256 private constant INITIAL_HIGH =
        0x000000005be0cd19000000001f83d9ab000000009b05688c00000000510e527f;

    /// @dev The chaining value of a chunk. @param start Where it is in memory, followed by zeros up to a multiple of 64 bytes.
    /// @param isRoot Whether it is the whole content: then it is the content's digest.
    function chunk(uint256 start, uint256 length, uint256 index, bool isRoot) internal pure returns (bytes32) {
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
    /// @param rest The state's last four words, in lanes: counter (low, high), length of the block, flags.
    function compress(
        uint256 low,
        uint256 high,
        uint256 first,
        uint256 second,
        uint256 rest
    ) private pure returns (uint256 newLow, uint256 newHigh) {
        assembly ("memory-safe") {
            function rotate(value, by) -> rotated {
                rotated := and(
                    shr(by, mul(value, 0x100000001)),
                    0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff
                )
            }
            function mix(a, b, c, d, x, y) -> e, f, g, h {
                let lanes := 0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff
                e := and(add(add(a, b), x), lanes)
                h := rotate(xor(d, e), 16)
                g := and(add(c, h), lanes)
                f := rotate(xor(b, g), 12)
                e := and(add(add(e, f), y), lanes)
                h := rotate(xor(h, e), 8)
                g := and(add(g, h), lanes)
                f := rotate(xor(f, g), 7)
            }
            // Four words of the message, from the place of the first, 64 bytes apart.
            function gather(start) -> lanes {
                lanes := or(
                    or(mload(start), shl(64, mload(add(start, 64)))),
                    or(shl(128, mload(add(start, 128))), shl(192, mload(add(start, 192))))
                )
            }

            // Sixteen words of the message, twice: as they are, and as they are put in order for the next round.
            let message := mload(0x40)
            let other := add(message, 512)
            for {
                let i := 0
            } lt(i, 8) {
                i := add(i, 1)
            } {
                let shift := sub(224, shl(5, i))
                mstore(add(message, shl(5, i)), and(shr(shift, first), 0xffffffff))
                mstore(add(message, add(256, shl(5, i))), and(shr(shift, second), 0xffffffff))
            }
            let a := low
            let b := high
            let c := 0x00000000a54ff53a000000003c6ef37200000000bb67ae85000000006a09e667
            let d := rest
            for {
                let round := 0
            } 1 {} {
                a, b, c, d := mix(a, b, c, d, gather(message), gather(add(message, 32)))
                b := or(shr(64, b), shl(192, b))
                c := or(shr(128, c), shl(128, c))
                d := or(shr(192, d), shl(64, d))
                a, b, c, d := mix(a, b, c, d, gather(add(message, 256)), gather(add(message, 288)))
                b := or(shr(192, b), shl(64, b))
                c := or(shr(128, c), shl(128, c))
                d := or(shr(64, d), shl(192, d))
                round := add(round, 1)
                if eq(round, 7) {
                    break
                }
                // 2 6 3 10 7 0 4 13 1 11 12 5 9 14 15 8
                mstore(other, mload(add(message, 64)))
                mstore(add(other, 32), mload(add(message, 192)))
                mstore(add(other, 64), mload(add(message, 96)))
                mstore(add(other, 96), mload(add(message, 320)))
                mstore(add(other, 128), mload(add(message, 224)))
                mstore(add(other, 160), mload(message))
                mstore(add(other, 192), mload(add(message, 128)))
                mstore(add(other, 224), mload(add(message, 416)))
                mstore(add(other, 256), mload(add(message, 32)))
                mstore(add(other, 288), mload(add(message, 352)))
                mstore(add(other, 320), mload(add(message, 384)))
                mstore(add(other, 352), mload(add(message, 160)))
                mstore(add(other, 384), mload(add(message, 288)))
                mstore(add(other, 416), mload(add(message, 448)))
                mstore(add(other, 448), mload(add(message, 480)))
                mstore(add(other, 480), mload(add(message, 256)))
                let swap := message
                message := other
                other := swap
            }
            newLow := xor(a, c)
            newHigh := xor(b, d)
        }
    }
}
