import { byteWriter } from "../../instrument/byteWriter.ts";
import { type Code, codeOf, OP, section, TYPE } from "../wasm/code.ts";
import { LEAF_BYTES } from "./tree.ts";

/**
 * keccak-256 of two nodes, as WebAssembly of its own: the portable library takes five times as long, and a memory of 64 MiB has two million
 * nodes. G. Bertoni et al., "The Keccak reference", version 3.0 (2011).
 */

const LANES = 25;
const ROUNDS = 24;
const LANE_BYTES = 8;
/** Where the round constants are; the nodes stand at 0, and their hash behind them. */
const CONSTANTS = 128;
const HASH_AT = 2 * LEAF_BYTES;
/** The rate of 136 bytes: 17 lanes. Behind the 64 bytes of the message stands a 1, and the last bit of the rate is one too. */
const FIRST_PADDING = 0x01n;
const PADDING_LANES = { first: 8, last: 16 } as const;
const LAST_PADDING = 1n << 63n;

/** By the feedback register of degree 8 that the reference defines. */
function roundConstants(): bigint[] {
  let register = 1;
  const nextBit = () => {
    const bit = register & 1;
    // x⁸ + x⁶ + x⁵ + x⁴ + 1
    register = (register << 1) ^ (register >> 7 === 1 ? 0x171 : 0);
    return bit;
  };
  return Array.from({ length: ROUNDS }, () => {
    let constant = 0n;
    for (let j = 0; j <= 6; j++) if (nextBit() === 1) constant |= 1n << BigInt(2 ** j - 1);
    return constant;
  });
}

/** Where each lane goes, and by how many bits it is rotated. */
function moves(): { from: number; to: number; by: number }[] {
  const all = [{ from: 0, to: 0, by: 0 }];
  let [x, y] = [1, 0];
  for (let t = 0; t < LANES - 1; t++) {
    const from = x + 5 * y;
    [x, y] = [y, (2 * x + 3 * y) % 5];
    all.push({ from, to: x + 5 * y, by: (((t + 1) * (t + 2)) / 2) % 64 });
  }
  return all;
}

interface Lanes {
  code: Code;
  state: number[];
  moved: number[];
  columns: number[];
}

function writeRound({ code, state, moved, columns }: Lanes, round: number): void {
  const lane = (lanes: readonly number[], index: number) => code.get(lanes[index] as number);
  for (let x = 0; x < 5; x++) {
    lane(state, x);
    for (let y = 1; y < 5; y++) {
      lane(state, x + 5 * y);
      code.op(OP.i64Xor);
    }
    code.set(columns[x] as number);
  }
  for (const { from, to, by } of moves()) {
    const x = from % 5;
    lane(state, from);
    lane(columns, (x + 4) % 5);
    lane(columns, (x + 1) % 5);
    code.i64(1);
    code.op(OP.i64Rotl);
    code.op(OP.i64Xor);
    code.op(OP.i64Xor);
    code.i64(by);
    code.op(OP.i64Rotl);
    code.set(moved[to] as number);
  }
  for (let index = 0; index < LANES; index++) {
    const row = index - (index % 5);
    lane(moved, index);
    lane(moved, row + ((index + 1) % 5));
    code.i64(-1);
    code.op(OP.i64Xor);
    lane(moved, row + ((index + 2) % 5));
    code.op(OP.i64And);
    code.op(OP.i64Xor);
    code.set(state[index] as number);
  }
  lane(state, 0);
  code.i32(0);
  code.access(OP.i64Load, 0, CONSTANTS + LANE_BYTES * round);
  code.op(OP.i64Xor);
  code.set(state[0] as number);
}

function hashFunction(): Code {
  const code = codeOf(0);
  const locals = (count: number) => Array.from({ length: count }, () => code.local(TYPE.i64));
  const lanes = { code, state: locals(LANES), moved: locals(LANES), columns: locals(5) };
  const messageLanes = HASH_AT / LANE_BYTES;
  for (let index = 0; index < messageLanes; index++) {
    code.i32(0);
    code.access(OP.i64Load, 0, LANE_BYTES * index);
    code.set(lanes.state[index] as number);
  }
  code.i64(FIRST_PADDING);
  code.set(lanes.state[PADDING_LANES.first] as number);
  code.i64(LAST_PADDING);
  code.set(lanes.state[PADDING_LANES.last] as number);
  for (let round = 0; round < ROUNDS; round++) writeRound(lanes, round);
  for (let index = 0; index < LEAF_BYTES / LANE_BYTES; index++) {
    code.i32(0);
    code.get(lanes.state[index] as number);
    code.access(OP.i64Store, 0, HASH_AT + LANE_BYTES * index);
  }
  return code;
}

function moduleBytes(): Uint8Array<ArrayBuffer> {
  const out = byteWriter(1 << 17);
  out.bytes([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  section(out, 1, (body) => body.bytes([1, 0x60, 0, 0]));
  section(out, 3, (body) => body.bytes([1, 0]));
  section(out, 5, (body) => body.bytes([1, 0, 1]));
  // The function as "h", the memory as "m".
  section(out, 7, (body) => body.bytes([2, 1, 0x68, 0, 0, 1, 0x6d, 2, 0]));
  section(out, 10, (body) => {
    body.u32(1);
    hashFunction().writeTo(body);
  });
  return Uint8Array.from(out.view());
}

let hasher: { hash(): void; memory: Uint8Array } | undefined;

function createHasher() {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes()));
  const { buffer } = exports.m as WebAssembly.Memory;
  const view = new DataView(buffer);
  for (const [round, constant] of roundConstants().entries()) {
    view.setBigUint64(CONSTANTS + LANE_BYTES * round, constant, true);
  }
  return { hash: exports.h as () => void, memory: new Uint8Array(buffer) };
}

/** Of a tree whose node i stands at 32 i, over the nodes 2 i and 2 i + 1: computes a node from these. */
export function hashNode(nodes: Uint8Array, index: number): void {
  hasher ??= createHasher();
  const { hash, memory } = hasher;
  const from = 2 * LEAF_BYTES * index;
  memory.set(nodes.subarray(from, from + HASH_AT));
  hash();
  nodes.set(memory.subarray(HASH_AT, HASH_AT + LEAF_BYTES), LEAF_BYTES * index);
}
