import { expect, test } from "vitest";
import { type Header, machineOf, machineTask, PHASE } from "../../sdk/src/program/machine/index.ts";
import { instructionAt } from "../../sdk/src/program/machine/step/enter.ts";
import { execute } from "../../sdk/src/program/machine/step/instructions.ts";
import { plainCells, STACK_SLOTS } from "../../sdk/src/program/machine/step/plainCells.ts";
import { hostStep } from "../../sdk/src/program/machine/task/hostStep.ts";
import { nothing } from "../../sdk/src/program/machine/task/own.ts";
import { shownToNobody } from "../../sdk/src/program/machine/task/shown.ts";
import { cidOf } from "../../sdk/src/protocol/cid/cidOf.ts";
import { assembleProgram, programText } from "../fixtures/machine/programText.ts";

const times = (count: number, text: string) => text.repeat(count);
const types = (count: number) => times(count, "i32 ");
const consts = (count: number) => times(count, "(i32.const 1)");
const drops = (count: number) => times(count, "(drop)");

/** Functions that call themselves until the depth is used up, with frames that are as large as can be for their cost. */
const recursions = (n: number): [name: string, functions: string, call: string][] => [
  [
    `${n} parameters`,
    `(func $f (param ${types(n)}) (local f32 f64)
      (drop (i32.reinterpret_f32 (f32.add (local.get ${n}) (local.get ${n}))))
      (drop (i64.reinterpret_f64 (f64.add (local.get ${n + 1}) (local.get ${n + 1}))))
      (loop ${consts(n)} (call $f)))`,
    `${consts(n)} (call $f)`,
  ],
  [
    `${n} locals and operands, at the call of a charge`,
    `(func $f (local ${types(n)}) ${consts(n)} (memory.fill (i32.const 0) (i32.const 0) (i32.const 1))
      (drop (memory.grow (i32.const 0))) (call $f) ${drops(n)})`,
    "(call $f)",
  ],
  [
    `${n} results`,
    `(func $g (result i32 ${types(n)}) (i32.const 1) ${consts(n)} (return))
      (func $f (call $g) (drop) ${drops(n)} (call $f) (call $g) (drop) ${drops(n)})`,
    "(call $f)",
  ],
];

/** A function writes its locals before its depth is looked at: the last of two reaches far beyond what the depth allows. */
const LOCALS = 40_000;
const locals: [name: string, functions: string, call: string] = [
  `${LOCALS} locals`,
  `(func $f (local ${types(LOCALS)}) (call $f))`,
  "(call $f)",
];

/** The highest slot that a task writes. */
function highestSlot(text: string): number {
  const machine = machineOf(assembleProgram(text));
  const input = { cid: cidOf(new Uint8Array(1)), bytes: new Uint8Array(1) };
  const task = machineTask({ machine, maxSteps: 10_000_000n, maxResultBytes: 8, input });
  const header: Header = {
    ...{ phase: PHASE.begin, pc: 0, sp: 0, fp: 0, pages: machine.flat.memory.pages },
    ...{ address: 0, length: 0, progress: 0 },
  };
  const [cells, own] = [plainCells(machine.flat), nothing()];
  let highest = 0;
  const watched = {
    ...cells,
    setSlot(index: number, value: bigint) {
      highest = Math.max(highest, index);
      cells.setSlot(index, value);
    },
  };
  for (;;) {
    if (header.phase >= PHASE.start && header.phase <= PHASE.run) {
      execute(header, watched, instructionAt(machine.flat.code, header.pc));
    } else if (hostStep(header, watched, { task, own, shown: shownToNobody }) !== undefined) {
      return highest;
    }
  }
}

test.each([...[0, 7, 900].flatMap(recursions), locals])(
  "a stack of %s stays inside the tree",
  (_, more, call) => {
    const highest = highestSlot(programText({ more, run: `${call} (i64.const 0)`, locals: "" }));
    expect(highest).toBeGreaterThan(500);
    expect(highest).toBeLessThan(STACK_SLOTS);
  },
);
