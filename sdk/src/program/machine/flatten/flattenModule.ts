import { MAX_DEPTH } from "../../abi/instrumented.ts";
import { binaryReader } from "../../module/binary.ts";
import { MAX_PAGES, PAGE_BYTES } from "../../module/memory.ts";
import { type Module, readModule } from "../../module/readModule.ts";
import { SECTION, type Signature } from "../../module/sections.ts";
import { GLOBAL, MACHINE, NONE } from "../core/opcode.ts";
import { LEAF_BYTES } from "../merkle/tree.ts";
import { codeWriter } from "./codeWriter.ts";
import { type FlattenContext, flattenFunction, globalIndex } from "./flattenFunction.ts";
import {
  type DataSegment,
  type ElementSegment,
  readData,
  readElements,
  readGlobals,
} from "./readParts.ts";

/** An element of a table: the function that it names. */
export interface TableElement {
  type: number;
  parameters: number;
  entry: number;
}

/** A program as the machine runs it: code, and the state that every task starts from. */
export interface FlatModule {
  /** Instructions of 16 bytes. */
  code: Uint8Array;
  /** The place of each function's first instruction, by its index in the module. */
  entries: number[];
  /** Of the start function, or of an `unreachable` if a segment does not fit. */
  start: number | undefined;
  /** All tables' elements, one table after the other; `undefined` is null. */
  table: (TableElement | undefined)[];
  /** Slots. */
  globals: bigint[];
  /** Where each global of the module is. */
  globalPlaces: number[];
  globalTypes: number[];
  memory: {
    pages: number;
    maxPages: number;
    /** What is written to it before anything runs, in order. */
    segments: readonly { offset: number; bytes: Uint8Array }[];
  };
  /** The passive data segments, each from a multiple of 32 on. */
  data: Uint8Array;
  /** The most parameters or results of a type; 1 at least. */
  arity: number;
  /** Instructions of the longest function. */
  longestFunction: number;
  exports: Module["exports"];
  types: Signature[];
  functions: number[];
}

/** Flattens an instrumented module without imports. `docs/machine.md` fixes every byte. */
export function flattenModule(instrumented: Uint8Array): FlatModule {
  const module = readModule(instrumented);
  const firstAdded = firstAddedGlobal(module);
  const { types: globalTypes, values: initial } = readGlobals(module);
  const segments = readData(module, initial);
  const [memory = { min: 0, max: 0 }] = module.memories;
  const maxPages = memory.max ?? MAX_PAGES;
  const canonicalTypes = canonical(module.types);
  const out = codeWriter();
  const data = layOut(segments);
  const calls: { pc: number; index: number }[] = [];
  const context: FlattenContext = {
    ...{ module, out, canonicalTypes, maxPages, data: data.places, addedGlobals: firstAdded },
    onCall: (pc, index) => void calls.push({ pc, index }),
    tableBases: basesOf(module),
  };
  const { entries, longestFunction } = flattenCode(context);
  for (const { pc, index } of calls) out.patch(pc, entries[index] as number);

  const elements = readElements(module, initial);
  const active = segments.filter((segment) => segment.offset !== undefined) as {
    offset: number;
    bytes: Uint8Array;
  }[];
  const fits =
    active.every(({ offset, bytes }) => offset + bytes.length <= memory.min * PAGE_BYTES) &&
    elements.every(({ table, offset, functions }) => {
      return offset + functions.length <= (module.tables[table]?.min ?? 0);
    });
  let start = startOf(module, entries);
  if (!fits) {
    start = out.pc;
    out.emit(MACHINE.unreachable);
  }
  const globals: bigint[] = [];
  const globalPlaces = initial.map((_, index) => globalIndex(index, firstAdded));
  for (const [index, place] of globalPlaces.entries()) globals[place] = initial[index] as bigint;
  globals[GLOBAL.depth] = BigInt(MAX_DEPTH);
  return {
    code: out.view(),
    entries,
    start,
    table: fits ? tableOf(elements, { context, entries }) : [],
    globals,
    globalPlaces,
    globalTypes,
    memory: { pages: memory.min, maxPages, segments: fits ? active : [] },
    data: data.bytes,
    arity: module.types.reduce((most, type) => Math.max(most, widthOf(type)), 1),
    longestFunction,
    exports: module.exports,
    types: module.types,
    functions: module.functions,
  };
}

function widthOf({ parameters, results }: Signature): number {
  return Math.max(parameters.length, results.length);
}

function firstAddedGlobal({ exports }: Module): number {
  return exports.get("assay_fuel")?.index ?? 0;
}

function startOf({ exports }: Module, entries: readonly number[]): number | undefined {
  const start = exports.get("assay_start");
  return start === undefined ? undefined : entries[start.index];
}

function flattenCode(context: FlattenContext): { entries: number[]; longestFunction: number } {
  const { module, out } = context;
  const entries: number[] = [];
  let longestFunction = 0;
  const section = module.sections.get(SECTION.code);
  const reader = binaryReader(section ?? new Uint8Array([0]));
  for (let left = reader.u32(); left > 0; left--) {
    const signature = module.types[module.functions[entries.length] as number] as Signature;
    entries.push(out.pc);
    flattenFunction(reader.slice(reader.u32()), signature, context);
    longestFunction = Math.max(longestFunction, out.pc - (entries.at(-1) ?? 0));
  }
  return { entries, longestFunction };
}

/** The first type that equals each one. */
function canonical(types: readonly Signature[]): number[] {
  const known = new Map<string, number>();
  return types.map(({ parameters, results }, index) => {
    const key = `${parameters}>${results}`;
    const first = known.get(key) ?? index;
    known.set(key, first);
    return first;
  });
}

function basesOf({ tables }: Module): number[] {
  let next = 0;
  return tables.map(({ min }) => {
    const base = next;
    next += min;
    return base;
  });
}

function tableOf(
  segments: readonly ElementSegment[],
  { context, entries }: { context: FlattenContext; entries: readonly number[] },
): (TableElement | undefined)[] {
  const { module, canonicalTypes, tableBases } = context;
  const size = module.tables.reduce((sum, { min }) => sum + min, 0);
  const elements: (TableElement | undefined)[] = Array.from({ length: size });
  for (const { table, offset, functions } of segments) {
    const base = (tableBases[table] as number) + offset;
    for (const [index, target] of functions.entries()) {
      elements[base + index] = target === undefined ? undefined : elementOf(target);
    }
  }
  return elements;

  function elementOf(target: number): TableElement {
    const typeIndex = module.functions[target] as number;
    return {
      type: canonicalTypes[typeIndex] as number,
      parameters: (module.types[typeIndex] as Signature).parameters.length,
      entry: entries[target] as number,
    };
  }
}

/** Passive segments one after the other, each from a leaf of its own on. */
function layOut(segments: readonly DataSegment[]): {
  bytes: Uint8Array;
  places: { base: number; byteLength: number }[];
} {
  let next = 0;
  const places = segments.map(({ offset, bytes }) => {
    if (offset !== undefined) return { base: 0, byteLength: 0 };
    const base = next;
    next += Math.ceil(bytes.length / LEAF_BYTES) * LEAF_BYTES;
    return { base, byteLength: bytes.length };
  });
  const all = new Uint8Array(next);
  for (const [index, { bytes, offset }] of segments.entries()) {
    if (offset === undefined) all.set(bytes, places[index]?.base);
  }
  return { bytes: all, places };
}

/** The place of a function that is called from outside; `NONE` if there is none. */
export function entryOf(flat: FlatModule, name: string): number {
  const index = flat.exports.get(name)?.index;
  return index === undefined ? NONE : (flat.entries[index] ?? NONE);
}
