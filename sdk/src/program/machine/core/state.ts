import { keccakInto } from "../../../protocol/hashes/keccak.ts";
import { type Outcome, outcomeCode } from "../../../protocol/job/job.ts";

/** What the machine is doing. `docs/machine.md` has the steps of each. */
export const PHASE = {
  begin: 0,
  start: 1,
  alloc: 2,
  run: 3,
  startReturned: 4,
  allocReturned: 5,
  runReturned: 6,
  trapped: 7,
  load: 8,
  hash: 9,
  done: 10,
} as const;
export type Phase = (typeof PHASE)[keyof typeof PHASE];

/** Everything about a state that is no tree. */
export interface Header {
  phase: Phase;
  pc: number;
  /** The first free slot of the stack. */
  sp: number;
  /** The slot of the running function's first parameter. */
  fp: number;
  /** Size of the memory. */
  pages: number;
  /** Where the input is loaded to, or the result lies. */
  address: number;
  /** Length of the result. */
  length: number;
  /** Steps of loading or hashing that are done. */
  progress: number;
}

/** How a task ended, in the form of its result leaf. */
export interface Ending {
  outcome: Outcome;
  /** Of an ok one: the CID's first four bytes as a number, its digest, and the length in bytes. */
  prefix: number;
  digest: Uint8Array;
  byteLength: number;
}

export const noResult = (outcome: typeof Outcome.trap | typeof Outcome.overLimit): Ending => ({
  outcome,
  prefix: 0,
  digest: new Uint8Array(32),
  byteLength: 0,
});

export interface Roots {
  stack: Uint8Array;
  memory: Uint8Array;
  globals: Uint8Array;
}

const WORD = 32;
const packed = new Uint8Array(5 * WORD);
const view = new DataView(packed.buffer);

/** Writes a header into its word: phase (u8), then seven numbers of 32 bits, then three zero bytes. */
function writeHeader(header: Header): void {
  const { phase, pc, sp, fp, pages, address, length, progress } = header;
  view.setUint8(0, phase);
  for (const [index, value] of [pc, sp, fp, pages, address, length, progress].entries()) {
    view.setUint32(1 + 4 * index, value);
  }
}

/** The header as a word of the chain. */
export function headerWord(header: Header): bigint {
  writeHeader(header);
  let word = 0n;
  for (let at = 0; at < WORD; at += 8) word = (word << 64n) | view.getBigUint64(at);
  return word;
}

/** keccak256(header ‖ stack root ‖ memory root ‖ globals root ‖ the phase's own hash). */
export function stateHash(
  header: Header,
  { stack, memory, globals }: Roots,
  own: Uint8Array,
): Uint8Array {
  packed.fill(0);
  writeHeader(header);
  packed.set(stack, WORD);
  packed.set(memory, 2 * WORD);
  packed.set(globals, 3 * WORD);
  packed.set(own, 4 * WORD);
  const hash = new Uint8Array(WORD);
  keccakInto(packed, hash);
  return hash;
}

/** The last state's hash: of nothing but the answer. */
export function doneHash({ outcome, prefix, digest, byteLength }: Ending): Uint8Array {
  packed.fill(0);
  view.setUint8(0, PHASE.done);
  view.setUint32(WORD + 28, outcomeCode(outcome));
  view.setUint32(2 * WORD, prefix);
  packed.set(digest, 3 * WORD);
  view.setBigUint64(4 * WORD + 24, BigInt(byteLength));
  const hash = new Uint8Array(WORD);
  keccakInto(packed, hash);
  return hash;
}
