import type { MarketClient } from "@assay/sdk";
import type { Address } from "viem";
import { expect, test } from "vitest";
import { type ClaimTurns, createClaimTurns } from "./claimTurns.ts";

const jobId = `0x${"cd".repeat(32)}` as const;
const all = Array.from({ length: 40 }, (_, i) => i);
const workers = Array.from({ length: 8 }, (_, i) => `0x${String(i).padStart(40, "0")}` as const);
const never = new AbortController().signal;

/** A chain with a block every two seconds, and a clock beside it. */
function chainOf({ number = 160n } = {}) {
  const chain = { head: { number, timestamp: Number(number) * 2 }, timeMs: 0, reads: 0 };
  const client = {
    public: {
      async getBlock({ blockNumber = 0n }: { blockNumber?: bigint }) {
        chain.reads++;
        return { hash: `0x${blockNumber.toString(16).padStart(64, "0")}` };
      },
    },
  } as unknown as MarketClient;
  const turnsOf = (account: Address, rivals: readonly Address[] = workers) =>
    createClaimTurns(
      {
        ...{ account, client, head: () => chain.head },
        rivals: () => rivals.filter((rival) => rival !== account),
      },
      () => chain.timeMs,
    );
  return { chain, turnsOf };
}

async function mayClaim(turns: ClaimTurns): Promise<number[]> {
  await turns.refresh(never);
  return turns.inOrder(jobId, all).flatMap(({ batch, waitMs }) => (waitMs === 0 ? batch : []));
}

test("nodes that know each other share a job without asking", async () => {
  const { turnsOf } = chainOf();
  const shares = await Promise.all(workers.map((worker) => mayClaim(turnsOf(worker))));
  expect(shares.flat().sort((a, b) => a - b)).toEqual(all);
  expect(shares.every((share) => share.length > 0)).toBe(true);
});

test("what the first leaves lying is the second's two blocks later, and in the end everybody's", async () => {
  const { chain, turnsOf } = chainOf();
  const turns = workers.map((worker) => turnsOf(worker));
  await Promise.all(turns.map(mayClaim));
  for (const ranks of [2, 3, 8]) {
    chain.timeMs = (ranks - 1) * 4_500;
    const shares = await Promise.all(turns.map(mayClaim));
    const counts = all.map((batch) => shares.filter((share) => share.includes(batch)).length);
    expect(counts).toEqual(all.map(() => ranks));
  }
});

test("a node that is alone waits for nobody, and reads nothing", async () => {
  const { chain, turnsOf } = chainOf();
  expect((await mayClaim(turnsOf(workers[0] ?? "0x", []))).length).toBe(all.length);
  expect(chain.reads).toBe(0);
});

test("another epoch brings another order; within one the block is read once", async () => {
  const { chain, turnsOf } = chainOf();
  const turns = turnsOf(workers[3] ?? "0x");
  const first = await mayClaim(turns);
  chain.head = { number: 175n, timestamp: 350 };
  expect(await mayClaim(turns)).toEqual(first);
  expect(chain.reads).toBe(1);
  chain.head = { number: 176n, timestamp: 352 };
  expect(await mayClaim(turns)).not.toEqual(first);
  expect(chain.reads).toBe(2);
});

test("one that leaves changes nothing but its own batches", async () => {
  const { turnsOf } = chainOf();
  const left = workers.slice(0, 7);
  for (const worker of left) {
    const before = await mayClaim(turnsOf(worker));
    const after = await mayClaim(turnsOf(worker, left));
    expect(after).toEqual(expect.arrayContaining(before));
  }
});
