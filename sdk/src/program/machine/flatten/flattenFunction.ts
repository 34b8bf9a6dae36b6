import type { BinaryReader } from "../../module/binary.ts";
import { instructionOf, OPCODE, readBlockType, readOpcode } from "../../module/instructions.ts";
import type { Module } from "../../module/readModule.ts";
import type { Signature } from "../../module/sections.ts";
import { GLOBAL, MACHINE } from "../core/opcode.ts";
import type { CodeWriter } from "./codeWriter.ts";
import { readConstant } from "./readParts.ts";

/** What flattening a function needs to know of its module. */
export interface FlattenContext {
  module: Module;
  out: CodeWriter;
  /** Hears of a call, whose target is known when all functions are written. */
  onCall(pc: number, functionIndex: number): void;
  /** Index of the instrumentation's first global. */
  addedGlobals: number;
  /** Where each table begins among all elements. */
  tableBases: readonly number[];
  /** The first type that equals this one, by index. */
  canonicalTypes: readonly number[];
  /** Where each passive data segment begins in the data tree, and its length; no bytes for an active one. */
  data: readonly { base: number; byteLength: number }[];
  maxPages: number;
}

/** A block that has begun and not ended. */
interface Block {
  /** Operands below it. */
  base: number;
  parameters: number;
  results: number;
  /** Where a branch to a loop leads. */
  head: number | undefined;
  /** Jumps to its end. */
  exits: number[];
  /** The jump over the first arm of an `if`. */
  toElse: number | undefined;
}

/**
 * Writes one function of an instrumented module as instructions of the machine. `docs/machine.md` fixes them.
 * @param body - declared locals and code.
 */
export function flattenFunction(
  body: BinaryReader,
  signature: Signature,
  context: FlattenContext,
): void {
  const { module, out } = context;
  const parameters = signature.parameters.length;
  const locals = declareLocals(body, out);
  /** The slot of the first operand, from `fp` on. */
  const firstOperand = parameters + 1 + locals;
  const blocks: Block[] = [blockOf(0, { parameters: 0, results: signature.results.length })];
  let height = 0;
  let isReachable = true;

  const patchAll = (places: readonly number[], target: number) => {
    for (const place of places) out.patch(place, target);
  };
  const leave = () => {
    isReachable = false;
  };
  const innermost = () => blocks[blocks.length - 1] as Block;
  const blockAt = (depth: number) => blocks[blocks.length - 1 - depth] as Block;
  const isFunction = (block: Block) => block === blocks[0];

  /** How many values a branch carries, and how many slots below them it leaves behind. */
  const adjustment = (block: Block) => {
    const kept = block.head === undefined ? block.results : block.parameters;
    return { kept, left: height - kept - block.base };
  };
  const isPlain = (block: Block) => !isFunction(block) && adjustment(block).left === 0;

  function jumpTo(block: Block, opcode: number = MACHINE.jump): void {
    if (block.head === undefined) block.exits.push(out.pc);
    out.emit(opcode, 0, block.head ?? 0);
  }

  function branchTo(block: Block): void {
    if (isFunction(block)) {
      returnFrom();
      return;
    }
    const { kept, left } = adjustment(block);
    if (left > 0) {
      for (let i = 0; i < kept; i++) out.emit(MACHINE.move, kept + left - i, kept - i);
      out.emit(MACHINE.drop, left);
    }
    jumpTo(block);
  }

  function returnFrom(): void {
    const results = signature.results.length;
    if (results <= 1) {
      out.emit(MACHINE.return, results, parameters);
      return;
    }
    const size = firstOperand + height;
    out.emit(MACHINE.lift, 0, parameters);
    for (let i = 0; i < results; i++) out.emit(MACHINE.move, size - i, results - i);
    out.emit(MACHINE.returnMany, results);
  }

  function conditionalBranch(block: Block): void {
    if (isPlain(block)) {
      jumpTo(block, MACHINE.jumpIf);
      return;
    }
    const over = out.pc;
    out.emit(MACHINE.jumpUnless);
    branchTo(block);
    out.patch(over, out.pc);
  }

  function table(depths: readonly number[]): void {
    out.emit(MACHINE.jumpTable, depths.length - 1);
    /** The `jump`s to each label's branch, which stands behind them. */
    const places = new Map<Block, number[]>();
    for (const depth of depths) {
      const block = blockAt(depth);
      if (isPlain(block)) {
        jumpTo(block);
        continue;
      }
      const jumps = places.get(block);
      if (jumps === undefined) places.set(block, [out.pc]);
      else jumps.push(out.pc);
      out.emit(MACHINE.jump);
    }
    for (const [block, jumps] of places) {
      patchAll(jumps, out.pc);
      branchTo(block);
    }
  }

  function open(opcode: number): void {
    const type = readBlockType(body);
    const { parameters: taken, results } = arityOf(type, module);
    const block = blockOf(height - taken, { parameters: taken, results });
    if (opcode === OPCODE.loop) block.head = out.pc;
    if (opcode === OPCODE.if) {
      block.toElse = out.pc;
      out.emit(MACHINE.jumpUnless);
    }
    blocks.push(block);
  }

  function otherwise(): void {
    const block = innermost();
    if (isReachable) jumpTo(block);
    out.patch(block.toElse as number, out.pc);
    block.toElse = undefined;
    height = block.base + block.parameters;
    isReachable = true;
  }

  function close(): void {
    const block = innermost();
    if (block.toElse !== undefined) out.patch(block.toElse, out.pc);
    patchAll(block.exits, out.pc);
    height = block.base + block.results;
    if (isFunction(block) && isReachable) returnFrom();
    blocks.pop();
    isReachable = true;
  }

  function simple(opcode: number): void {
    const { pops, pushes, immediates } = instructionOf(opcode);
    const constant = readConstant(body, opcode);
    if (constant !== undefined) out.emit(MACHINE.const, 0, constant);
    else if (opcode >= MACHINE.firstLoad && opcode <= MACHINE.lastStore) {
      body.u32(); // alignment
      out.emit(opcode, 0, body.u32());
    } else if (opcode >= MACHINE.localGet && opcode <= MACHINE.localTee) {
      const index = body.u32();
      out.emit(opcode, index < parameters ? index : index + 1);
    } else if (opcode === MACHINE.globalGet || opcode === MACHINE.globalSet) {
      out.emit(opcode, globalIndex(body.u32(), context.addedGlobals));
    } else if (opcode === OPCODE.memorySize || opcode === OPCODE.memoryGrow) {
      body.u32();
      out.emit(opcode, opcode === OPCODE.memoryGrow ? context.maxPages : 0);
    } else if (opcode >= 0xfc00) bulk(opcode);
    else {
      for (const skip of immediates) skip(body);
      if (opcode === 0x1c) out.emit(MACHINE.select);
      else if (opcode === MACHINE.drop) out.emit(opcode, 1);
      else if (opcode !== 0x01) out.emit(opcode);
    }
    height += pushes - pops;
  }

  function bulk(opcode: number): void {
    if (opcode < OPCODE.memoryInit) {
      out.emit(MACHINE.firstSaturating + (opcode & 0xff));
      return;
    }
    if (opcode === OPCODE.dataDrop) {
      body.u32();
      return;
    }
    if (opcode === OPCODE.memoryInit) {
      const { base, byteLength } = context.data[body.u32()] as FlattenContext["data"][number];
      body.u32();
      out.emit(MACHINE.memoryInit, byteLength, base);
      return;
    }
    body.u32();
    if (opcode === OPCODE.memoryCopy) body.u32();
    out.emit(opcode === OPCODE.memoryCopy ? MACHINE.memoryCopy : MACHINE.memoryFill);
  }

  function call(type: Signature): void {
    height += type.results.length - type.parameters.length;
  }

  function instruction(opcode: number): void {
    switch (opcode) {
      case OPCODE.unreachable:
        out.emit(MACHINE.unreachable);
        leave();
        break;
      case OPCODE.block:
      case OPCODE.loop:
        open(opcode);
        break;
      case OPCODE.if:
        height -= 1;
        open(opcode);
        break;
      case OPCODE.br:
        branchTo(blockAt(body.u32()));
        leave();
        break;
      case OPCODE.brIf:
        height -= 1;
        conditionalBranch(blockAt(body.u32()));
        break;
      case OPCODE.brTable:
        height -= 1;
        table(readTargets(body));
        leave();
        break;
      case OPCODE.return:
        returnFrom();
        leave();
        break;
      case OPCODE.call: {
        const index = body.u32();
        const type = module.types[module.functions[index] as number] as Signature;
        context.onCall(out.pc, index);
        out.emit(MACHINE.call, type.parameters.length);
        call(type);
        break;
      }
      case OPCODE.callIndirect: {
        const [typeIndex, tableIndex] = [body.u32(), body.u32()];
        const place = BigInt(context.tableBases[tableIndex] as number) << 32n;
        const type = BigInt(context.canonicalTypes[typeIndex] as number);
        out.emit(MACHINE.callIndirect, module.tables[tableIndex]?.min, place | type);
        height -= 1;
        call(module.types[typeIndex] as Signature);
        break;
      }
      default:
        simple(opcode);
    }
  }

  while (blocks.length > 0) {
    const opcode = readOpcode(body);
    if (opcode === OPCODE.end) close();
    else if (opcode === OPCODE.else) otherwise();
    else instruction(opcode);
  }
}

function blockOf(base: number, arity: Pick<Block, "parameters" | "results">): Block {
  return { base, ...arity, head: undefined, exits: [], toElse: undefined };
}

/** Writes a zero for each declared local, and says how many there are. */
function declareLocals(body: BinaryReader, out: CodeWriter): number {
  let count = 0;
  for (let groups = body.u32(); groups > 0; groups--) {
    count += body.u32();
    body.byte(); // their type
  }
  for (let i = 0; i < count; i++) out.emit(MACHINE.const);
  return count;
}

function arityOf(
  type: ReturnType<typeof readBlockType>,
  { types }: Module,
): Pick<Block, "parameters" | "results"> {
  if ("results" in type) return { parameters: 0, results: type.results };
  const { parameters, results } = types[type.index] as Signature;
  return { parameters: parameters.length, results: results.length };
}

/** Depths of the labels, the default last. */
function readTargets(body: BinaryReader): number[] {
  return Array.from({ length: body.u32() + 1 }, () => body.u32());
}

/** The instrumentation's own globals stand before all others. */
export function globalIndex(index: number, firstAdded: number): number {
  if (index < firstAdded) return index + GLOBAL.firstOwn;
  const added = index - firstAdded;
  return added < GLOBAL.firstOwn ? added : index;
}
