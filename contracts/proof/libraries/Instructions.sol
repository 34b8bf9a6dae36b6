// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Machine} from "../types/Machine.sol";
import {Cells, Run} from "./Cells.sol";
import {Conversions} from "./Conversions.sol";
import {Cursor, CursorLib} from "./Cursor.sol";
import {Floats} from "./Floats.sol";
import {Integers} from "./Integers.sol";
import {Phases} from "./Phases.sol";

/// @notice Carries out one instruction of the flattened machine, or a bounded part of one. `docs/machine.md` has them all.
library Instructions {
    using Cells for Run;

    error Step_NoSuchInstruction();

    uint256 private constant MASK_32 = 0xffffffff;
    uint256 private constant NOWHERE = 0xffffffff;

    function execute(Machine calldata machine, Run memory run) internal pure {
        Cursor memory code = CursorLib.over(machine.codeRoot, machine.codeDepth);
        uint256 leaf = code.open(run.witness, run.pc >> 1);
        uint256 instruction = run.pc & 1 == 0 ? leaf >> 128 : leaf & type(uint128).max;
        uint256 opcode = instruction >> 120;
        uint256 a = (instruction >> 64) & MASK_32;
        uint256 b = instruction & type(uint64).max;

        if (opcode >= 0x45 && opcode <= 0xd7) calculate(run, opcode);
        else if (opcode >= 0x28 && opcode <= 0x3e) access(run, opcode, b);
        else if (opcode >= 0xd8) bulk(machine, run, opcode, a, b);
        else if (opcode <= 0x14) control(machine, run, opcode, a, b);
        else move(run, opcode, a, b);
    }

    function go(Run memory run, uint256 pc, uint256 sp) private pure {
        run.pc = pc;
        run.sp = sp;
    }

    function trap(Run memory run) private pure {
        run.phase = Phases.TRAPPED;
    }

    function control(
        Machine calldata machine,
        Run memory run,
        uint256 opcode,
        uint256 a,
        uint256 b
    ) private pure {
        (uint256 sp, uint256 pc) = (run.sp, run.pc);
        if (opcode == 0x00) trap(run);
        else if (opcode == 0x0c) run.pc = b;
        else if (opcode == 0x0d) go(run, run.slot(sp - 1) == 0 ? pc + 1 : b, sp - 1);
        else if (opcode == 0x0e) go(run, run.slot(sp - 1) == 0 ? b : pc + 1, sp - 1);
        else if (opcode == 0x0f) {
            uint256 index = run.slot(sp - 1);
            go(run, pc + 1 + (index < a ? index : a), sp - 1);
        } else if (opcode == 0x10) call(run, sp, a, b);
        else if (opcode == 0x11) callIndirect(machine, run, a, b);
        else if (opcode == 0x12) {
            uint256 link = run.slot(run.fp + b);
            if (a == 1) run.setSlot(run.fp, run.slot(sp - 1));
            returnTo(run, link, run.fp + a);
        } else if (opcode == 0x13) {
            run.setSlot(sp, run.slot(run.fp + b));
            run.pc = pc + 1;
        } else if (opcode == 0x14) returnTo(run, run.slot(sp), run.fp + a);
        else revert Step_NoSuchInstruction();
    }

    function call(Run memory run, uint256 sp, uint256 parameters, uint256 entry) private pure {
        run.setSlot(sp, ((run.pc + 1) << 32) | run.fp);
        run.fp = sp - parameters;
        go(run, entry, sp + 1);
    }

    function callIndirect(
        Machine calldata machine,
        Run memory run,
        uint256 size,
        uint256 place
    ) private pure {
        uint256 index = run.slot(run.sp - 1);
        if (index >= size) return trap(run);
        Cursor memory table = CursorLib.over(machine.tableRoot, machine.tableDepth);
        uint256 element = table.open(run.witness, (place >> 32) + index);
        if (element == 0 || (element >> 96) & MASK_32 != place & MASK_32) return trap(run);
        call(run, run.sp - 1, (element >> 64) & MASK_32, element & type(uint64).max);
    }

    function returnTo(Run memory run, uint256 link, uint256 sp) private pure {
        run.fp = link & MASK_32;
        go(run, link >> 32, sp);
        if (run.pc != NOWHERE) return;
        run.pc = 0;
        run.phase += Phases.RETURNED;
    }

    /// @dev Slots, globals, constants, and the size of the memory.
    function move(Run memory run, uint256 opcode, uint256 a, uint256 b) private pure {
        uint256 sp = run.sp;
        if (opcode == 0x20) {
            run.setSlot(sp, run.slot(run.fp + a));
            sp += 1;
        } else if (opcode == 0x21 || opcode == 0x22) {
            run.setSlot(run.fp + a, run.slot(sp - 1));
            if (opcode == 0x21) sp -= 1;
        } else if (opcode == 0x41) {
            run.setSlot(sp, b);
            sp += 1;
        } else if (opcode == 0x15) {
            run.setSlot(sp - a, run.slot(sp - b));
        } else if (opcode == 0x1a) {
            sp -= a;
        } else if (opcode == 0x1b) {
            (uint256 condition, uint256 second, uint256 first) = (
                run.slot(sp - 1),
                run.slot(sp - 2),
                run.slot(sp - 3)
            );
            run.setSlot(sp - 3, condition == 0 ? second : first);
            sp -= 2;
        } else if (opcode == 0x23) {
            run.setSlot(sp, run.global(a));
            sp += 1;
        } else if (opcode == 0x24) {
            run.setGlobal(a, run.slot(sp - 1));
            sp -= 1;
        } else if (opcode == 0x3f) {
            run.setSlot(sp, run.pages);
            sp += 1;
        } else if (opcode == 0x40) {
            uint256 pages = run.pages + run.slot(sp - 1);
            run.setSlot(sp - 1, pages > a ? MASK_32 : run.pages);
            if (pages <= a) run.pages = pages;
        } else {
            revert Step_NoSuchInstruction();
        }
        go(run, run.pc + 1, sp);
    }

    function access(Run memory run, uint256 opcode, uint256 offset) private pure {
        uint256 sp = run.sp;
        if (opcode <= 0x35) {
            uint256 from = run.slot(sp - 1) + offset;
            // 4, 8, 4, 8; then, signed and unsigned, 1 and 2 bytes of an i32; 1, 2 and 4 bytes of an i64.
            uint256 length = (0x0404020201010202010108040804 >> (8 * (opcode - 0x28))) & 0xff;
            if (!run.isInside(from, length)) return trap(run);
            uint256 value = run.read(from, length);
            if (opcode >= 0x2c && opcode & 1 == 0) {
                uint256 mask = opcode < 0x30 ? MASK_32 : type(uint64).max;
                value = uint256(Integers.signed(value, 8 * length)) & mask;
            }
            run.setSlot(sp - 1, value);
            return go(run, run.pc + 1, sp);
        }
        uint256 stored = run.slot(sp - 1);
        uint256 to = run.slot(sp - 2) + offset;
        uint256 size = (0x040201020108040804 >> (8 * (opcode - 0x36))) & 0xff;
        if (!run.isInside(to, size)) return trap(run);
        run.write(to, size, stored);
        go(run, run.pc + 1, sp - 2);
    }

    function isUnary(uint256 opcode) private pure returns (bool) {
        return
            opcode >= 0xa7 ||
            opcode == 0x45 ||
            opcode == 0x50 ||
            (opcode >= 0x67 && opcode <= 0x69) ||
            (opcode >= 0x79 && opcode <= 0x7b) ||
            (opcode >= 0x8b && opcode <= 0x91) ||
            (opcode >= 0x99 && opcode <= 0x9f);
    }

    function calculate(Run memory run, uint256 opcode) private pure {
        uint256 place = run.sp - 1;
        uint256 b = run.slot(place);
        uint256 a = b;
        if (!isUnary(opcode)) {
            place -= 1;
            a = run.slot(place);
        }
        (bool ok, uint256 result) = operate(opcode, a, b);
        if (!ok) return trap(run);
        run.setSlot(place, result);
        go(run, run.pc + 1, place + 1);
    }

    /// @dev The numeric instructions, on slots.
    function operate(uint256 opcode, uint256 a, uint256 b) internal pure returns (bool ok, uint256 result) {
        if (opcode < 0x50) return (true, Integers.compare(opcode - 0x45, a, b, 32));
        if (opcode < 0x5b) return (true, Integers.compare(opcode - 0x50, a, b, 64));
        if (opcode < 0x61) return (true, Floats.compare(Floats.single(), opcode - 0x5b, a, b));
        if (opcode < 0x67) return (true, Floats.compare(Floats.double(), opcode - 0x61, a, b));
        if (opcode < 0x79) return Integers.calculate(opcode - 0x67, a, b, 32);
        if (opcode < 0x8b) return Integers.calculate(opcode - 0x79, a, b, 64);
        if (opcode < 0x99) return (true, Floats.calculate(Floats.single(), opcode - 0x8b, a, b));
        if (opcode < 0xa7) return (true, Floats.calculate(Floats.double(), opcode - 0x99, a, b));
        if (opcode < 0xc0) return Conversions.convert(opcode, a);
        if (opcode < 0xc5) return (true, extend(opcode - 0xc0, a));
        if (opcode < 0xd0) revert Step_NoSuchInstruction();
        return (true, Conversions.saturate(opcode - 0xd0, a));
    }

    /// @dev Sign extension: of 8 and 16 bits to an i32; of 8, 16 and 32 bits to an i64.
    function extend(uint256 kind, uint256 a) private pure returns (uint256) {
        uint256 width =
            kind == 0 || kind == 2
                ? 8
                : kind == 4
                    ? 32
                    : 16;
        return uint256(Integers.signed(a, width)) & (kind < 2 ? MASK_32 : type(uint64).max);
    }

    /// @dev `memory.fill`, `memory.copy` and `memory.init`: as much as lies in one leaf, from the end on where the areas ask for it.
    function bulk(
        Machine calldata machine,
        Run memory run,
        uint256 opcode,
        uint256 a,
        uint256 b
    ) private pure {
        uint256 sp = run.sp;
        uint256 count = run.slot(sp - 1);
        uint256 from = run.slot(sp - 2);
        uint256 to = run.slot(sp - 3);
        bool fits = run.isInside(to, count);
        if (opcode == 0xda) fits = fits && run.isInside(from, count);
        else if (opcode == 0xd8) fits = fits && from + count <= a;
        else if (opcode != 0xdb) revert Step_NoSuchInstruction();
        if (!fits) return trap(run);
        if (count == 0) return go(run, run.pc + 1, sp - 3);

        if (opcode == 0xda && to > from) {
            uint256 last = least(count, behind(from + count), behind(to + count));
            uint256 left = count - last;
            run.put((to + left) >> 5, (to + left) & 31, last, memoryPart(run, from + left, last));
            return run.setSlot(sp - 1, left);
        }
        uint256 done = least(count, 32 - (to & 31), opcode == 0xdb ? 32 : 32 - (from & 31));
        uint256 value;
        if (opcode == 0xda) value = memoryPart(run, from, done);
        else if (opcode == 0xdb) value = repeated(from & 0xff, done);
        else value = dataPart(machine, run, b + from, done);
        run.put(to >> 5, to & 31, done, value);
        // Behind the last byte of 4 GiB is the address 0 of an i32.
        run.setSlot(sp - 3, (to + done) & MASK_32);
        if (opcode != 0xdb) run.setSlot(sp - 2, (from + done) & MASK_32);
        run.setSlot(sp - 1, count - done);
    }

    function memoryPart(Run memory run, uint256 from, uint256 length) private pure returns (uint256) {
        return Cells.bytesOf(run.memoryTree.open(run.witness, from >> 5), from & 31, length);
    }

    function dataPart(
        Machine calldata machine,
        Run memory run,
        uint256 from,
        uint256 length
    ) private pure returns (uint256) {
        Cursor memory data = CursorLib.over(machine.dataRoot, machine.dataDepth);
        return Cells.bytesOf(data.open(run.witness, from >> 5), from & 31, length);
    }

    /// @dev Bytes from the beginning of a leaf to right before `end`.
    function behind(uint256 end) private pure returns (uint256) {
        return ((end - 1) & 31) + 1;
    }

    function least(uint256 a, uint256 b, uint256 c) private pure returns (uint256) {
        if (b < a) a = b;
        return c < a ? c : a;
    }

    function repeated(uint256 value, uint256 length) private pure returns (uint256) {
        uint256 all = value * (type(uint256).max / 0xff);
        return length == 32 ? all : all & ((1 << (8 * length)) - 1);
    }
}
