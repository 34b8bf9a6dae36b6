// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Floats, Format} from "./Floats.sol";
import {Integers} from "./Integers.sol";

/// @notice WebAssembly's conversions between numbers, on slots.
library Conversions {
    uint256 private constant MASK_32 = 0xffffffff;
    uint256 private constant MASK_64 = 0xffffffffffffffff;

    /// @dev Instructions from `i32.wrap_i64` (0xa7) to `f64.reinterpret_i64` (0xbf).
    /// @return ok Whether there is a result: a float that no integer of the type is near traps.
    function convert(uint256 opcode, uint256 a) internal pure returns (bool ok, uint256 result) {
        if (opcode == 0xa7) return (true, a & MASK_32);
        if (opcode < 0xac) return truncate(opcode - 0xa8, 32, a, false);
        if (opcode == 0xac) return (true, uint256(Integers.signed(a, 32)) & MASK_64);
        if (opcode == 0xad) return (true, a);
        if (opcode < 0xb2) return truncate(opcode - 0xae, 64, a, false);
        if (opcode < 0xb6) return (true, fromInteger(Floats.single(), opcode - 0xb2, a));
        if (opcode == 0xb6) return (true, reformat(Floats.double(), Floats.single(), a));
        if (opcode < 0xbb) return (true, fromInteger(Floats.double(), opcode - 0xb7, a));
        if (opcode == 0xbb) return (true, reformat(Floats.single(), Floats.double(), a));
        return (true, a);
    }

    /// @dev The saturating conversions: what does not fit becomes the nearest that does, a NaN zero.
    function saturate(uint256 kind, uint256 a) internal pure returns (uint256 result) {
        (, result) = truncate(kind & 3, kind < 4 ? 32 : 64, a, true);
    }

    /// @param kind From f32 to signed and unsigned, from f64 to signed and unsigned.
    function truncate(
        uint256 kind,
        uint256 width,
        uint256 a,
        bool saturates
    ) private pure returns (bool ok, uint256 result) {
        Format memory f = kind < 2 ? Floats.single() : Floats.double();
        if (Floats.isNan(f, a)) return (saturates, 0);
        bool isSigned = kind & 1 == 0;
        bool isNegative = a & f.sign != 0;
        uint256 most =
            isSigned
                ? (1 << (width - 1)) - (isNegative ? 0 : 1)
                : isNegative
                    ? 0
                    : (1 << width) - 1;
        uint256 magnitude = wholePart(f, a & ~f.sign);
        if (magnitude > most) {
            if (!saturates) return (false, 0);
            magnitude = most;
        }
        uint256 mask = width == 32 ? MASK_32 : MASK_64;
        unchecked {
            return (true, (isNegative ? 0 - magnitude : magnitude) & mask);
        }
    }

    /// @dev Rounded towards zero; of what has more than 200 digits, infinity included, some number of that many.
    function wholePart(Format memory f, uint256 x) private pure returns (uint256) {
        if (x == f.infinity) return type(uint256).max;
        (uint256 digits, int256 exponent) = Floats.parts(f, x);
        if (exponent >= 0) return exponent > 190 ? type(uint256).max : digits << uint256(exponent);
        return exponent < -255 ? 0 : digits >> uint256(-exponent);
    }

    /// @param kind Signed and unsigned of 32 bits, signed and unsigned of 64 bits.
    function fromInteger(Format memory f, uint256 kind, uint256 a) private pure returns (uint256) {
        if (kind & 1 == 1) return Floats.round(f, 0, a, 0);
        int256 value = Integers.signed(a, kind < 2 ? 32 : 64);
        return
            value < 0 ? Floats.round(f, f.sign, uint256(-value), 0) : Floats.round(f, 0, uint256(value), 0);
    }

    function reformat(Format memory from, Format memory to, uint256 a) private pure returns (uint256) {
        if (Floats.isNan(from, a)) return to.nan;
        uint256 sign = a & from.sign == 0 ? 0 : to.sign;
        uint256 x = a & ~from.sign;
        if (x == from.infinity) return sign | to.infinity;
        (uint256 digits, int256 exponent) = Floats.parts(from, x);
        return Floats.round(to, sign, digits, exponent);
    }
}
