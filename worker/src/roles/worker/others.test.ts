import type { Address } from "viem";
import { beforeEach, expect, test } from "vitest";
import { localParameters, type TestChain } from "../../../../test/fixtures/chain.ts";
import { echo, numbered } from "../../../../test/fixtures/programs.ts";
import { disputesOn, STAKE } from "../../../test/disputes.ts";
import { marketForEachTest } from "../../../test/market.ts";
import { next, type Requester, temporaryFolder } from "../../../test/network.ts";
import type { NodeEvents } from "../../kernel/events.ts";

let chain: TestChain;
let requester: Requester;
let jury: Address;
const started = marketForEachTest((market) => {
  ({ chain, requester, jury } = market);
});
beforeEach(() => stakeJurors());

const { client, demand, mineBlocks, post, stakeJurors, start } = disputesOn(() => ({
  ...{ chain, requester, jury, started },
}));

const DEMAND_BOND = STAKE / 100n;

test("a worker answers every demand that is pending, and has half of each bond", async () => {
  const dataDir = await temporaryFolder(started);
  const worker = await start({ account: 2, dataDir });
  const submitted = next(worker, "batch submitted");
  const job = await post();
  const { jobId } = job;
  const { resultRoot } = await submitted;
  await worker.stop();
  await chain.increaseTime(1);
  for (const [asker, position] of [
    [3, 1],
    [4, 0],
    [5, 1],
  ] as const) {
    await demand(client(asker), job, { position, resultRoot });
  }

  const shown: number[] = [];
  const all = Promise.withResolvers<void>();
  const settledCredit = Promise.withResolvers<bigint>();
  await start({
    ...{ account: 2, dataDir },
    onEvent(name, fields) {
      if (name === "leaf revealed") {
        shown.push((fields as NodeEvents["leaf revealed"]).position);
        if (shown.length === 3) all.resolve();
      }
      if (name === "credit withdrawn") {
        settledCredit.resolve((fields as NodeEvents["credit withdrawn"]).amountWei);
      }
    },
  });
  await all.promise;
  expect(shown).toEqual([1, 0, 1]);
  const { market } = requester;
  expect(await market.getBatches({ jobId, count: 1 })).toMatchObject([
    { status: "submitted", inquiry: { pending: 0, demands: 3 } },
  ]);
  await chain.increaseTime(localParameters.minChallengeWindowSeconds);
  expect(await settledCredit.promise).toBe((6n * DEMAND_BOND) / 2n + 2000n);
});

test("a node that wants a batch ends a claim whose deadline was missed", async () => {
  const idler = client(4);
  await idler.deposit({ amount: STAKE });
  const job = await requester.market.submitJob({
    ...{ program: echo.wasm, inputs: numbered(2), rewardPerTask: 1000n, batchSize: 2 },
    ...{ stakePerBatch: STAKE, arbiter: jury, submitWindowSeconds: 600 },
  });
  const { jobId, terms } = job;
  await idler.claim({ terms, batch: 0 });
  const node = await start({ account: 2 });
  const expired = next(node, "claim expired");
  const submitted = next(node, "batch submitted");
  await chain.increaseTime(601);
  mineBlocks();
  expect(await expired).toEqual({ jobId, batch: 0 });
  expect(await submitted).toMatchObject({ jobId, batch: 0 });
  expect(await idler.getAccount()).toMatchObject({
    ...{ expiredBatches: 1, locked: 0n, stake: STAKE - STAKE / 5n },
  });
});
