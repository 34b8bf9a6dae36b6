"""keccak-256 and BLAKE3, written for this test from their papers: the standard library has neither."""

MASK64 = (1 << 64) - 1
MASK32 = (1 << 32) - 1


def _round_constants():
    constants, lfsr = [], 1
    for _ in range(24):
        word = 0
        for j in range(7):
            if lfsr & 1:
                word |= 1 << ((1 << j) - 1)
            lfsr = (lfsr << 1) ^ (0x171 if lfsr & 0x80 else 0)
        constants.append(word)
    return constants


def _walk():
    """The cycle of pi with the offsets of rho: (place, rotation), from place 1 on."""
    x, y, places = 1, 0, []
    for t in range(24):
        places.append((x + 5 * y, (t + 1) * (t + 2) // 2 % 64))
        x, y = y, (2 * x + 3 * y) % 5
    return places


ROUND_CONSTANTS = _round_constants()
WALK = _walk()


def _unrolled():
    """The permutation's rounds as one function over 25 local variables: a loop over lists takes three times as long."""

    def turned(value, rotation):
        return f"(({value} << {rotation} | {value} >> {64 - rotation}) & M)" if rotation else value

    lines = ["def permute(state, constants, M):", " " + ",".join(f"a{i}" for i in range(25)) + " = state"]
    body = [f"c{x} = a{x} ^ a{x + 5} ^ a{x + 10} ^ a{x + 15} ^ a{x + 20}" for x in range(5)]
    body += [f"d{x} = c{(x + 4) % 5} ^ {turned(f'c{(x + 1) % 5}', 1)}" for x in range(5)]
    body += [f"a{i} ^= d{i % 5}" for i in range(25)]
    body += ["b0 = a0"]
    for index, (place, rotation) in enumerate(WALK):
        to = WALK[(index + 1) % 24][0]
        body.append(f"b{to} = {turned(f'a{place}', rotation)}")
    for y in range(0, 25, 5):
        for x in range(5):
            body.append(f"a{y + x} = b{y + x} ^ (~b{y + (x + 1) % 5} & b{y + (x + 2) % 5})")
    body.append("a0 ^= constant")
    lines += [" for constant in constants:"] + ["  " + line for line in body]
    lines.append(" return [" + ",".join(f"a{i}" for i in range(25)) + "]")
    names = {}
    exec("\n".join(lines), names)
    return names["permute"]


_permute = _unrolled()


def own_keccak(message):
    padded = bytearray(message)
    padded.append(1)
    padded.extend(bytes(-len(padded) % 136))
    padded[-1] |= 0x80
    state = [0] * 25
    for at in range(0, len(padded), 136):
        for lane in range(17):
            state[lane] ^= int.from_bytes(padded[at + 8 * lane : at + 8 * lane + 8], "little")
        state = _permute(state, ROUND_CONSTANTS, MASK64)
    return b"".join(word.to_bytes(8, "little") for word in state[:4])


# Almost all of the time goes here. Whoever has pycryptodome waits a tenth of it.
try:
    from Crypto.Hash.keccak import new as _native

    def keccak(message):
        return _native(digest_bits=256, data=message).digest()

    assert all(keccak(bytes(length)) == own_keccak(bytes(length)) for length in (0, 64, 135, 136, 137, 160))
except ImportError:
    keccak = own_keccak


IV = (0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19)
SHUFFLE = (2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8)
COLUMNS = ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15))
DIAGONALS = ((0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14))
CHUNK_START, CHUNK_END, PARENT, ROOT = 1, 2, 4, 8


def _compress(value, block, counter, length, flags):
    m = [int.from_bytes(block[i : i + 4], "little") for i in range(0, 64, 4)]
    v = list(value) + list(IV[:4]) + [counter & MASK32, counter >> 32, length, flags]
    for _ in range(7):
        for index, (a, b, c, d) in enumerate(COLUMNS + DIAGONALS):
            for word, turn_d, turn_b in ((m[2 * index], 16, 12), (m[2 * index + 1], 8, 7)):
                v[a] = (v[a] + v[b] + word) & MASK32
                x = v[d] ^ v[a]
                v[d] = ((x >> turn_d) | (x << (32 - turn_d))) & MASK32
                v[c] = (v[c] + v[d]) & MASK32
                x = v[b] ^ v[c]
                v[b] = ((x >> turn_b) | (x << (32 - turn_b))) & MASK32
        m = [m[i] for i in SHUFFLE]
    return [v[i] ^ v[i + 8] for i in range(8)]


def _bytes(words):
    return b"".join(word.to_bytes(4, "little") for word in words)


def chunk_value(chunk, index, root):
    """The chaining value of a chunk of at most 1,024 bytes."""
    value, blocks = IV, max(1, (len(chunk) + 63) // 64)
    for i in range(blocks):
        block = chunk[64 * i : 64 * i + 64]
        flags = (CHUNK_START if i == 0 else 0) | ((CHUNK_END | (ROOT if root else 0)) if i == blocks - 1 else 0)
        value = _compress(value, block + bytes(64 - len(block)), index, len(block), flags)
    return _bytes(value)


def parent_value(left, right, root):
    return _bytes(_compress(IV, left + right, 0, 64, PARENT | (ROOT if root else 0)))


def blake3(content, first=0, root=True):
    """The digest, or the chaining value of a subtree that begins at chunk `first`."""
    if len(content) <= 1024:
        return chunk_value(content, first, root)
    chunks = (len(content) + 1023) // 1024
    left = 1 << ((chunks - 1).bit_length() - 1)
    return parent_value(
        blake3(content[: 1024 * left], first, False), blake3(content[1024 * left :], first + left, False), root
    )


if __name__ == "__main__":
    assert keccak(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    assert blake3(b"").hex() == "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"
