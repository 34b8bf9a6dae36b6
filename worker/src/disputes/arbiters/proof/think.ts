import { randomInt } from "node:crypto";
import {
  type GetChunkRequestReturnType,
  type GetGameReturnType,
  type Hashes,
  type InputEntry,
  type JobSpec,
  outcomeOfCode,
  type ProofClient,
  type ResultLeaf,
} from "@assay/sdk";
import { doneHash, type MachineArgument, nextToShow } from "@assay/sdk/machine";
import { bytesToHex, type Hex, hexToBytes } from "viem";
import type { NodeContext } from "../../../kernel/context.ts";
import type { DisputeRecord } from "../../../store/disputeStore.ts";
import { isAvailable } from "../../evidence/fetchResult.ts";
import { entryOfLeaf } from "../../evidence/leafEntry.ts";
import { StrangeGameError } from "./errors.ts";
import { gatherResult, gatherTask } from "./gather.ts";
import { readInterval } from "./readMoves.ts";
import type { TraceAnswer } from "./trace/answer.ts";
import type { Tracer } from "./trace/tracer.ts";

/** What a party has decided to do where a dispute stands. */
export type Decided =
  | {
      type: "begin";
      spec: JobSpec;
      input: InputEntry;
      inputProof: readonly Hex[];
      machine: MachineArgument;
      hashes: Hashes;
    }
  | ({ posted: Hashes } & Extract<TraceAnswer, { type: "move" | "prove" | "proveEnded" }>)
  | { type: "ask"; chunks: readonly number[] }
  | { type: "show"; place: number; witness: Hex }
  /** The other party is right. */
  | { type: "concede"; reason: string };

export interface Thinking {
  context: NodeContext;
  proof: ProofClient;
  tracer: Tracer;
}

const CHUNK_BYTES = 1_024;
/** Most chunks that a challenger may name. */
const MOST_CHUNKS = 8;
/** How long a result is looked for once more before its chunks are named, in milliseconds. */
const SEEK_MS = 15_000;

/**
 * Finds the move of the party whose turn it is.
 * @param dueAt - Unix seconds: when its clock runs out.
 *
 * @throws an AssayError when it cannot be found now.
 */
export async function think(
  thinking: Thinking,
  record: DisputeRecord,
  game: GetGameReturnType,
  { dueAt, signal }: { dueAt: number; signal: AbortSignal },
): Promise<Decided> {
  switch (game.stage) {
    case "opened":
      return thinkOfBeginning(thinking, record, { dueAt, signal });
    case "playing":
      return thinkOfMove(thinking, record, game, { dueAt, signal });
    case "asking":
      return thinkOfChunks(thinking, record, signal);
    case "showing": {
      const { context, proof } = thinking;
      const [request, result] = await Promise.all([
        proof.getChunkRequest({ id: record.id, signal }),
        gatherResult(context, record, signal),
      ]);
      return chunkOf(result, request);
    }
    default:
      throw new TypeError(`nobody is to move in a dispute that is ${game.stage}`);
  }
}

type Due = { dueAt: number; signal: AbortSignal };

async function thinkOfBeginning(
  { context, tracer }: Thinking,
  { id, dispute, leaf }: DisputeRecord,
  { dueAt, signal }: Due,
): Promise<Decided> {
  const { task, ...shown } = await gatherTask(context, dispute, signal);
  const question = { type: "first", last: lastStateOf(leaf) } as const;
  const answer = await tracer.ask({ key: id, task, question, dueAt, signal });
  if (answer.type === "begin") {
    const { machine, hashes } = answer;
    return { type: "begin", ...shown, machine, hashes: hashes as unknown as Hashes };
  }
  return { type: "concede", reason: "the task, carried out again, does not end as we have said" };
}

async function thinkOfMove(
  { context, proof, tracer }: Thinking,
  { id, dispute, block: fromBlock }: DisputeRecord,
  game: GetGameReturnType,
  { dueAt, signal }: Due,
): Promise<Decided> {
  const interval = await readInterval(proof, { id, fromBlock }, game, signal);
  const { task } = await gatherTask(context, dispute, signal);
  const question = { type: "next", interval, agreed: game.agreed } as const;
  const answer = await tracer.ask({ key: id, task, question, dueAt, signal });
  switch (answer.type) {
    case "move":
    case "prove":
    case "proveEnded":
      return { ...answer, posted: interval.posted };
    case "concede":
      return { type: "concede", reason: "the other party's states are those that we find" };
    default:
      throw new StrangeGameError();
  }
}

/** Chunks by chance, so that nobody can keep the right ones alone. */
async function thinkOfChunks(
  { context }: Thinking,
  { leaf }: DisputeRecord,
  signal: AbortSignal,
): Promise<Decided> {
  const entry = entryOfLeaf(leaf);
  const limited = AbortSignal.any([signal, AbortSignal.timeout(SEEK_MS)]);
  if (entry !== undefined && (await isAvailable(context.content, entry, limited))) {
    return { type: "concede", reason: "the result can be fetched now" };
  }
  signal.throwIfAborted();
  return { type: "ask", chunks: chooseChunks(leaf.byteLength, randomInt) };
}

/** Up to eight different chunks of a content of this length, in ascending order. */
export function chooseChunks(byteLength: number, chooseBelow: (limit: number) => number): number[] {
  // An empty content has one chunk, too.
  const count = Math.max(1, Math.ceil(byteLength / CHUNK_BYTES));
  const chosen = new Set<number>();
  while (chosen.size < Math.min(MOST_CHUNKS, count)) chosen.add(chooseBelow(count));
  return [...chosen].sort((a, b) => a - b);
}

function chunkOf(result: Uint8Array, request: GetChunkRequestReturnType): Decided {
  const next = nextToShow(result, request);
  // The chain has it whole, and has ended the game by that.
  if (next === undefined) return { type: "concede", reason: "everything is shown" };
  return { type: "show", ...next };
}

/** The hash of the state that a result stands for. */
function lastStateOf({ outcome: code, cid, byteLength }: ResultLeaf): Hex {
  const outcome = outcomeOfCode(code);
  if (outcome === undefined) throw new TypeError("a worker commits to outcomes alone");
  const { prefix, digest } = cid;
  return bytesToHex(
    doneHash({ outcome, prefix: Number(prefix), digest: hexToBytes(digest), byteLength }),
  );
}
