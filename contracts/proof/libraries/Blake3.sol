// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice BLAKE3's chaining values: of a chunk, and of a node over two others.
///
/// J. O'Connor, J.-P. Aumasson, S. Neves, Z. Wilcox-O'Hearn, "BLAKE3: one function, fast everywhere" (2020), sections 2.1 to 2.5.
/// Four of the state's 32-bit words share one word of the EVM, in lanes of 64 bits, the first one in the highest: sums cannot reach the next
/// lane, and a word times 2³² + 1 fills its lane with two copies of itself, of which a shift cuts the rotated word. The message is two words of
/// eight, of which the even ones are four lanes, and the odd ones. Its words are put in their next order below address 128, which Solidity wants
/// back as it was: there each address is a constant.
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
            let free := mload(0x40)
            // Sums gain a bit at a time, and lose them before they are rotated: `a` and `c` never fill their lanes.
            let c := INITIAL_LOW
            // The diagonals are where `d` has its words: of the message, too.
            second := or(shl(64, second), shr(192, second))
            for {
                let round := 7
            } 1 {} {
                // Columns.
                a := add(add(a, b), and(shr(32, first), LANES))
                d := and(shr(16, mul(and(xor(d, a), LANES), TWICE)), LANES)
                c := add(c, d)
                b := and(shr(12, mul(and(xor(b, c), LANES), TWICE)), LANES)
                a := add(add(a, b), and(first, LANES))
                d := and(shr(8, mul(and(xor(d, a), LANES), TWICE)), LANES)
                c := add(c, d)
                b := mul(and(xor(b, c), LANES), TWICE)
                // To diagonals, and back behind them: of `b` with its own rotation by seven bits.
                b := and(or(shl(121, b), shr(135, b)), LANES)
                a := add(add(or(shl(64, a), shr(192, a)), b), and(shr(32, second), LANES))
                c := or(shl(192, c), shr(64, c))
                d := and(shr(16, mul(and(xor(d, a), LANES), TWICE)), LANES)
                c := add(c, d)
                b := and(shr(12, mul(and(xor(b, c), LANES), TWICE)), LANES)
                a := add(add(a, b), and(second, LANES))
                d := and(shr(8, mul(and(xor(d, a), LANES), TWICE)), LANES)
                c := add(c, d)
                b := mul(and(xor(b, c), LANES), TWICE)
                b := and(or(shl(121, b), shr(135, b)), LANES)
                a := or(shl(192, a), shr(64, a))
                c := or(shl(64, c), shr(192, c))
                round := sub(round, 1)
                if iszero(round) {
                    break
                }
                // The next round's order: 2 6 3 10 7 0 4 13 1 11 12 5 9 14 15 8. Each word goes with the seven behind it, which the next ones then
                // write over; those from the tenth on reach into where the words come from.
                mstore(0x40, first)
                mstore(0x60, second)
                mstore(0x00, mload(0x48))
                mstore(0x04, mload(0x58))
                mstore(0x08, mload(0x4c))
                mstore(0x0c, mload(0x60))
                mstore(0x10, mload(0x5c))
                mstore(0x14, mload(0x40))
                mstore(0x18, mload(0x50))
                mstore(0x1c, mload(0x6c))
                mstore(0x20, mload(0x68))
                let early := mload(0x44)
                mstore(0x24, mload(0x54))
                mstore(0x28, mload(0x7c))
                mstore(0x2c, mload(0x70))
                mstore(0x38, early)
                mstore(0x3c, mload(0x64))
                first := mload(0x00)
                second := mload(0x20)
            }
            mstore(0x60, 0)
            mstore(0x40, free)
            low := and(xor(a, c), LANES)
            high := xor(b, d)
        }
    }
}
