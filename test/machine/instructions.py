"""One instruction of the machine."""

from numeric import NUMERIC, Trap, signed

MASK32 = 0xFFFFFFFF
TRAPPED = 7
# Loads: bytes, bits that the sign fills, or 0.
LOADS = {0x28: (4, 0), 0x29: (8, 0), 0x2A: (4, 0), 0x2B: (8, 0), 0x2C: (1, 32), 0x2D: (1, 0), 0x2E: (2, 32), 0x2F: (2, 0),
         0x30: (1, 64), 0x31: (1, 0), 0x32: (2, 64), 0x33: (2, 0), 0x34: (4, 64), 0x35: (4, 0)}
STORES = {0x36: 4, 0x37: 8, 0x38: 4, 0x39: 8, 0x3A: 1, 0x3B: 2, 0x3C: 1, 0x3D: 2, 0x3E: 4}


class Instructions:
    def top(self, depth=0):
        return self.stack.slot(self.sp - 1 - depth)

    def replace(self, operands, value):
        """Takes operands, and gives one value: pc goes on."""
        self.stack.set_slot(self.sp - operands, value)
        self.sp += 1 - operands
        self.pc += 1

    def back(self, link, sp):
        """Returns by a link: to the host, if it says so."""
        self.pc, self.fp, self.sp = link >> 32, link & MASK32, sp
        if self.pc == MASK32:
            self.pc, self.phase = 0, self.phase + 3

    def enter(self, place, parameters, sp):
        self.stack.set_slot(sp, (self.pc + 1) << 32 | self.fp)
        self.fp, self.sp, self.pc = sp - parameters, sp + 1, place

    def instruction(self, opcode, a, b):
        try:
            if opcode in NUMERIC:
                operands, of = NUMERIC[opcode]
                self.replace(operands, of(self.top()) if operands == 1 else of(self.top(1), self.top()))
            elif opcode in LOADS:
                count, bits = LOADS[opcode]
                value = int.from_bytes(self.memory.read(self.place(self.top() + b, count), count), "little")
                self.replace(1, signed(value, 8 * count) & ((1 << bits) - 1) if bits else value)
            elif opcode in STORES:
                count = STORES[opcode]
                value = self.top() & ((1 << 8 * count) - 1)
                self.memory.write(self.place(self.top(1) + b, count), value.to_bytes(count, "little"))
                self.sp, self.pc = self.sp - 2, self.pc + 1
            elif opcode in (0xD8, 0xDA, 0xDB):
                self.bulk(opcode, a, b)
            elif opcode < 0x20:
                self.control(opcode, a, b)
            else:
                self.variable(opcode, a, b)
        except Trap:
            self.phase = TRAPPED

    def place(self, address, count):
        if address + count > self.pages << 16:
            raise Trap
        return address

    def bulk(self, opcode, a, b):
        length, source, destination = self.top(), self.top(1), self.top(2)
        self.place(destination, length)
        if opcode == 0xDA:
            self.place(source, length)
        if opcode == 0xD8 and source + length > a:
            raise Trap
        if length == 0:
            self.sp, self.pc = self.sp - 3, self.pc + 1
        elif opcode == 0xDA and destination > source:
            n = min(length, ((destination + length - 1) & 31) + 1, ((source + length - 1) & 31) + 1)
            self.memory.write(destination + length - n, self.memory.read(source + length - n, n))
            self.stack.set_slot(self.sp - 1, length - n)
        else:
            n = min(length, 32 - (destination & 31))
            if opcode == 0xDB:
                data = bytes([source & 255]) * n
            else:
                n = min(n, 32 - (source & 31))
                data = self.program.data[b + source : b + source + n] if opcode == 0xD8 else self.memory.read(source, n)
                self.stack.set_slot(self.sp - 2, (source + n) & MASK32)
            self.memory.write(destination, data)
            self.stack.set_slot(self.sp - 3, (destination + n) & MASK32)
            self.stack.set_slot(self.sp - 1, length - n)

    def control(self, opcode, a, b):
        if opcode == 0x00:
            raise Trap
        if opcode == 0x0C:
            self.pc = b
        elif opcode in (0x0D, 0x0E):
            taken = (self.top() != 0) == (opcode == 0x0D)
            self.sp, self.pc = self.sp - 1, b if taken else self.pc + 1
        elif opcode == 0x0F:
            index = self.top()
            self.sp, self.pc = self.sp - 1, self.pc + 1 + min(index, a)
        elif opcode == 0x10:
            self.enter(b, a, self.sp)
        elif opcode == 0x11:
            index = self.top()
            element = self.program.table[(b >> 32) + index] if index < a else None
            if element is None or element[0] != b & MASK32:
                raise Trap
            self.enter(element[2], element[1], self.sp - 1)
        elif opcode == 0x12:
            link, result = self.stack.slot(self.fp + b), self.top()
            if a == 1:
                self.stack.set_slot(self.fp, result)
            self.back(link, self.fp + a)
        elif opcode == 0x13:
            self.stack.set_slot(self.sp, self.stack.slot(self.fp + b))
            self.pc += 1
        elif opcode == 0x14:
            self.back(self.stack.slot(self.sp), self.fp + a)
        elif opcode == 0x15:
            self.stack.set_slot(self.sp - a, self.stack.slot(self.sp - b))
            self.pc += 1
        elif opcode == 0x1A:
            self.sp, self.pc = self.sp - a, self.pc + 1
        else:
            assert opcode == 0x1B
            self.replace(3, self.top(2) if self.top() else self.top(1))

    def variable(self, opcode, a, b):
        if opcode == 0x20:
            self.replace(0, self.stack.slot(self.fp + a))
        elif opcode in (0x21, 0x22):
            self.stack.set_slot(self.fp + a, self.top())
            self.sp, self.pc = self.sp - (opcode == 0x21), self.pc + 1
        elif opcode == 0x23:
            self.replace(0, self.globals.slot(a))
        elif opcode == 0x24:
            self.globals.set_slot(a, self.top())
            self.sp, self.pc = self.sp - 1, self.pc + 1
        elif opcode == 0x3F:
            self.replace(0, self.pages)
        elif opcode == 0x40:
            pages = self.pages
            grown = pages + self.top()
            self.pages = pages if grown > a else grown
            self.replace(1, MASK32 if grown > a else pages)
        else:
            assert opcode == 0x41
            self.replace(0, b)
