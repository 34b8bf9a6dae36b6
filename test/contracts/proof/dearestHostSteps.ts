/** Steps of the host that show the most, and hash the most. */
import { MAX_PROVABLE_BYTES, type Machine, PHASE } from "../../../sdk/src/program/machine/index.ts";
import { type LargerRoot, linkOffset } from "../../../sdk/src/program/machine/task/larger.ts";
import { nothing } from "../../../sdk/src/program/machine/task/own.ts";
import type { Random } from "../../fixtures/random.ts";
import { type HostScene, hostSceneAt, inputOf, type Setting } from "./hostScenes.ts";

const MIB = 1 << 20;
const CHUNK_BYTES = 1_024;
/** The only block whose digest stands in two chunks of a root, as roots have 64 links at most: of the largest, both chunks are whole. */
const SPLIT_LINK = 42;
const BLOCKS = MAX_PROVABLE_BYTES / MIB;
/** Chaining values on the way to a block's last chunk. */
const MOST_VALUES = 10;

export function dearestHostSteps(random: Random, machine: Machine): [string, HostScene][] {
  const largest = inputOf(random, MAX_PROVABLE_BYTES);
  const almostWhole = inputOf(random, MIB - 1);
  const pages = MAX_PROVABLE_BYTES / 65_536;
  const setting = (
    input: Setting["input"],
    header: Partial<Setting["header"]>,
    own: Partial<Setting["own"]> = {},
  ): Setting => ({
    header: {
      ...{ phase: PHASE.load, pc: 0, sp: 0, fp: 0, pages, address: 0, length: 0, progress: 0 },
      ...header,
    },
    own: { ...nothing(), ...own },
    ...{ slot: 0n, fuel: 1n, stop: 0n, input, maxResultBytes: MAX_PROVABLE_BYTES },
  });
  const hashes = (count: number) => Array.from({ length: count }, () => random.bytes(32));
  const hashing = (blocks: number, { values, progress }: { values: number; progress: number }) =>
    setting(
      largest,
      {
        ...{ phase: PHASE.hash, pc: 256 * blocks + values, length: MAX_PROVABLE_BYTES },
        progress,
      },
      { values: hashes(values), links: hashes(blocks) },
    );
  const last = { pc: BLOCKS - 1, progress: 1_023 };
  const digest = largest.root?.digests[BLOCKS - 1] as Uint8Array;
  const half = { pc: SPLIT_LINK, progress: 2 ** 32 - 1 };
  const known = largest.root?.digests[SPLIT_LINK]?.slice() as Uint8Array;
  known.fill(0, CHUNK_BYTES - (linkOffset(largest.root as LargerRoot, SPLIT_LINK) % CHUNK_BYTES));
  const settings: [string, Setting][] = [
    ["loads a chunk", setting(largest, last, { digest })],
    ["loads a chunk that is not whole", setting(almostWhole, { progress: 1_023 })],
    ["takes what stands of a link in one chunk", setting(largest, { pc: SPLIT_LINK })],
    ["takes the rest of a link", setting(largest, half, { digest: known })],
    ["hashes a chunk", hashing(BLOCKS - 1, { values: MOST_VALUES, progress: 1_023 })],
    ["hashes a chunk of the root", hashing(BLOCKS, { values: 1, progress: 1 })],
    ["joins two nodes", hashing(BLOCKS - 1, { values: MOST_VALUES + 1, progress: 1_024 })],
  ];
  return settings.map(([name, one]) => [name, hostSceneAt(random, machine, one)]);
}
