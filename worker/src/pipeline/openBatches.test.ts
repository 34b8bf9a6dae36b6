import type { BatchStatus, MarketClient } from "@assay/sdk";
import { expect, test } from "vitest";
import { createOpenBatches } from "./openBatches.ts";

const account = "0x00000000000000000000000000000000000000A5";
const jobId = `0x${"cd".repeat(32)}` as const;
const job = { jobId, terms: { taskCount: 2_500, batchSize: 1 } } as Parameters<
  ReturnType<typeof createOpenBatches>["of"]
>[0];
const never = new AbortController().signal;

/** A chain on which the given batches are open, and how many of its pages were read. */
function chainWith(open: Set<number>) {
  const reads: number[] = [];
  const client = {
    async getBatches({ first = 0, count }: { first?: number; count: number }) {
      reads.push(first);
      return Array.from({ length: count }, (_, i) => {
        const status: BatchStatus = open.has(first + i) ? "open" : "submitted";
        return {
          batch: first + i,
          status,
          worker: account,
          timestamp: 0,
          resultRoot: "0x",
          question: "0x",
        } as const;
      });
    },
  } as Pick<MarketClient, "getBatches"> as MarketClient;
  return { batches: createOpenBatches({ account, client }), reads };
}

async function all(batches: AsyncIterable<number>): Promise<number[]> {
  const list: number[] = [];
  for await (const batch of batches) list.push(batch);
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
  for await (const batch of batches.of(job, never)) {
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
