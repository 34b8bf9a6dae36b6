"""The machine of docs/machine.md, from its text alone: its root, its states, its steps."""

import hashes
from flatten import Flattener
from hashes import keccak
from instructions import Instructions
from trees import Tree, least_depth, tree_of

BEGIN, START, ALLOC, RUN, STARTED, ALLOCATED, RAN, TRAPPED, LOAD, HASH, DONE = range(11)
OK, TRAP, OVER = 1, 2, 3
NOWHERE = 0xFFFFFFFF
MIB = 1 << 20
# Progress while a digest is known as far as it stands in one chunk of the root.
HALF = 0xFFFFFFFF
RAW, DAG_CBOR = bytes.fromhex("01551e20"), bytes.fromhex("01711e20")


def word(number):
    return number.to_bytes(32, "big")


def head(major, value):
    for count, info, top in ((0, value, 24), (1, 24, 1 << 8), (2, 25, 1 << 16), (4, 26, 1 << 32)):
        if value < top:
            return bytes([major << 5 | info]) + (value.to_bytes(count, "big") if count else b"")
    raise ValueError("too large")


def root_block(size, digests):
    """The dag-cbor root of a content above 1 MiB."""
    links = b""
    for index, digest in enumerate(digests):
        length = min(MIB, size - index * MIB)
        links += b"\x82\xd8\x2a\x58\x25\x00" + RAW + digest + head(0, length)
    return b"\xa4\x61v\x01\x64kind\x6dassay/content\x64size" + head(0, size) + b"\x65links" + head(4, len(digests)) + links


class Program:
    """What the machine root is the hash of."""

    def __init__(self, module):
        flat = Flattener(module)
        code = flat.code
        self.memory, self.pages = Tree(27), module.memory[0]
        elements = [None] * sum(least for least, _ in module.tables)
        active = [(offset, data) for offset, data in module.data if offset is not None]
        fits = all(offset + len(data) <= self.pages << 16 for offset, data in active)
        fits = fits and all(offset + len(functions) <= module.tables[0][0] for offset, functions in module.elements)
        for offset, functions in module.elements if fits else []:
            elements[offset : offset + len(functions)] = functions
        for offset, data in active if fits else []:
            self.memory.write(offset, data)
        start = flat.places[module.exports["assay_start"][1]] if "assay_start" in module.exports else NOWHERE
        if not fits:
            start = len(code)
            code.append((0, 0, 0))
        self.start, self.code = start, code
        self.alloc, self.run = (flat.places[module.exports[name][1]] if name in module.exports else NOWHERE for name in ("alloc", "run"))
        packed = [bytes([op, 0, 0, 0]) + a.to_bytes(4, "big") + b.to_bytes(8, "big") for op, a, b in code] + [bytes(16)]
        self.code_tree = tree_of([packed[i] + packed[i + 1] for i in range(0, len(code), 2)])
        own = module.exports["assay_fuel"][1]
        slots = [value for _, _, value in module.globals]
        slots = [0, 65536, 0, *slots[:own], *slots[own + 3 :]]
        self.globals = Tree(least_depth((len(slots) + 3) // 4))
        for index, value in enumerate(slots):
            self.globals.set_slot(index, value)
        self.table = [self.element(module, flat, function) for function in elements] if fits else []
        self.data = b"".join(data + bytes(-len(data) % 32) for offset, data in module.data if offset is None)
        self.per_fuel = 32 + max(max(len(p), len(r)) for p, r in module.types)
        self.slack = 4096 * max(flat.lengths)

    def element(self, module, flat, function):
        if function is None:
            return None
        kind = module.types[module.functions[function]]
        return module.types.index(kind), len(kind[0]), flat.places[function]

    def words(self):
        leaves = [bytes(32) if e is None else bytes(15) + b"\x01" + e[0].to_bytes(4, "big") + e[1].to_bytes(4, "big") + e[2].to_bytes(8, "big")
                  for e in self.table]
        table = tree_of(leaves)
        data = tree_of([self.data[i : i + 32] for i in range(0, len(self.data), 32)])
        return [keccak(b"AssayMachine 1"), self.code_tree.root(), word(self.code_tree.depth), self.memory.root(), self.globals.root(),
                word(self.globals.depth), table.root(), word(table.depth), data.root(), word(data.depth),
                word(self.start << 64 | self.alloc << 32 | self.run), word(self.pages), word(self.per_fuel), word(self.slack)]

    def root(self):
        return keccak(b"".join(self.words()))


class Machine(Instructions):
    def __init__(self, program, content, max_steps, max_result):
        self.program, self.max_steps, self.max_result = program, max_steps, max_result
        self.stack, self.memory, self.globals = Tree(15), program.memory, program.globals
        self.phase = self.pc = self.sp = self.fp = self.address = self.length = self.progress = 0
        self.pages, self.own, self.answer = program.pages, bytes(32), None
        self.values, self.blocks, self.input = [], [], content

    def header(self):
        fields = (self.pc, self.sp, self.fp, self.pages, self.address, self.length, self.progress)
        return bytes([self.phase]) + b"".join(field.to_bytes(4, "big") for field in fields) + bytes(3)

    def state(self):
        if self.phase == DONE:
            outcome, prefix, digest, length = self.answer
            return keccak(word(10 << 248) + word(outcome) + prefix + bytes(28) + digest + word(length))
        return keccak(self.header() + self.stack.root() + self.memory.root() + self.globals.root() + self.own)

    def finish(self, outcome, prefix=bytes(4), digest=bytes(32), length=0):
        self.phase, self.answer = DONE, (outcome, prefix, digest, length)

    def call_host(self, phase, place, *arguments):
        for index, argument in enumerate(arguments):
            self.stack.set_slot(index, argument)
        self.stack.set_slot(len(arguments), NOWHERE << 32)
        self.phase, self.pc, self.fp, self.sp = phase, place, 0, len(arguments) + 1

    def step(self):
        if self.phase in (START, ALLOC, RUN):
            self.instruction(*self.program.code[self.pc])
            return
        {BEGIN: self.begin, STARTED: self.returned, ALLOCATED: self.returned, RAN: self.returned,
         TRAPPED: self.trapped, LOAD: self.load, HASH: self.hash, DONE: lambda: None}[self.phase]()

    def begin(self):
        self.globals.set_slot(0, min(self.max_steps, (1 << 63) - 1))
        if self.program.start == NOWHERE:
            self.call_host(ALLOC, self.program.alloc, len(self.input))
        else:
            self.call_host(START, self.program.start)

    def trapped(self):
        self.finish(OVER if self.globals.slot(2) in (1, 2) else TRAP)

    def returned(self):
        slot, phase = self.stack.slot(0), self.phase
        if self.globals.slot(0) >> 63:
            self.finish(OVER)
        elif phase == STARTED:
            self.call_host(ALLOC, self.program.alloc, len(self.input))
        else:
            address, length = (slot, len(self.input)) if phase == ALLOCATED else (slot >> 32, slot & 0xFFFFFFFF)
            if address % 1024 or address + length > self.pages << 16:
                self.finish(TRAP)
            elif phase == RAN and length > self.max_result:
                self.finish(OVER)
            else:
                self.phase, self.address = (LOAD, address) if phase == ALLOCATED else (HASH, address)
                self.length = self.length if phase == ALLOCATED else length
                self.sp = self.fp = self.pc = self.progress = 0

    def load(self):
        large = len(self.input) > MIB
        if len(self.input) == 0 or self.pc == (-(-len(self.input) // MIB) if large else 1):
            address, self.address, self.progress = self.address, 0, 0
            self.call_host(RUN, self.program.run, address, len(self.input))
            return
        block = self.input[self.pc * MIB : (self.pc + 1) * MIB] if large else self.input
        if large and (self.progress == HALF or self.progress == 0 and self.own == bytes(32)):
            digest = hashes.blake3(block)
            before = 41 if len(self.input) > 23 * MIB else 40
            known = 1024 - (before + 47 * self.pc + 10) % 1024
            if known < 32 and self.progress != HALF:
                self.own, self.progress = digest[:known] + bytes(32 - known), HALF
            else:
                self.own, self.progress = digest, 0
            return
        chunk = block[1024 * self.progress : 1024 * self.progress + 1024]
        self.memory.write(self.address + MIB * self.pc + 1024 * self.progress, chunk)
        self.progress += 1
        if 1024 * self.progress >= len(block):
            self.progress, self.pc, self.own = 0, self.pc + 1, bytes(32)

    def hash(self):
        large = self.length > MIB
        count = (self.length + MIB - 1) // MIB if large else 1
        done = self.pc >> 8
        if done == count:
            content = root_block(self.length, self.blocks)
        else:
            content = self.memory.read(self.address + MIB * done, min(MIB, self.length - MIB * done))
        chunks, values = max(1, (len(content) + 1023) // 1024), self.values
        last = self.progress == chunks
        if len(values) > (1 if last else bin(self.progress).count("1")):
            right, left = values.pop(), values.pop()
            values.append(hashes.parent_value(left, right, last and not values))
        else:
            chunk = content[1024 * self.progress : 1024 * self.progress + 1024]
            values.append(hashes.chunk_value(chunk, self.progress, chunks == 1))
            self.progress += 1
        if self.progress == chunks and len(values) == 1:
            digest = values.pop()
            if not large or done == count:
                self.finish(OK, DAG_CBOR if large else RAW, digest, self.length)
                return
            self.blocks.append(digest)
            self.progress, done = 0, done + 1
        self.pc = done << 8 | len(values)
        self.own = keccak(b"".join(values) + b"".join(self.blocks)) if values or self.blocks else bytes(32)
