/** Steps of the host in states made up for them: what a function returned, why it trapped, any chunk of any content. */
import { bytesToHex, type Hex } from "viem";
import { chunkCount } from "../../../sdk/src/program/machine/blake3/contentTree.ts";
import { GLOBAL } from "../../../sdk/src/program/machine/core/opcode.ts";
import { MEMORY_DEPTH, STACK_DEPTH } from "../../../sdk/src/program/machine/image/machine.ts";
import {
  doneHash,
  type Header,
  type Machine,
  type MachineTask,
  PHASE,
  type Phase,
} from "../../../sdk/src/program/machine/index.ts";
import { type SparseTree, sparseTree } from "../../../sdk/src/program/machine/merkle/tree.ts";
import { type CellTrees, provingCells } from "../../../sdk/src/program/machine/step/cells.ts";
import { hostStep } from "../../../sdk/src/program/machine/task/hostStep.ts";
import { linkOffset, rootOf } from "../../../sdk/src/program/machine/task/larger.ts";
import { nothing, type Own, ownHash } from "../../../sdk/src/program/machine/task/own.ts";
import { shownIn } from "../../../sdk/src/program/machine/task/shown.ts";
import { toChainCid } from "../../../sdk/src/protocol/cid/chainCid.ts";
import { cidOf } from "../../../sdk/src/protocol/cid/cidOf.ts";
import type { Random } from "../../fixtures/random.ts";
import { type Asked, hashOfState } from "./onChain.ts";

const MIB = 1 << 20;
/** The last address that a slot can hold. */
const LAST_CHUNK = 2 ** 32 - 1_024;
const CHUNK_BYTES = 1_024;
const CHUNK_LEAVES = 32;
const DIGEST_BYTES = 32;
const RAW_PREFIX = 0x0155_1e20;
const DAG_CBOR_PREFIX = 0x0171_1e20;
const NO_BYTES = new Uint8Array(32);

/** A step of the host, and where it leads. */
export interface HostScene {
  name: string;
  task: MachineTask;
  asked: Asked;
  after: Hex;
}

const pick = <Item>(random: Random, items: readonly Item[]) =>
  items[random.below(items.length)] as Item;

type Input = MachineTask["input"];

/** Contents of every shape, as inputs. The last one's root has a digest over the border of two chunks. */
export function inputsOf(random: Random): Input[] {
  const small = [0, 1, 63, 64, 65, 1_023, 1_024, 1_025, 2_048, 2_049, 5_121, 31_744, MIB - 1, MIB];
  const large = [MIB + 1, 2 * MIB, 3 * MIB + 1_025, 23 * MIB, 45 * MIB + 5];
  return [...small, ...large].map((byteLength) => inputOf(random, byteLength));
}

export function inputOf(random: Random, byteLength: number): Input {
  if (byteLength <= MIB) {
    const bytes = random.bytes(byteLength);
    const { digest } = toChainCid(cidOf(bytes));
    return { bytes, prefix: RAW_PREFIX, digest: toBytes(digest), root: undefined };
  }
  const bytes = new Uint8Array(byteLength);
  for (let at = 0; at < byteLength; at += MIB)
    bytes.set(random.bytes(40).slice(0, byteLength - at), at);
  const root = rootOf(bytes);
  const { digest } = toChainCid(cidOf(root.bytes));
  return { bytes, prefix: DAG_CBOR_PREFIX, digest: toBytes(digest), root };
}

const toBytes = (hex: Hex) => Uint8Array.from(Buffer.from(hex.slice(2), "hex"));

/** What a scene begins with. */
export interface Setting {
  header: Header;
  own: Own;
  /** Slot 0, fuel, and the reason of the stop. */
  slot: bigint;
  fuel: bigint;
  stop: bigint;
  input: Input;
  maxResultBytes: number;
}

const PHASES: readonly Phase[] = [
  ...[PHASE.begin, PHASE.startReturned, PHASE.allocReturned, PHASE.runReturned],
  ...[PHASE.runReturned, PHASE.trapped, PHASE.load, PHASE.load, PHASE.hash, PHASE.hash],
];

/** Addresses at and around the memory's end, where contents of some length would just fit, or would not. */
function addressFor(random: Random, pages: number, byteLength: number): number {
  const end = pages * 65_536;
  const last = end - Math.ceil(byteLength / CHUNK_BYTES) * CHUNK_BYTES;
  const near = pick(random, [
    0,
    CHUNK_BYTES,
    last,
    last + CHUNK_BYTES,
    end,
    end + CHUNK_BYTES,
    last + 1,
    7,
  ]);
  return Math.max(0, Math.min(2 ** 32 - 1, near));
}

/** Pages of which there are enough for a content. */
const pagesFor = (random: Random, byteLength: number) =>
  Math.min(65_536, Math.ceil(byteLength / 65_536) + pick(random, [0, 0, 1, 2, 65_536]));

function settingOf(random: Random, inputs: readonly Input[]): Setting {
  const phase = pick(random, PHASES);
  const input = pick(random, inputs);
  const inputLength = input.bytes.length;
  const pages = Math.max(1, pagesFor(random, inputLength));
  const fuel = pick(random, [0n, 1n, 5n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n]);
  const setting: Setting = {
    header: {
      ...{ phase, pc: 0, sp: 1, fp: 0, pages },
      ...{ address: 0, length: 0, progress: 0 },
    },
    own: nothing(),
    ...{ slot: BigInt(random.below(2 ** 32)), fuel, stop: BigInt(random.below(4)) },
    ...{ input, maxResultBytes: pick(random, [0, 5, 1_024, 64 * MIB]) },
  };
  if (phase === PHASE.allocReturned) {
    setting.slot = BigInt(addressFor(random, pages, inputLength));
  } else if (phase === PHASE.runReturned) {
    const length = pick(random, [0, 1, 5, 6, 1_024, 65_536, 65_537, 2 ** 32 - 1, pages * 65_536]);
    const byteLength = Math.min(length, 2 ** 32 - 1);
    setting.slot = (BigInt(addressFor(random, pages, byteLength)) << 32n) | BigInt(byteLength);
  } else if (phase === PHASE.load) toLoading(random, setting);
  else if (phase === PHASE.hash) toHashing(random, setting);
  return setting;
}

/** Any step of loading: of any block and chunk, of the block's link, of the end. */
function toLoading(random: Random, { header, own, input }: Setting): void {
  const blocks = input.root?.digests.length ?? 1;
  const room = header.pages * 65_536 - Math.ceil(input.bytes.length / CHUNK_BYTES) * CHUNK_BYTES;
  Object.assign(header, { sp: 0, pc: random.below(blocks + 1) });
  header.address = Math.max(
    0,
    Math.min(room, LAST_CHUNK, pick(random, [0, 3 * CHUNK_BYTES, room])),
  );
  if (header.pc === blocks || input.bytes.length === 0) return;
  if (input.root !== undefined) {
    const digest = input.root.digests[header.pc] as Uint8Array;
    if (random.below(2) === 0) {
      // Its link, or the second half of one.
      const known = CHUNK_BYTES - (linkOffset(input.root, header.pc) % CHUNK_BYTES);
      if (known >= DIGEST_BYTES || random.below(2) === 0) return;
      own.digest = new Uint8Array(DIGEST_BYTES);
      own.digest.set(digest.subarray(0, known));
      header.progress = 2 ** 32 - 1;
      return;
    }
    own.digest = digest;
  }
  const left = input.bytes.length - header.pc * MIB;
  const chunks = chunkCount(input.root === undefined ? left : Math.min(MIB, left));
  header.progress = pick(random, [0, chunks - 1, random.below(chunks)]);
}

/** Any step of hashing, with chaining values and digests that nobody has to have computed. */
function toHashing(random: Random, { header, own, input }: Setting): void {
  const length = input.bytes.length;
  const blocks = Math.ceil(length / MIB);
  const isLarge = length > MIB;
  const room = header.pages * 65_536 - Math.ceil(length / CHUNK_BYTES) * CHUNK_BYTES;
  Object.assign(header, { sp: 0, length, address: pick(random, [0, Math.min(room, LAST_CHUNK)]) });
  const done = isLarge ? pick(random, [blocks, random.below(blocks + 1)]) : 0;
  for (let i = 0; i < done; i++) own.links.push(random.bytes(32));
  const left = isLarge && done === blocks ? (input.root?.bytes.length ?? 0) : length - done * MIB;
  const count = chunkCount(isLarge && done !== blocks ? Math.min(MIB, left) : left);
  header.progress =
    count === 1 ? 0 : pick(random, [0, 1, count, count - 1, random.below(count + 1)]);
  const isComplete = header.progress === count;
  const ones = header.progress.toString(2).replaceAll("0", "").length;
  const least = isComplete ? 2 : ones;
  const height = header.progress === 0 ? 0 : least + random.below(2);
  for (let i = 0; i < height; i++) own.values.push(random.bytes(32));
  header.pc = 256 * done + height;
}

/** @param inputs - by {@link inputsOf}. */
export const hostSceneOf = (random: Random, machine: Machine, inputs: readonly Input[]) =>
  hostSceneAt(random, machine, settingOf(random, inputs));

/** The step that is next in a state. */
export function hostSceneAt(
  random: Random,
  machine: Machine,
  { header, own, slot, fuel, stop, input, maxResultBytes }: Setting,
): HostScene {
  const task: MachineTask = { machine, maxFuel: fuel & (2n ** 63n - 1n), maxResultBytes, input };
  const trees: CellTrees = {
    stack: sparseTree(STACK_DEPTH),
    memory: sparseTree(MEMORY_DEPTH),
    globals: machine.initialGlobals(),
    ...{ table: machine.table, data: machine.data },
  };
  for (let leaf = 0; leaf < 3; leaf++) trees.stack.write(leaf, random.bytes(32));
  setSlot(trees.stack, 0, slot);
  setSlot(trees.globals, GLOBAL.fuel, fuel);
  setSlot(trees.globals, GLOBAL.stop, stop);
  fill(random, trees.memory, header);
  const rootsOf = () => ({
    stack: trees.stack.root(),
    memory: trees.memory.root(),
    globals: trees.globals.root(),
  });
  const before = { header: { ...header }, roots: rootsOf(), own: ownHash(own) };
  const name = `${JSON.stringify(header)}, slot 0x${slot.toString(16)}, fuel ${fuel}, stop ${stop}, ${input.bytes.length} bytes, ${own.links.length} digests`;
  let parts: Uint8Array[] = [];
  const cells = provingCells(trees, parts);
  const shown = shownIn(() => parts);
  const ending = hostStep(header, cells, { task, own, shown });
  cells.flush();
  const witness = Uint8Array.from(Buffer.concat(parts));
  parts = [];
  const after =
    ending === undefined
      ? hashOfState({ header, roots: rootsOf(), own: ownHash(own), witness: NO_BYTES })
      : bytesToHex(doneHash(ending));
  return { name, task, asked: { ...before, witness }, after };
}

/** Something where the chunk is that is written or read. */
function fill(random: Random, memory: SparseTree, { phase, address, pc, progress }: Header): void {
  const blocks = phase === PHASE.hash ? pc >> 8 : pc;
  const first = (address + MIB * blocks + CHUNK_BYTES * progress) / CHUNK_LEAVES;
  for (let i = -1; i <= CHUNK_LEAVES; i++) {
    const index = first + i;
    if (index >= 0 && index < 2 ** MEMORY_DEPTH) memory.write(index, random.bytes(32));
  }
}

function setSlot(tree: SparseTree, index: number, value: bigint): void {
  const leaf = tree.leaf(index >> 2).slice();
  new DataView(leaf.buffer).setBigUint64(8 * (index & 3), value);
  tree.write(index >> 2, leaf);
}
