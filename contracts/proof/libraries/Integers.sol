// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice WebAssembly's integer instructions, on slots: an i64 as its 64 bits, an i32 as its 32 bits, the upper ones zero.
library Integers {
    uint256 private constant MASK_32 = 0xffffffff;
    uint256 private constant MASK_64 = 0xffffffffffffffff;

    /// @dev Instructions from `eqz` on, in the order of their opcodes.
    function compare(
        uint256 kind,
        uint256 a,
        uint256 b,
        uint256 width
    ) internal pure returns (uint256 result) {
        bool holds;
        if (kind == 0) holds = a == 0;
        else if (kind == 1) holds = a == b;
        else if (kind == 2) holds = a != b;
        else if (kind == 3) holds = signed(a, width) < signed(b, width);
        else if (kind == 4) holds = a < b;
        else if (kind == 5) holds = signed(a, width) > signed(b, width);
        else if (kind == 6) holds = a > b;
        else if (kind == 7) holds = signed(a, width) <= signed(b, width);
        else if (kind == 8) holds = a <= b;
        else if (kind == 9) holds = signed(a, width) >= signed(b, width);
        else holds = a >= b;
        return holds ? 1 : 0;
    }

    /// @dev Instructions from `clz` on, in the order of their opcodes.
    /// @return ok Whether there is a result: divisions by zero, and of the least number by −1, trap.
    function calculate(
        uint256 kind,
        uint256 a,
        uint256 b,
        uint256 width
    ) internal pure returns (bool ok, uint256 result) {
        uint256 mask = width == 32 ? MASK_32 : MASK_64;
        unchecked {
            if (kind < 3) return (true, count(kind, a, width));
            if (kind == 3) return (true, (a + b) & mask);
            if (kind == 4) return (true, (a - b) & mask);
            if (kind == 5) return (true, (a * b) & mask);
            if (kind < 10) return divide(kind, a, b, width);
            if (kind == 10) return (true, a & b);
            if (kind == 11) return (true, a | b);
            if (kind == 12) return (true, a ^ b);
            uint256 by = b & (width - 1);
            if (kind == 13) return (true, (a << by) & mask);
            if (kind == 14) return (true, uint256(signed(a, width) >> by) & mask);
            if (kind == 15) return (true, a >> by);
            if (kind == 16) return (true, ((a << by) | (a >> (width - by))) & mask);
            return (true, ((a >> by) | (a << (width - by))) & mask);
        }
    }

    /// @dev `clz`, `ctz`, `popcnt`.
    function count(uint256 kind, uint256 a, uint256 width) internal pure returns (uint256) {
        unchecked {
            if (kind == 0) return width - bitLength(a);
            if (kind == 1) return a == 0 ? width : ones((a & (~a + 1)) - 1);
            return ones(a);
        }
    }

    function divide(
        uint256 kind,
        uint256 a,
        uint256 b,
        uint256 width
    ) private pure returns (bool ok, uint256 result) {
        uint256 mask = width == 32 ? MASK_32 : MASK_64;
        if (b == 0) return (false, 0);
        unchecked {
            if (kind == 7) return (true, a / b);
            if (kind == 9) return (true, a % b);
            (int256 x, int256 y) = (signed(a, width), signed(b, width));
            if (kind == 8) return (true, uint256(x % y) & mask);
            if (y == -1 && a == 1 << (width - 1)) return (false, 0);
            return (true, uint256(x / y) & mask);
        }
    }

    function signed(uint256 a, uint256 width) internal pure returns (int256 value) {
        assembly ("memory-safe") {
            value := signextend(sub(shr(3, width), 1), a)
        }
    }

    /// @dev Ones among the lower 64 bits.
    function ones(uint256 a) internal pure returns (uint256) {
        unchecked {
            a -= (a >> 1) & 0x5555555555555555;
            a = (a & 0x3333333333333333) + ((a >> 2) & 0x3333333333333333);
            a = (a + (a >> 4)) & 0x0f0f0f0f0f0f0f0f;
            return ((a * 0x0101010101010101) & MASK_64) >> 56;
        }
    }

    /// @dev Digits of a number in binary; 0 for 0.
    function bitLength(uint256 a) internal pure returns (uint256 length) {
        if (a == 0) return 0;
        assembly ("memory-safe") {
            length := shl(7, lt(0xffffffffffffffffffffffffffffffff, a))
            length := or(length, shl(6, lt(0xffffffffffffffff, shr(length, a))))
            length := or(length, shl(5, lt(0xffffffff, shr(length, a))))
            length := or(length, shl(4, lt(0xffff, shr(length, a))))
            length := or(length, shl(3, lt(0xff, shr(length, a))))
            length := or(length, shl(2, lt(0xf, shr(length, a))))
            length := or(length, shl(1, lt(0x3, shr(length, a))))
            length := add(or(length, lt(0x1, shr(length, a))), 1)
        }
    }
}
