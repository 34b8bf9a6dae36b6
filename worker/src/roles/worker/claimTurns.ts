import { claimKey, type JobId } from "@assay/sdk";
import { abortable } from "@assay/sdk/concurrency";
import { type Address, type Hex, zeroHash } from "viem";
import type { NodeContext } from "../../kernel/context.ts";

/** For so many blocks one order of claims counts; then the hash of another block gives another one. */
const EPOCH_BLOCKS = 16n;
/** How long the next in the order waits for the one before: until a claim made at once would be seen on the chain. */
const BLOCKS_A_RANK = 2;
const SEEN_MS = 500;
/** Seconds between two blocks: before the chain has shown them, and what is believed of it. */
const BLOCK_SECONDS = { first: 2, shortest: 0.25, longest: 15 };
/** Share of the newest interval in what is usual. */
const SMOOTHING = 0.2;

/** How long each place in the order waits for the one before, in milliseconds. */
export function claimTurnMs(blockSeconds: number): number {
  return BLOCKS_A_RANK * blockSeconds * 1_000 + SEEN_MS;
}

export interface ClaimTurns {
  /** Reads the order of the present epoch, if there is anybody to share with. To be called before batches are asked about. */
  refresh(signal: AbortSignal): Promise<void>;
  /** The batches in the order in which this node goes for them. `jobId` may be an offer's digest. */
  inOrder(jobId: JobId, batches: readonly number[]): ClaimTurn[];
}

export interface ClaimTurn {
  batch: number;
  /** Milliseconds for which others may go first, from when the job was first seen. */
  rankMs: number;
  /** What of that is left. */
  waitMs: number;
}

/**
 * Who goes first for which batch, so that nodes seldom pay for a claim that another made. For every batch, all workers that are there
 * and have room are put in an order by SHA-256(hash of the epoch's first block ‖ job ‖ batch ‖ account): the first claims at once, each
 * next one when those before it have let their time pass. Nobody agrees with anybody: nodes that know of the same others
 * come to the same order, and where they do not, two claims meet, of which one reverts.
 *
 * The block's hash is not known when a worker stakes, so that an account cannot be chosen for its places.
 *
 * @param now - a clock in milliseconds.
 */
export function createClaimTurns(
  { account, client, head, rivals }: Pick<NodeContext, "account" | "client" | "head" | "rivals">,
  now: () => number = () => performance.now(),
): ClaimTurns {
  const epoch = { number: -1n, seed: zeroHash as Hex };
  /** When each job's batches were first seen in this epoch. */
  const seenAt = new Map<JobId, number>();
  let others: readonly Address[] = [];
  let blockSeconds = BLOCK_SECONDS.first;
  let before = head();

  function noteBlocks(): void {
    const latest = head();
    const blocks = Number(latest.number - before.number);
    if (before.number > 0n && blocks > 0) {
      const seconds = (latest.timestamp - before.timestamp) / blocks;
      const { shortest, longest } = BLOCK_SECONDS;
      const newest = Math.min(Math.max(seconds, shortest), longest);
      blockSeconds += SMOOTHING * (newest - blockSeconds);
    }
    before = latest;
  }

  function turnOf(jobId: JobId, batch: number, own: Hex): ClaimTurn {
    const of = { seed: epoch.seed, job: jobId, batch };
    const rank = others.filter((worker) => claimKey(of, worker) < own).length;
    const rankMs = rank * claimTurnMs(blockSeconds);
    return { batch, rankMs, waitMs: Math.max(0, (seenAt.get(jobId) ?? 0) + rankMs - now()) };
  }

  return {
    async refresh(signal) {
      noteBlocks();
      others = rivals();
      const number = head().number / EPOCH_BLOCKS;
      if (others.length === 0 || number === epoch.number) return;
      const block = client.public.getBlock({ blockNumber: number * EPOCH_BLOCKS });
      Object.assign(epoch, { number, seed: (await abortable(block, signal)).hash });
      seenAt.clear();
    },
    inOrder(jobId, batches) {
      if (!seenAt.has(jobId)) seenAt.set(jobId, now());
      return batches
        .map((batch) => ({
          batch,
          key: claimKey({ seed: epoch.seed, job: jobId, batch }, account),
        }))
        .sort((a, b) => (a.key < b.key ? -1 : 1))
        .map(({ batch, key }) => turnOf(jobId, batch, key));
    },
  };
}
