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
    /// @param rest The state's last four words, in lanes: counter (low, high), length of the block, flags.
    function compress(
        uint256 low,
        uint256 high,
        uint256 first,
        uint256 second,
        uint256 rest
    ) private pure returns (uint256 newLow, uint256 newHigh) {
        assembly ("memory-safe") {
            // Four words of the message, from the place of the first, 64 bytes apart.
            function gathered(from) -> lanes {
                lanes := or(
                    or(mload(from), shl(64, mload(add(from, 64)))),
                    or(shl(128, mload(add(from, 128))), shl(192, mload(add(from, 192))))
                )
            }
            // Four mixes at once. A function of its own, since the compiler runs out of stack where it is not.
            function mixed(a, b, c, d, from) -> e, f, g, h {
                e := and(
                    add(add(a, b), gathered(from)),
                    0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff
                )
                h := xor(d, e)
                h := and(
                    shr(16, mul(h, 0x100000001)),
                    0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff
                )
                g := and(add(c, h), 0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff)
                f := xor(b, g)
                f := and(
                    shr(12, mul(f, 0x100000001)),
                    0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff
                )
                e := and(
                    add(add(e, f), gathered(add(from, 32))),
                    0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff
                )
                h := xor(h, e)
                h := and(
                    shr(8, mul(h, 0x100000001)),
                    0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff
                )
                g := and(add(g, h), 0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff)
                f := xor(f, g)
                f := and(
                    shr(7, mul(f, 0x100000001)),
                    0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff
                )
            }
            // Puts the words in order for the next round, behind where they are: 2 6 3 10 7 0 4 13 1 11 12 5 9 14 15 8.
            function permute(from) {
                mstore(add(from, 512), mload(add(from, 64)))
                mstore(add(from, 544), mload(add(from, 192)))
                mstore(add(from, 576), mload(add(from, 96)))
                mstore(add(from, 608), mload(add(from, 320)))
                mstore(add(from, 640), mload(add(from, 224)))
                mstore(add(from, 672), mload(from))
                mstore(add(from, 704), mload(add(from, 128)))
                mstore(add(from, 736), mload(add(from, 416)))
                mstore(add(from, 768), mload(add(from, 32)))
                mstore(add(from, 800), mload(add(from, 352)))
                mstore(add(from, 832), mload(add(from, 384)))
                mstore(add(from, 864), mload(add(from, 160)))
                mstore(add(from, 896), mload(add(from, 288)))
                mstore(add(from, 928), mload(add(from, 448)))
                mstore(add(from, 960), mload(add(from, 480)))
                mstore(add(from, 992), mload(add(from, 256)))
            }

            let message := mload(0x40)
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
                let last := add(message, 3072)
            } 1 {
                message := add(message, 512)
            } {
                a, b, c, d := mixed(a, b, c, d, message)
                b := or(shr(64, b), shl(192, b))
                c := or(shr(128, c), shl(128, c))
                d := or(shr(192, d), shl(64, d))
                a, b, c, d := mixed(a, b, c, d, add(message, 256))
                b := or(shr(192, b), shl(64, b))
                c := or(shr(128, c), shl(128, c))
                d := or(shr(64, d), shl(192, d))
                if eq(message, last) {
                    break
                }
                permute(message)
            }
            newLow := xor(a, c)
            newHigh := xor(b, d)
        }
    }
}
