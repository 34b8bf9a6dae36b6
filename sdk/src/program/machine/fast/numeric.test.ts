import { expect, onTestFailed, test } from "vitest";
import { type Random, seededRandom } from "../../../../../test/fixtures/random.ts";
import { comparedRunner } from "../../../../../test/fixtures/wast/comparedRunner.ts";
import { GLOBAL, MACHINE } from "../core/opcode.ts";
import { codeWriter } from "../flatten/codeWriter.ts";
import type { FlatModule } from "../flatten/flattenModule.ts";
import { isUnary, numericOperations } from "../numeric/index.ts";

const numeric = [...numericOperations.keys()].filter((opcode) => numericOperations[opcode]);
const range = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);
const loads = range(MACHINE.firstLoad, MACHINE.lastLoad);
const stores = range(MACHINE.firstStore, MACHINE.lastStore);
const OPERANDS = 60;
/** Bytes of the memory of one page. */
const SIZE = 65_536n;

/** A module of one function for each instruction, whose parameters are the operands. */
function moduleOf(
  functions: readonly { opcode: number; operands: number; results: number }[],
): FlatModule {
  const out = codeWriter();
  const entries = functions.map(({ opcode, operands, results }) => {
    const entry = out.pc;
    for (let index = 0; index < operands; index++) out.emit(MACHINE.localGet, index);
    out.emit(opcode, 0, opcode <= MACHINE.lastStore ? 3 : 0);
    out.emit(MACHINE.return, results, operands);
    return entry;
  });
  const types = functions.map(({ operands, results }) => ({
    parameters: Array.from({ length: operands }, () => 0),
    results: Array.from({ length: results }, () => 0),
  }));
  return {
    ...{ code: out.view(), entries, start: undefined, table: [], globals: [0n, 0n, 0n] },
    ...{ globalPlaces: [], globalTypes: [], data: new Uint8Array(), arity: 2, longestFunction: 4 },
    memory: { pages: 1, maxPages: 1, segments: [] },
    ...{ exports: new Map(), types, functions: functions.map((_, index) => index) },
  };
}

const EDGES = [
  ...[0n, 1n, 2n, 0x7fn, 0x80n, 0xffn, 0x7fffn, 0x8000n, 0x7fff_ffffn, 0x8000_0000n, 0xffff_ffffn],
  ...[0x7fff_ffff_ffff_ffffn, 0x8000_0000_0000_0000n, 0xffff_ffff_ffff_ffffn],
  // ±∞, NaNs of all kinds, 1, 0.5, 2³¹, 2³², 2⁶³, 2⁶⁴ and what is next to them.
  ...[0x7f80_0000n, 0xff80_0000n, 0x7fc0_0000n, 0x7f80_0001n, 0xffc0_1234n, 0x3f80_0000n],
  ...[
    0x3f00_0000n,
    0x4f00_0000n,
    0xcf00_0000n,
    0xcf00_0001n,
    0x4f80_0000n,
    0x5f00_0000n,
    0x5f80_0000n,
  ],
  ...[
    0x7ff0_0000_0000_0000n,
    0xfff0_0000_0000_0000n,
    0x7ff8_0000_0000_0000n,
    0x7ff0_0000_0000_0001n,
  ],
  ...[0xfff8_0000_0000_1234n, 0x3ff0_0000_0000_0000n, 0x3fe0_0000_0000_0000n],
  ...[
    0x41df_ffff_ffff_ffffn,
    0x41e0_0000_0000_0000n,
    0xc1e0_0000_0000_0000n,
    0xc1e0_0000_0010_0000n,
  ],
  ...[
    0xc1e0_0000_0020_0000n,
    0x41f0_0000_0000_0000n,
    0x43e0_0000_0000_0000n,
    0xc3e0_0000_0000_0000n,
  ],
  ...[
    0xc3e0_0000_0000_0001n,
    0x43f0_0000_0000_0000n,
    0xbfef_ffff_ffff_ffffn,
    0xbff0_0000_0000_0000n,
  ],
];

function operand(random: Random): bigint {
  const pick = random.below(4);
  if (pick < 2) return EDGES[random.below(EDGES.length)] as bigint;
  const bits = BigInt(`0x${Buffer.from(random.bytes(8)).toString("hex")}`);
  return pick === 2 ? bits : BigInt.asUintN(32, bits);
}

/** Whether an instruction's operands are of 32 bits, so that the upper half of their slots is zero. */
const isNarrow = (opcode: number) =>
  [
    [0x45, 0x4f],
    [0x5b, 0x60],
    [0x67, 0x78],
    [0x8b, 0x98],
    [0xa8, 0xa9],
    [0xac, 0xaf],
    [0xb2, 0xb3],
    [0xb7, 0xb8],
    [0xbb, 0xbc],
    [0xbe, 0xbe],
    [0xc0, 0xc1],
    [0xd0, 0xd1],
    [0xd4, 0xd5],
  ].some(([first = 0, last = 0]) => opcode >= first && opcode <= last);

test("every numeric instruction and every access to memory does compiled what it does in the reference", () => {
  const random = seededRandom();
  onTestFailed(() => console.error(`SEED=${random.seed}`));
  const functions = [
    ...numeric.map((opcode) => ({ opcode, operands: isUnary(opcode) ? 1 : 2, results: 1 })),
    ...loads.map((opcode) => ({ opcode, operands: 1, results: 1 })),
    ...stores.map((opcode) => ({ opcode, operands: 2, results: 0 })),
  ];
  const flat = moduleOf(functions);
  const differences: string[] = [];
  const onDifference = (difference: string) => void differences.push(difference);
  const runner = comparedRunner(flat, { random, onDifference });
  runner.cells.globals[GLOBAL.fuel] = 1n << 40n;
  for (const [index, { opcode, operands }] of functions.entries()) {
    const isAccess = opcode <= MACHINE.lastStore;
    for (let i = 0; i < OPERANDS; i++) {
      const values = Array.from({ length: operands }, () => operand(random)).map((value) =>
        isNarrow(opcode) ? BigInt.asUintN(32, value) : value,
      );
      // Near the memory's end as often as anywhere.
      if (isAccess) {
        values[0] =
          random.below(2) === 0 ? SIZE - BigInt(random.below(16)) : BigInt(random.below(70_000));
      }
      const before = differences.length;
      runner.call(flat.entries[index] as number, values);
      if (differences.length > before) {
        differences.push(
          `0x${opcode.toString(16)} of ${values.map((value) => `0x${value.toString(16)}`)}`,
        );
      }
    }
  }
  expect(differences).toEqual([]);
});
