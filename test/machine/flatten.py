"""Flattens the functions of a module, as docs/machine.md says it ("Flattening")."""

from module import Reader

MASK32, MASK64 = 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF
# What an instruction takes from the stack and gives to it, by opcode.
BINARY = [*range(0x46, 0x50), *range(0x51, 0x67), *range(0x6A, 0x79), *range(0x7C, 0x8B), *range(0x92, 0x99), *range(0xA0, 0xA7)]


class Label:
    def __init__(self, height, carries, results, loop=None):
        self.height, self.carries, self.results = height, carries, results
        self.target, self.patches, self.otherwise = loop, [], None


class Flattener:
    def __init__(self, module):
        self.module, self.code, self.places, self.lengths, self.calls = module, [], [], [], []
        self.passive, offset = [], 0
        for active, data in module.data:
            self.passive.append((0, 0) if active is not None else (len(data), offset))
            if active is None:
                offset += (len(data) + 31) // 32 * 32
        for index, body in enumerate(module.bodies):
            self.places.append(len(self.code))
            self.function(*module.types[module.functions[index]], Reader(body))
            self.lengths.append(len(self.code) - self.places[-1])
        for at in self.calls:
            opcode, a, function = self.code[at]
            self.code[at] = (opcode, a, self.places[function])

    def emit(self, opcode, a=0, b=0):
        self.code.append((opcode, a & MASK32, b & MASK64))
        return len(self.code) - 1

    def patch(self, at):
        self.code[at] = (self.code[at][0], self.code[at][1], len(self.code))

    def function(self, parameters, results, r):
        declared = sum(count for count, _ in [(r.u(), r.byte()) for _ in range(r.u())])
        self.parameters, self.results, self.fixed = len(parameters), len(results), len(parameters) + 1 + declared
        for _ in range(declared):
            self.emit(0x41)
        self.height, self.labels, self.dead = 0, [Label(0, len(results), len(results))], False
        while self.labels:
            self.instruction(r)

    def block_type(self, r):
        code = r.s()
        if code >= 0:
            return len(self.module.types[code][0]), len(self.module.types[code][1])
        return 0, 0 if code == -64 else 1

    def give_return(self):
        if self.results <= 1:
            self.emit(0x12, self.results, self.parameters)
            return
        height = self.fixed + self.height
        self.emit(0x13, 0, self.parameters)
        for i in range(self.results):
            self.emit(0x15, height - i, self.results - i)
        self.emit(0x14, self.results)

    def alone(self, label):
        return label is not self.labels[0] and self.height - label.carries == label.height

    def jump(self, opcode, label):
        at = self.emit(opcode, 0, label.target or 0)
        if label.target is None:
            label.patches.append(at)

    def branch(self, label):
        if label is self.labels[0]:
            self.give_return()
            return
        below = self.height - label.carries - label.height
        if below > 0:
            for i in range(label.carries):
                self.emit(0x15, label.carries + below - i, label.carries - i)
            self.emit(0x1A, below)
        self.jump(0x0C, label)

    def end(self, r):
        label = self.labels[-1]
        if not self.dead and len(self.labels) == 1:
            self.give_return()
        self.height, self.dead = label.height + label.results, False
        if label.otherwise is not None:
            self.patch(label.otherwise)
        for at in label.patches:
            self.patch(at)
        self.labels.pop()

    def skip(self, r):
        """Reads code that is left out, up to the `else` or `end` of this construct."""
        assert r.data[r.at] in (0x05, 0x0B), "an instrumented module has no code that is never reached"

    def instruction(self, r):
        opcode = r.byte()
        if opcode == 0x0B:
            self.end(r)
        elif opcode == 0x05:
            label = self.labels[-1]
            if not self.dead:
                self.jump(0x0C, label)
            self.patch(label.otherwise)
            self.height, label.otherwise, self.dead = label.height + label.parameters, None, False
        elif opcode in (0x02, 0x03, 0x04):
            takes, gives = self.block_type(r)
            self.height -= 1 if opcode == 4 else 0
            base = self.height - takes
            label = Label(base, takes if opcode == 3 else gives, gives, len(self.code) if opcode == 3 else None)
            label.parameters = takes
            if opcode == 4:
                label.otherwise = self.emit(0x0E)
            self.labels.append(label)
        elif opcode in (0x00, 0x0C, 0x0E, 0x0F):
            self.never(opcode, r)
        elif opcode == 0x0D:
            label = self.labels[-1 - r.u()]
            self.height -= 1
            if self.alone(label):
                self.jump(0x0D, label)
            else:
                over = self.emit(0x0E)
                self.branch(label)
                self.patch(over)
        else:
            self.plain(opcode, r)

    def never(self, opcode, r):
        if opcode == 0x00:
            self.emit(0x00)
        elif opcode == 0x0C:
            self.branch(self.labels[-1 - r.u()])
        elif opcode == 0x0F:
            self.give_return()
        else:
            self.table(r)
        self.dead = True
        self.skip(r)

    def table(self, r):
        depths = [*r.vector(r.u), r.u()]
        self.height -= 1
        self.emit(0x0F, len(depths) - 1)
        behind = {}
        for depth in depths:
            label = self.labels[-1 - depth]
            if self.alone(label):
                self.jump(0x0C, label)
            else:
                behind.setdefault(depth, []).append(self.emit(0x0C))
        for depth, jumps in behind.items():
            for at in jumps:
                self.patch(at)
            self.branch(self.labels[-1 - depth])

    def plain(self, opcode, r):
        types, functions = self.module.types, self.module.functions
        if opcode == 0x01:
            return
        if opcode == 0x10:
            function = r.u()
            parameters, results = types[functions[function]]
            self.calls.append(self.emit(0x10, len(parameters), function))
            self.height += len(results) - len(parameters)
        elif opcode == 0x11:
            kind, table = r.u(), r.u()
            first = sum(least for least, _ in self.module.tables[:table])
            self.emit(0x11, self.module.tables[table][0], first << 32 | types.index(types[kind]))
            self.height += len(types[kind][1]) - len(types[kind][0]) - 1
        elif opcode == 0x1A:
            self.emit(0x1A, 1)
            self.height -= 1
        elif opcode in (0x1B, 0x1C):
            if opcode == 0x1C:
                r.vector(r.byte)
            self.emit(0x1B)
            self.height -= 2
        elif opcode in (0x20, 0x21, 0x22):
            index = r.u()
            self.emit(opcode, index if index < self.parameters else index + 1)
            self.height += {0x20: 1, 0x21: -1, 0x22: 0}[opcode]
        elif opcode in (0x23, 0x24):
            self.emit(opcode, self.module_global(r.u()))
            self.height += 1 if opcode == 0x23 else -1
        elif 0x28 <= opcode <= 0x3E:
            r.u()
            self.emit(opcode, 0, r.u())
            self.height -= 0 if opcode <= 0x35 else 2
        elif opcode in (0x3F, 0x40):
            r.byte()
            self.emit(opcode, 0 if opcode == 0x3F else self.maximum(), 0)
            self.height += 1 if opcode == 0x3F else 0
        elif 0x41 <= opcode <= 0x44:
            self.emit(0x41, 0, self.literal(opcode, r))
            self.height += 1
        elif opcode == 0xFC:
            self.extended(r.u(), r)
        else:
            assert 0x45 <= opcode <= 0xC4, f"opcode {opcode:02x}"
            self.emit(opcode)
            self.height -= 1 if opcode in BINARY else 0

    def literal(self, opcode, r):
        if opcode <= 0x42:
            return r.s() & (MASK32 if opcode == 0x41 else MASK64)
        return int.from_bytes(r.take(4 if opcode == 0x43 else 8), "little")

    def extended(self, opcode, r):
        if opcode <= 7:
            self.emit(0xD0 + opcode)
        elif opcode == 8:
            segment = r.u()
            r.u()
            self.emit(0xD8, *self.passive[segment])
            self.height -= 3
        elif opcode == 9:
            r.u()
        else:
            assert opcode in (10, 11)
            r.take(2 if opcode == 10 else 1)
            self.emit(0xD0 + opcode)
            self.height -= 3

    def maximum(self):
        return 65536 if self.module.memory[1] is None else self.module.memory[1]

    def module_global(self, index):
        own = self.module.exports["assay_fuel"][1]
        if index < own:
            return index + 3
        return index - own if index < own + 3 else index
