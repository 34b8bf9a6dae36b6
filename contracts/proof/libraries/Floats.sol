// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Integers} from "./Integers.sol";

/// @notice One of IEEE 754's binary formats.
struct Format {
    /// Digits behind the point.
    uint256 digits;
    uint256 bias;
    /// The bits of +∞, of the sign, and of the NaN that arithmetic gives.
    uint256 infinity;
    uint256 sign;
    uint256 nan;
}

/// @notice WebAssembly's floating-point instructions, exact, rounded to nearest even, on the bits of their operands. A finite number is an
/// integer times a power of two; every operation is carried out on integers that are wide enough, and rounded once.
/// IEEE 754-2019, sections 3.4, 4.3 and 5.
library Floats {
    /// @dev Room below a sum's operands: what is shifted out of it is remembered in its last bit.
    uint256 private constant ROOM = 64;
    /// @dev Digits of quotients and roots beyond those of their operands.
    uint256 private constant EXTRA = 128;

    function single() internal pure returns (Format memory) {
        return Format(23, 127, 0x7f800000, 1 << 31, 0x7fc00000);
    }

    function double() internal pure returns (Format memory) {
        return Format(52, 1023, 0x7ff0000000000000, 1 << 63, 0x7ff8000000000000);
    }

    /// @dev `eq`, `ne`, `lt`, `gt`, `le`, `ge`.
    function compare(Format memory f, uint256 kind, uint256 a, uint256 b) internal pure returns (uint256) {
        if (isNan(f, a) || isNan(f, b)) return kind == 1 ? 1 : 0;
        (int256 x, int256 y) = (order(f, a), order(f, b));
        bool holds;
        if (kind == 0) holds = x == y;
        else if (kind == 1) holds = x != y;
        else if (kind == 2) holds = x < y;
        else if (kind == 3) holds = x > y;
        else if (kind == 4) holds = x <= y;
        else holds = x >= y;
        return holds ? 1 : 0;
    }

    /// @dev Instructions from `abs` on, in the order of their opcodes.
    function calculate(Format memory f, uint256 kind, uint256 a, uint256 b) internal pure returns (uint256) {
        if (kind == 0) return a & ~f.sign;
        if (kind == 1) return a ^ f.sign;
        if (kind == 13) return (a & ~f.sign) | (b & f.sign);
        if (isNan(f, a) || (kind > 6 && isNan(f, b))) return f.nan;
        if (kind < 6) return roundToInteger(f, kind, a);
        if (kind == 6) return squareRoot(f, a);
        if (kind == 7) return add(f, a, b);
        if (kind == 8) return add(f, a, b ^ f.sign);
        if (kind == 9) return multiply(f, a, b);
        if (kind == 10) return divide(f, a, b);
        bool isLess = order(f, a) < order(f, b);
        bool isEqual = order(f, a) == order(f, b);
        // −0 is less than 0 here.
        if (isEqual) return kind == 11 ? a | b : a & b;
        return isLess == (kind == 11) ? a : b;
    }

    function isNan(Format memory f, uint256 a) internal pure returns (bool) {
        return a & ~f.sign > f.infinity;
    }

    /// @dev A number that is ordered as the float is; both zeros are one.
    function order(Format memory f, uint256 a) private pure returns (int256) {
        int256 magnitude = int256(a & ~f.sign);
        return a & f.sign == 0 ? magnitude : -magnitude;
    }

    /// @dev A finite number's magnitude as `digits · 2^exponent`.
    function parts(Format memory f, uint256 a) internal pure returns (uint256 digits, int256 exponent) {
        unchecked {
            uint256 field = (a & ~f.sign) >> f.digits;
            digits = a & ((1 << f.digits) - 1);
            if (field != 0) digits |= 1 << f.digits;
            else field = 1;
            exponent = int256(field) - int256(f.bias + f.digits);
        }
    }

    /// @dev The float nearest to `digits · 2^exponent`, of two the even one. The last digit stands for all that was left out behind it,
    /// if there are at least two more than the format has.
    function round(
        Format memory f,
        uint256 sign,
        uint256 digits,
        int256 exponent
    ) internal pure returns (uint256) {
        if (digits == 0) return sign;
        unchecked {
            int256 least = 1 - int256(f.bias + f.digits);
            int256 unit = exponent + int256(Integers.bitLength(digits)) - int256(f.digits + 1);
            if (unit < least) unit = least;
            if (unit > int256(f.bias)) return sign | f.infinity;
            if (unit <= exponent) {
                digits <<= uint256(exponent - unit);
            } else {
                uint256 by = uint256(unit - exponent);
                if (by > 255) return sign;
                uint256 rest = digits & ((1 << by) - 1);
                uint256 half = 1 << (by - 1);
                digits >>= by;
                if (rest > half || (rest == half && digits & 1 == 1)) digits += 1;
            }
            // A carry goes into the exponent, as it should.
            uint256 bits =
                digits < 1 << f.digits
                    ? digits
                    : (uint256(unit - least + 1) << f.digits) + digits - (1 << f.digits);
            return sign | (bits > f.infinity ? f.infinity : bits);
        }
    }

    function add(Format memory f, uint256 a, uint256 b) private pure returns (uint256) {
        (uint256 x, uint256 y) = (a & ~f.sign, b & ~f.sign);
        if (x < y) (a, b, x, y) = (b, a, y, x);
        bool isSame = (a ^ b) & f.sign == 0;
        if (x == f.infinity) return y == f.infinity && !isSame ? f.nan : a;
        if (y == 0) return x == 0 ? a & b : a;
        (uint256 digitsA, int256 exponentA) = parts(f, x);
        (uint256 digitsB, int256 exponentB) = parts(f, y);
        unchecked {
            digitsA <<= ROOM;
            exponentA -= int256(ROOM);
            int256 by = exponentA - exponentB;
            digitsB = by < 0 ? digitsB << uint256(-by) : shiftRight(digitsB, uint256(by));
            if (!isSame && digitsA == digitsB) return 0;
            uint256 digits = isSame ? digitsA + digitsB : digitsA - digitsB;
            return round(f, a & f.sign, digits, exponentA);
        }
    }

    function multiply(Format memory f, uint256 a, uint256 b) private pure returns (uint256) {
        uint256 sign = (a ^ b) & f.sign;
        (uint256 x, uint256 y) = (a & ~f.sign, b & ~f.sign);
        if (x == f.infinity || y == f.infinity) return x == 0 || y == 0 ? f.nan : sign | f.infinity;
        (uint256 digitsA, int256 exponentA) = parts(f, x);
        (uint256 digitsB, int256 exponentB) = parts(f, y);
        return round(f, sign, digitsA * digitsB, exponentA + exponentB);
    }

    function divide(Format memory f, uint256 a, uint256 b) private pure returns (uint256) {
        uint256 sign = (a ^ b) & f.sign;
        (uint256 x, uint256 y) = (a & ~f.sign, b & ~f.sign);
        if (x == f.infinity) return y == f.infinity ? f.nan : sign | f.infinity;
        if (y == f.infinity) return sign;
        if (y == 0) return x == 0 ? f.nan : sign | f.infinity;
        (uint256 digitsA, int256 exponentA) = parts(f, x);
        (uint256 digitsB, int256 exponentB) = parts(f, y);
        digitsA <<= EXTRA;
        uint256 quotient = digitsA / digitsB;
        if (digitsA % digitsB != 0) quotient |= 1;
        return round(f, sign, quotient, exponentA - exponentB - int256(EXTRA));
    }

    function squareRoot(Format memory f, uint256 a) private pure returns (uint256) {
        if (a & ~f.sign == 0) return a;
        if (a & f.sign != 0) return f.nan;
        if (a == f.infinity) return a;
        (uint256 digits, int256 exponent) = parts(f, a);
        unchecked {
            uint256 by = exponent & 1 == 0 ? EXTRA : EXTRA + 1;
            digits <<= by;
            uint256 root = Math.sqrt(digits);
            if (root * root != digits) root |= 1;
            return round(f, 0, root, (exponent - int256(by)) / 2);
        }
    }

    /// @dev `ceil`, `floor`, `trunc`, `nearest` are 2 to 5.
    function roundToInteger(Format memory f, uint256 kind, uint256 a) private pure returns (uint256) {
        (uint256 sign, uint256 x) = (a & f.sign, a & ~f.sign);
        uint256 one = f.bias << f.digits;
        unchecked {
            if (x >= (f.bias + f.digits) << f.digits || x == 0) return a;
            bool isUp = kind == 2 ? sign == 0 : kind == 3 && sign != 0;
            if (x < one) {
                if (kind == 5) isUp = x > one - (1 << f.digits);
                return sign | (isUp ? one : 0);
            }
            uint256 places = f.digits - ((x >> f.digits) - f.bias);
            uint256 rest = x & ((1 << places) - 1);
            x -= rest;
            if (rest == 0) return a;
            if (kind == 5) {
                uint256 half = 1 << (places - 1);
                // The digit before the point; of a number below two it is the exponent's last, and one like it.
                isUp = rest > half || (rest == half && (x >> places) & 1 == 1);
            }
            return sign | (isUp ? x + (1 << places) : x);
        }
    }

    /// @dev Shifts, and remembers in the last bit whether anything was lost.
    function shiftRight(uint256 digits, uint256 by) private pure returns (uint256) {
        if (by > 255) return digits == 0 ? 0 : 1;
        uint256 shifted = digits >> by;
        return shifted << by == digits ? shifted : shifted | 1;
    }
}
