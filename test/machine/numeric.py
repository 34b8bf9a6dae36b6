"""The numeric instructions 45 to c4 and d0 to d7, on slots. Floats are this machine's own, f32 by way of f64, which is exact for one operation."""

import ctypes
import math
import struct

NAN32, NAN64 = 0x7FC00000, 0x7FF8000000000000


class Trap(Exception):
    pass


def signed(value, bits):
    return value - (1 << bits) if value >> (bits - 1) else value


def to_float(bits, width):
    return struct.unpack("<f" if width == 32 else "<d", bits.to_bytes(width // 8, "little"))[0]


def to_bits(value, width):
    if math.isnan(value):
        return NAN32 if width == 32 else NAN64
    if width == 32:
        return int.from_bytes(bytes(ctypes.c_float(value)), "little")
    return int.from_bytes(struct.pack("<d", value), "little")


def integer_unary(name, value, bits):
    if name == "clz":
        return bits - value.bit_length()
    if name == "ctz":
        return bits if value == 0 else (value & -value).bit_length() - 1
    return bin(value).count("1")


def divide(name, x, y, bits):
    if y == 0:
        raise Trap
    if name.endswith("u"):
        return x // y if name[0] == "d" else x % y
    sx, sy = signed(x, bits), signed(y, bits)
    quotient = abs(sx) // abs(sy) * (1 if (sx < 0) == (sy < 0) else -1)
    if name[0] == "d":
        if quotient == 1 << (bits - 1):
            raise Trap
        return quotient
    return sx - quotient * sy


def integer_binary(name, x, y, bits):
    if name in ("div_s", "div_u", "rem_s", "rem_u"):
        return divide(name, x, y, bits)
    n = y % bits
    return {
        "add": lambda: x + y,
        "sub": lambda: x - y,
        "mul": lambda: x * y,
        "and": lambda: x & y,
        "or": lambda: x | y,
        "xor": lambda: x ^ y,
        "shl": lambda: x << n,
        "shr_s": lambda: signed(x, bits) >> n,
        "shr_u": lambda: x >> n,
        "rotl": lambda: (x << n) | (x >> (bits - n)),
        "rotr": lambda: (x >> n) | (x << (bits - n)),
    }[name]()


def compare(name, x, y):
    kind = name[:2]
    return int({"eq": x == y, "ne": x != y, "lt": x < y, "gt": x > y, "le": x <= y, "ge": x >= y}[kind])


def nearest(value):
    if math.isinf(value) or math.isnan(value) or abs(value) >= 2.0**52:
        return value
    return math.copysign(float(round(value)), value)


def whole(value, rounding):
    if math.isinf(value) or math.isnan(value):
        return value
    return math.copysign(float(rounding(value)), value)


def root(value):
    return math.nan if value < 0 else value if value == 0 else math.sqrt(value)


def quotient(x, y):
    if y != 0:
        return x / y
    if x == 0 or math.isnan(x):
        return math.nan
    return math.copysign(math.inf, math.copysign(1, x) * math.copysign(1, y))


def product(x, y):
    return x * y


def least(x, y):
    if math.isnan(x) or math.isnan(y):
        return math.nan
    return (x if math.copysign(1, x) < 0 else y) if x == y else min(x, y)


def most(x, y):
    if math.isnan(x) or math.isnan(y):
        return math.nan
    return (y if math.copysign(1, x) < 0 else x) if x == y else max(x, y)


FLOAT_UNARY = [None, None, lambda x: whole(x, math.ceil), lambda x: whole(x, math.floor), lambda x: whole(x, math.trunc), nearest, root]
FLOAT_BINARY = [lambda x, y: x + y, lambda x, y: x - y, product, quotient, least, most]


def float_unary(index, slot, width):
    sign = 1 << (width - 1)
    if index == 0:
        return slot & ~sign
    if index == 1:
        return slot ^ sign
    return to_bits(FLOAT_UNARY[index](to_float(slot, width)), width)


def float_binary(index, x, y, width):
    sign = 1 << (width - 1)
    if index == 6:
        return (x & ~sign) | (y & sign)
    return to_bits(FLOAT_BINARY[index](to_float(x, width), to_float(y, width)), width)


def truncate(value, bits, is_signed, saturates):
    low, high = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if is_signed else (0, (1 << bits) - 1)
    if math.isnan(value):
        if saturates:
            return 0
        raise Trap
    if math.isinf(value):
        number = high + 1 if value > 0 else low - 1
    else:
        number = math.trunc(value)
    if low <= number <= high:
        return number
    if not saturates:
        raise Trap
    return high if number > high else low


def convert(number, width):
    """An integer to a float, rounded once."""
    digits, magnitude = 24 if width == 32 else 53, abs(number)
    excess = magnitude.bit_length() - digits
    if excess > 0:
        rest, half = magnitude & ((1 << excess) - 1), 1 << (excess - 1)
        magnitude >>= excess
        magnitude += rest > half or (rest == half and magnitude & 1)
        magnitude <<= excess
    return to_bits(math.copysign(float(magnitude), number), width)


INTEGER_UNARY = ["clz", "ctz", "popcnt"]
INTEGER_BINARY = ["add", "sub", "mul", "div_s", "div_u", "rem_s", "rem_u", "and", "or", "xor", "shl", "shr_s", "shr_u", "rotl", "rotr"]
INTEGER_COMPARE = ["eq", "ne", "lt_s", "lt_u", "gt_s", "gt_u", "le_s", "le_u", "ge_s", "ge_u"]
FLOAT_COMPARE = ["eq", "ne", "lt", "gt", "le", "ge"]


def _table():
    """opcode → (operands, function of slots)."""
    table = {}

    def group(first, names, operands, make):
        for index, name in enumerate(names):
            table[first + index] = (operands, make(index, name))

    for bits, eqz, comparison, unary, binary in ((32, 0x45, 0x46, 0x67, 0x6A), (64, 0x50, 0x51, 0x79, 0x7C)):
        mask = (1 << bits) - 1
        table[eqz] = (1, lambda x: int(x == 0))
        group(comparison, INTEGER_COMPARE, 2, lambda _, n, b=bits: lambda x, y: (
            compare(n, signed(x, b), signed(y, b)) if n.endswith("_s") else compare(n, x, y)))
        group(unary, INTEGER_UNARY, 1, lambda _, n, b=bits: lambda x: integer_unary(n, x, b))
        group(binary, INTEGER_BINARY, 2, lambda _, n, b=bits, m=mask: lambda x, y: integer_binary(n, x, y, b) & m)
    for width, comparison, unary, binary in ((32, 0x5B, 0x8B, 0x92), (64, 0x61, 0x99, 0xA0)):
        group(comparison, FLOAT_COMPARE, 2, lambda _, n, w=width: lambda x, y: compare(n, to_float(x, w), to_float(y, w)))
        group(unary, range(7), 1, lambda i, _, w=width: lambda x: float_unary(i, x, w))
        group(binary, range(7), 2, lambda i, _, w=width: lambda x, y: float_binary(i, x, y, w))

    def truncation(opcode, bits, width, is_signed, saturates):
        mask = (1 << bits) - 1
        table[opcode] = (1, lambda x: truncate(to_float(x, width), bits, is_signed, saturates) & mask)

    for bits, plain, saturating in ((32, 0xA8, 0xD0), (64, 0xAE, 0xD4)):
        for index, (width, is_signed) in enumerate(((32, True), (32, False), (64, True), (64, False))):
            truncation(plain + index, bits, width, is_signed, False)
            truncation(saturating + index, bits, width, is_signed, True)
    for first, width in ((0xB2, 32), (0xB7, 64)):
        for index, (bits, is_signed) in enumerate(((32, True), (32, False), (64, True), (64, False))):
            table[first + index] = (1, lambda x, b=bits, s=is_signed, w=width: convert(signed(x, b) if s else x, w))
    table[0xA7] = (1, lambda x: x & 0xFFFFFFFF)
    table[0xAC] = (1, lambda x: signed(x, 32) & 0xFFFFFFFFFFFFFFFF)
    table[0xAD] = (1, lambda x: x)
    table[0xB6] = (1, lambda x: to_bits(to_float(x, 64), 32))
    table[0xBB] = (1, lambda x: to_bits(to_float(x, 32), 64))
    for opcode in (0xBC, 0xBD, 0xBE, 0xBF):
        table[opcode] = (1, lambda x: x)
    for opcode, bits, width in ((0xC0, 8, 32), (0xC1, 16, 32), (0xC2, 8, 64), (0xC3, 16, 64), (0xC4, 32, 64)):
        table[opcode] = (1, lambda x, b=bits, w=width: signed(x & ((1 << b) - 1), b) & ((1 << w) - 1))
    return table


NUMERIC = _table()
