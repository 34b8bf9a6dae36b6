"""Merkle trees of a fixed depth whose leaves are zero unless they were written."""

from hashes import keccak

ZEROS = [bytes(32)]
for _ in range(32):
    ZEROS.append(keccak(ZEROS[-1] * 2))


class Tree:
    def __init__(self, depth):
        self.depth, self.levels, self.dirty = depth, [{} for _ in range(depth + 1)], set()

    def leaf(self, index):
        return self.levels[0].get(index, ZEROS[0])

    def set(self, index, leaf):
        assert len(leaf) == 32 and index >> self.depth == 0
        if leaf != self.leaf(index):
            self.levels[0][index] = leaf
            self.dirty.add(index)

    def root(self):
        changed, self.dirty = self.dirty, set()
        for level in range(self.depth):
            below, above = self.levels[level], self.levels[level + 1]
            changed = {index >> 1 for index in changed}
            for index in changed:
                above[index] = keccak(below.get(2 * index, ZEROS[level]) + below.get(2 * index + 1, ZEROS[level]))
        return self.levels[self.depth].get(0, ZEROS[self.depth])

    def slot(self, index):
        return int.from_bytes(self.leaf(index >> 2)[8 * (index & 3) : 8 * (index & 3) + 8], "big")

    def set_slot(self, index, value):
        assert 0 <= value < 1 << 64, "a slot has 64 bits"
        leaf, at = self.leaf(index >> 2), 8 * (index & 3)
        self.set(index >> 2, leaf[:at] + value.to_bytes(8, "big") + leaf[at + 8 :])

    def read(self, address, count):
        end = address + count
        joined = b"".join(self.leaf(i) for i in range(address >> 5, (end + 31) >> 5))
        return joined[address & 31 : (address & 31) + count]

    def write(self, address, data):
        first, last = address >> 5, (address + len(data) + 31) >> 5
        joined = bytearray(b"".join(self.leaf(i) for i in range(first, last)))
        joined[address & 31 : (address & 31) + len(data)] = data
        for i in range(first, last):
            self.set(i, bytes(joined[32 * (i - first) : 32 * (i - first) + 32]))


def least_depth(leaves):
    return max(0, (leaves - 1).bit_length()) if leaves > 0 else 0


def tree_of(leaves):
    tree = Tree(least_depth(len(leaves)))
    for index, leaf in enumerate(leaves):
        tree.set(index, leaf)
    return tree
