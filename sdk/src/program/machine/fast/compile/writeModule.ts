import { type ByteWriter, byteWriter } from "../../../instrument/byteWriter.ts";
import { type Code, codeOf, OP, section, TYPE, type ValueType } from "../../wasm/code.ts";
import { type Blocks, NO_BLOCK } from "./blocks.ts";
import {
  BULK_PARAMETERS,
  copyFunction,
  fillFunction,
  LEAVE_PARAMETERS,
  leaveFunction,
  missingFunction,
} from "./helpers.ts";
import type { Layout } from "./layout.ts";
import { PARAMETERS, type Targets } from "./site.ts";
import { writeBlock } from "./writeBlock.ts";

const { i32, i64 } = TYPE;

/** Types of the module's functions, by index. */
const TYPES: readonly (readonly ValueType[])[] = [
  [i32, i64, i64, i32],
  LEAVE_PARAMETERS,
  BULK_PARAMETERS,
  [i32, i32, i64, i64, i32],
];
const [BLOCK_TYPE, LEAVE_TYPE, BULK_TYPE, ENTER_TYPE] = [0, 1, 2, 3];

/** Functions that stand before the blocks. */
const FUNCTIONS = { leave: 0, fill: 1, copy: 2, missing: 3, enter: 4, firstBlock: 5 } as const;
const SHARED_TYPES = [LEAVE_TYPE, BULK_TYPE, BULK_TYPE, BLOCK_TYPE, ENTER_TYPE];

/** Tables: the program's elements, imported, and the module's blocks. */
const TABLES = { elements: 0, blocks: 1 } as const;

/** What a compiled module takes, all from one object, and gives. */
export const NAMES = {
  module: "m",
  ...{ stack: "s", memory: "p", elements: "e" },
  ...{ enter: "enter", missing: "missing", blocks: "blocks" },
} as const;

/** A part of a program as a WebAssembly module, a function for each block. */
export interface WrittenModule {
  bytes: Uint8Array;
  /** Where its blocks begin. */
  places: readonly number[];
}

/** Compiles the blocks between two places. They have been found. */
export function writeModule(
  blocks: Blocks,
  { from, end, layout }: { from: number; end: number; layout: Layout },
): WrittenModule {
  const places: number[] = [];
  const numbers = new Int32Array(end - from).fill(NO_BLOCK);
  for (let pc = from; pc < end; pc++) {
    if (blocks.heights[pc] === NO_BLOCK) continue;
    numbers[pc - from] = places.length;
    places.push(pc);
  }
  const numberOf = (pc: number) =>
    pc < from || pc >= end ? NO_BLOCK : (numbers[pc - from] as number);
  const targets: Targets = {
    blockAt(pc) {
      const number = numberOf(pc);
      return number === NO_BLOCK ? undefined : FUNCTIONS.firstBlock + number;
    },
    placeOf: numberOf,
    ...{ leave: FUNCTIONS.leave, fill: FUNCTIONS.fill, copy: FUNCTIONS.copy },
    ...{ type: BLOCK_TYPE, elements: TABLES.elements, blocks: TABLES.blocks },
  };
  const out = byteWriter(16 * (end - from) + 1_024);
  out.bytes([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  writeTypes(out);
  writeImports(out, layout);
  section(out, 3, (body) => {
    body.u32(SHARED_TYPES.length + places.length);
    body.bytes(SHARED_TYPES);
    for (let i = 0; i < places.length; i++) body.byte(BLOCK_TYPE);
  });
  section(out, 4, (body) => {
    body.bytes([1, 0x70, 0]);
    body.u32(places.length);
  });
  writeExports(out);
  section(out, 9, (body) => {
    body.bytes([1, 2, TABLES.blocks, 0x41, 0, 0x0b, 0]);
    body.u32(places.length);
    for (let i = 0; i < places.length; i++) body.u32(FUNCTIONS.firstBlock + i);
  });
  section(out, 10, (body) => {
    body.u32(SHARED_TYPES.length + places.length);
    for (const code of sharedFunctions(layout)) code.writeTo(body);
    const code = codeOf(PARAMETERS);
    for (const pc of places) {
      code.clear();
      writeBlock(code, pc, { blocks, layout, targets });
      code.writeTo(body);
    }
  });
  return { bytes: out.view(), places };
}

function sharedFunctions({ stack }: Layout): Code[] {
  return [
    leaveFunction(),
    fillFunction(stack),
    copyFunction(stack),
    missingFunction(),
    enterFunction(),
  ];
}

/** Runs the block of a number, with the other parameters. */
function enterFunction(): Code {
  const code = codeOf(PARAMETERS + 1);
  for (let parameter = 1; parameter <= PARAMETERS; parameter++) code.get(parameter);
  code.get(0);
  code.call(OP.returnCallIndirect, BLOCK_TYPE);
  code.bytes.u32(TABLES.blocks);
  return code;
}

function writeTypes(out: ByteWriter): void {
  section(out, 1, (body) => {
    body.u32(TYPES.length);
    for (const parameters of TYPES) {
      body.byte(0x60);
      body.u32(parameters.length);
      body.bytes(parameters);
      body.bytes([1, i64]);
    }
  });
}

const KIND = { function: 0, table: 1, memory: 2 } as const;

function writeName(body: ByteWriter, name: string): void {
  const bytes = new TextEncoder().encode(name);
  body.u32(bytes.length);
  body.bytes(bytes);
}

/** The limits of what is imported are the widest, so that any size fits. */
function writeImports(out: ByteWriter, { pages }: Layout): void {
  section(out, 2, (body) => {
    body.u32(3);
    for (const [name, limits] of [
      [NAMES.stack, pages],
      [NAMES.memory, 0],
    ] as const) {
      writeName(body, NAMES.module);
      writeName(body, name);
      body.bytes([KIND.memory, 0]);
      body.u32(limits);
    }
    writeName(body, NAMES.module);
    writeName(body, NAMES.elements);
    body.bytes([KIND.table, 0x70, 0, 0]);
  });
}

function writeExports(out: ByteWriter): void {
  section(out, 7, (body) => {
    body.u32(3);
    for (const [name, kind, index] of [
      [NAMES.enter, KIND.function, FUNCTIONS.enter],
      [NAMES.missing, KIND.function, FUNCTIONS.missing],
      [NAMES.blocks, KIND.table, TABLES.blocks],
    ] as const) {
      writeName(body, name);
      body.byte(kind);
      body.u32(index);
    }
  });
}
