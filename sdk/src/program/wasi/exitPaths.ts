import { type BinaryReader, binaryReader } from "../module/binary.ts";
import { instructionOf, OPCODE, readOpcode } from "../module/instructions.ts";
import type { Module } from "../module/readModule.ts";
import { list, SECTION, type Signature, skipExpression } from "../module/sections.ts";

/** From which calls a module may come back because it has ended. */
export interface ExitPaths {
  mayExit(functionIndex: number): boolean;
  /** By the type of the table's function. */
  mayExitIndirectly(typeIndex: number): boolean;
}

/** Follows the calls of a module backwards from the imports that end it. Functions in tables are reached by every call of their type. */
export function findExitPaths(module: Module, exits: readonly number[]): ExitPaths {
  const { callers, indirectCallers } = readCalls(module);
  const inTables = readElements(module);
  const typeOf = (index: number) => keyOf(module.types[index] as Signature);
  const functions = new Set<number>(exits);
  const types = new Set<string>();
  // It grows as it is read.
  for (const found of functions) {
    for (const caller of callers.get(found) ?? []) functions.add(caller);
    const type = typeOf(module.functions[found] as number);
    if (!inTables(found) || types.has(type)) continue;
    types.add(type);
    for (const caller of indirectCallers.get(type) ?? []) functions.add(caller);
  }
  return {
    mayExit: (index) => functions.has(index),
    mayExitIndirectly: (index) => types.has(typeOf(index)),
  };
}

/** Types that are equal are one: `call_indirect` asks for no more. */
function keyOf({ parameters, results }: Signature): string {
  return `${parameters}>${results}`;
}

interface Calls {
  /** Of each function. */
  callers: Map<number, Set<number>>;
  /** Of each type. */
  indirectCallers: Map<string, Set<number>>;
}

function readCalls(module: Module): Calls {
  const calls: Calls = { callers: new Map(), indirectCallers: new Map() };
  const note = <Key>(map: Map<Key, Set<number>>, key: Key, caller: number) => {
    const known = map.get(key);
    if (known === undefined) map.set(key, new Set([caller]));
    else known.add(caller);
  };
  forEachFunction(module, (body, index) => {
    while (!body.atEnd) {
      const opcode = readOpcode(body);
      if (opcode === OPCODE.call) {
        note(calls.callers, body.u32(), index);
      } else if (opcode === OPCODE.callIndirect) {
        note(calls.indirectCallers, keyOf(module.types[body.u32()] as Signature), index);
        body.u32(); // the table
      } else {
        for (const skip of instructionOf(opcode).immediates) skip(body);
      }
    }
  });
  return calls;
}

/** Hands each function's code on, its locals skipped. */
function forEachFunction(
  module: Module,
  read: (body: BinaryReader, functionIndex: number) => void,
): void {
  const code = module.sections.get(SECTION.code);
  if (code === undefined) return;
  let index = module.importedFunctionCount;
  list(binaryReader(code), (reader) => {
    const body = reader.slice(reader.u32());
    for (let groups = body.u32(); groups > 0; groups--) {
      body.u32();
      body.byte();
    }
    read(body, index);
    index += 1;
  });
}

/** Says of a function whether it is in a table. */
function readElements({ sections }: Module): (functionIndex: number) => boolean {
  const elements = sections.get(SECTION.element);
  const functions = new Set<number>();
  if (elements === undefined) return () => false;
  let isKnown = true;
  const reader = binaryReader(elements);
  for (let left = reader.u32(); left > 0 && isKnown; left--) {
    const flags = reader.u32();
    // Functions by expressions are nothing that compilers write: all may be in the table then.
    if (flags >= 4) isKnown = false;
    if (!isKnown) break;
    if (flags === 2) reader.u32(); // the table
    if (flags === 0 || flags === 2) skipExpression(reader);
    if (flags > 0) reader.byte(); // the kind
    for (const index of list(reader, (item) => item.u32())) functions.add(index);
  }
  return (index) => !isKnown || functions.has(index);
}
