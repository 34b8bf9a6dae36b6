import { parseEther } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startMarket, type TestMarket, workBatch } from "../../../../test/fixtures/market.ts";
import { echo, numbered } from "../../../../test/fixtures/programs.ts";
import type { JobHandle, WorkerAnswer, WorkerQuote } from "../../index.ts";

let market: TestMarket;
beforeAll(async () => {
  market = await startMarket({ stake: parseEther("1") });
});
afterAll(() => market[Symbol.asyncDispose]());

const post = (rest: { stakePerBatch?: bigint; claimForSeconds?: number } = {}) =>
  market.requester.submitJob({
    ...{ program: echo.wasm, inputs: numbered(2), rewardPerTask: parseEther("0.01") },
    ...{ batchSize: 1, ...rest },
  });

const taken: WorkerQuote = {
  ...{ isTaken: true, code: null, reason: null, freeBatches: 1, taskMs: null, job: null },
  ...{ minRewardPerTaskWei: 0n, askedRewardPerTask: 0n },
};
const refused = (code: string, reason = "no"): WorkerQuote => ({
  ...{ ...taken, isTaken: false, code, reason },
});

/** What the job says when the network's workers answer this. */
async function why(job: JobHandle, quotes: (WorkerQuote | undefined)[] | Error) {
  const account = market.workers[0].wallet?.account.address;
  const answers = (): WorkerAnswer[] => {
    if (quotes instanceof Error) throw quotes;
    return quotes.map((quote, i) => ({ peerId: `peer${i}`, account, quote }));
  };
  const client = market.client(1, { workers: { ask: async () => answers() } });
  const { jobId } = job;
  return (await client.openJob({ jobId })).why();
}

test.each<[string, (WorkerQuote | undefined)[], string[]]>([
  ["take it", [taken, refused("ROOM")], []],
  [
    "say by one of three that they take it",
    [taken, refused("ROOM"), refused("ROOM")],
    ["WORKERS_BUSY"],
  ],
  ["are none", [], ["NO_WORKERS"]],
  ["are silent", [undefined, taken], ["WORKERS_SILENT"]],
  ["are busy", [refused("ROOM"), refused("ROOM")], ["WORKERS_BUSY"]],
  [
    "pay in other tokens, and want more",
    [refused("TOKEN"), refused("REWARD")],
    ["TOKEN_NOT_ACCEPTED", "REWARD_TOO_LOW"],
  ],
  [
    "refuse for reasons of their own",
    [refused("TAGS"), refused("PROGRAM", "x")],
    ["TAGS_MISSING", "REFUSED_BY_WORKERS"],
  ],
  [
    "send what is in every object",
    [refused("constructor"), refused("__proto__", "y")],
    ["REFUSED_BY_WORKERS", "REFUSED_BY_WORKERS"],
  ],
  [
    "hold it back",
    [{ ...taken, job: { state: "tried", reason: "gas is too dear" } }],
    ["REFUSED_BY_WORKERS"],
  ],
  [
    "have refused it",
    [{ ...taken, job: { state: "refused", reason: "it is broken" } }],
    ["REFUSED_BY_WORKERS"],
  ],
])("workers that %s", async (_, quotes, codes) => {
  const reasons = await why(await post(), quotes);
  expect(reasons.map(({ code }) => code)).toEqual(codes);
  for (const { message, fix } of reasons) {
    expect(typeof message === "string" && typeof fix === "string").toBe(true);
  }
});

test("a peer that has left the network asks nobody, and the rest is said all the same", async () => {
  const reasons = await why(await post({ stakePerBatch: parseEther("3") }), new Error("stopped"));
  expect(reasons.map(({ code }) => code)).toEqual(["STAKE_TOO_SMALL", "WORKERS_NOT_ASKED"]);
});

test("stake that stands for other batches is told from stake that is too small", async () => {
  const [one, two] = market.workers;
  const first = await post({ stakePerBatch: parseEther("0.9") });
  await workBatch(one, first, 0);
  await workBatch(two, first, 1);
  const second = await post({ stakePerBatch: parseEther("0.9") });
  expect((await why(second, [taken])).map(({ code }) => code)).toEqual(["STAKE_LOCKED"]);
  expect((await why(first, [taken])).map(({ code }) => code)).toEqual(["ALL_CLAIMED"]);
});

test("a reserved job says so, and what score it asks for besides", async () => {
  const { terms, spec } = await post();
  const reserved = { ...terms, minScore: 0x8000 | 2_000 };
  const { jobId } = await market.requester.postJob({ terms: reserved, spec });
  const reasons = await why(await market.requester.openJob({ jobId }), [taken]);
  expect(reasons.map(({ code }) => code)).toEqual(["RESERVED", "SCORE_TOO_LOW"]);
  expect(reasons[1]?.message).toContain("a score of 20 %");
});

test("a claim that was not submitted in time is named", async () => {
  const worker = market.client(5);
  await worker.deposit({ amount: parseEther("1") });
  const job = await post();
  for (const batch of [0, 1]) await worker.claim({ terms: job.terms, batch });
  await market.chain.increaseTime(3_601);
  expect((await why(job, [])).map(({ code }) => code)).toEqual(["CLAIMS_OVERDUE"]);
});
