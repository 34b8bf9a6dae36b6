import type { BatchState, MarketClient } from "@assay/sdk";
import { zeroAddress, zeroHash } from "viem";
import { expect, test } from "vitest";
import type { ClaimTurns } from "./claimTurns.ts";
import { createOpenBatches, type OpenBatch } from "./openBatches.ts";

const account = "0x00000000000000000000000000000000000000A5";
const jobId = `0x${"cd".repeat(32)}` as const;
const job = { jobId, terms: { taskCount: 2_500, batchSize: 1 } } as Parameters<
  ReturnType<typeof createOpenBatches>["of"]
>[0];
const never = new AbortController().signal;

/** Nobody else is there. */
const turns: ClaimTurns = {
  async refresh() {},
  inOrder: (_, batches) => batches.map((batch) => ({ batch, rankMs: 0, waitMs: 0 })),
};

const NOBODY = {
  ...{ round: 0, pending: 0, challenges: 0, demands: 0 },
  ...{ frozenAt: 0, frozenSeconds: 0, fees: 0n },
};

/** A chain on which the given batches are open, others claimed until their deadlines, and how many of its pages were read. */
function chainWith(open: Set<number>, claimed = new Map<number, number>()) {
  const reads: number[] = [];
  let timestamp = 0;
  const client = {
    async getBatches({ first = 0, count }: { first?: number; count: number }) {
      reads.push(first);
      return Array.from({ length: count }, (_, i): BatchState => {
        const deadline = claimed.get(first + i);
        const status = deadline === undefined ? "submitted" : "claimed";
        return {
          ...{ batch: first + i, status: open.has(first + i) ? "open" : status },
          ...{ worker: zeroAddress, timestamp: deadline ?? 0, resultRoot: zeroHash },
          inquiry: NOBODY,
        };
      });
    },
  } as Pick<MarketClient, "getBatches"> as MarketClient;
  const head = () => ({ number: 0n, timestamp });
  return {
    batches: createOpenBatches({ account, client, head, turns }),
    reads,
    passTo(second: number) {
      timestamp = second;
    },
  };
}

async function all(batches: AsyncIterable<OpenBatch>): Promise<number[]> {
  const list: number[] = [];
  for await (const { batch } of batches) list.push(batch);
  return list;
}

test("every open batch of every page comes once", async () => {
  const { batches } = chainWith(new Set([0, 7, 999, 1_000, 2_499]));
  const found = await all(batches.of(job, never));
  expect(found.sort((a, b) => a - b)).toEqual([0, 7, 999, 1_000, 2_499]);
});

test("pages are read as far as they are needed, and exhausted ones not again", async () => {
  const open = new Set([7]);
  const { batches, reads } = chainWith(open);
  for await (const { batch } of batches.of(job, never)) {
    expect(batch).toBe(7);
    break;
  }
  open.clear();
  expect(await all(batches.of(job, never))).toEqual([]);
  expect(batches.mayHave(jobId)).toBe(false);
  expect(new Set(reads)).toEqual(new Set([0, 1_000, 2_000]));
  expect(reads.length).toBeLessThanOrEqual(4);
  expect(await all(batches.of(job, never))).toEqual([]);
  expect(reads.length).toBeLessThanOrEqual(4);
});

test("an expired claim makes a job worth a look again", async () => {
  const open = new Set<number>();
  const { batches } = chainWith(open);
  await all(batches.of(job, never));
  open.add(1_234);
  expect(batches.mayHave(jobId)).toBe(false);
  batches.reopened(jobId);
  expect(batches.mayHave(jobId)).toBe(true);
  expect(await all(batches.of(job, never))).toEqual([1_234]);
});

test("a claim of another worker is worth a look once its deadline is over", async () => {
  const claimed = new Map([
    [3, 100],
    [1_500, 50],
  ]);
  const { batches, reads, passTo } = chainWith(new Set(), claimed);
  expect(await all(batches.of(job, never))).toEqual([]);
  passTo(50);
  expect(batches.mayHave(jobId)).toBe(false); // the deadline's own second still counts
  expect(batches.overdue()).toEqual([]);
  passTo(51);
  expect(batches.overdue()).toEqual([jobId]);
  expect(batches.mayHave(jobId)).toBe(true);
  const found: OpenBatch[] = [];
  for await (const one of batches.of(job, never)) found.push(one);
  expect(found).toEqual([{ batch: 1_500, isOverdue: true, waitMs: 0 }]);
  expect(reads.filter((first) => first === 1_000)).toHaveLength(2);
  expect(reads.filter((first) => first === 0)).toHaveLength(1);
});
