"""Reads an instrumented module: the parts of WebAssembly that programs may use, and no validation."""


class Reader:
    def __init__(self, data, at=0):
        self.data, self.at = data, at

    def byte(self):
        self.at += 1
        return self.data[self.at - 1]

    def take(self, count):
        self.at += count
        return self.data[self.at - count : self.at]

    def u(self):
        value, shift = 0, 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def s(self):
        value, shift = 0, 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value - (1 << shift) if byte & 0x40 else value

    def vector(self, item):
        return [item() for _ in range(self.u())]


class Module:
    def __init__(self, data):
        self.types, self.functions, self.tables, self.memory = [], [], [], (0, 0)
        self.globals, self.exports, self.elements, self.bodies, self.data = [], {}, [], [], []
        reader = Reader(data, 8)
        while reader.at < len(data):
            section, size = reader.byte(), reader.u()
            inner = Reader(reader.take(size))
            parts = {1: self._type, 3: inner.u, 4: self._table, 5: self._limits, 6: self._global,
                     7: self._export, 9: self._element, 10: self._body, 11: self._segment}
            if section in (1, 4, 5, 6, 7, 9, 10, 11):
                items = inner.vector(lambda: parts[section](inner))
            elif section == 3:
                items = inner.vector(inner.u)
            else:
                continue
            if section == 7:
                self.exports = dict(items)
            elif section == 5:
                self.memory = items[0]
            else:
                name = {1: "types", 3: "functions", 4: "tables", 6: "globals", 9: "elements", 10: "bodies", 11: "data"}
                setattr(self, name[section], items)

    def _type(self, r):
        assert r.byte() == 0x60
        return tuple(r.vector(r.byte)), tuple(r.vector(r.byte))

    def _limits(self, r):
        flag, least = r.byte(), r.u()
        return least, r.u() if flag & 1 else None

    def _table(self, r):
        assert r.byte() == 0x70
        return self._limits(r)

    def _global(self, r):
        kind, mutable = r.byte(), r.byte()
        return kind, mutable, self.constant(r)

    def constant(self, r):
        """The slot that a constant expression gives."""
        opcode = r.byte()
        if opcode == 0x41:
            value = r.s() & 0xFFFFFFFF
        elif opcode == 0x42:
            value = r.s() & 0xFFFFFFFFFFFFFFFF
        elif opcode in (0x43, 0x44):
            value = int.from_bytes(r.take(4 if opcode == 0x43 else 8), "little")
        else:
            raise ValueError(f"constant expression {opcode:02x}")
        assert r.byte() == 0x0B
        return value

    def _export(self, r):
        name = r.take(r.u()).decode()
        return name, (r.byte(), r.u())

    def _element(self, r):
        """(offset, functions): only segments of table 0 that list functions."""
        kind = r.u()
        assert kind == 0, f"element segment of kind {kind}"
        return self.constant(r), r.vector(r.u)

    def _body(self, r):
        return r.take(r.u())

    def _segment(self, r):
        """(offset or None if it is passive, bytes)."""
        kind = r.u()
        if kind == 2:
            assert r.u() == 0
        offset = None if kind == 1 else self.constant(r)
        return offset, r.take(r.u())
