import { cidOf, hashSpec, type JobHandle, type JobId, putBytes } from "@assay/sdk";
import { type Address, parseEther } from "viem";
import { expect, test } from "vitest";
import type { TestChain } from "../../../test/fixtures/chain.ts";
import { longTest } from "../../../test/fixtures/long.ts";
import { echo, numbered, slowEcho } from "../../../test/fixtures/programs.ts";
import { disputesOn } from "../../../worker/test/disputes.ts";
import { marketForAllTests } from "../../../worker/test/market.ts";
import { next, type Requester, startNode } from "../../../worker/test/network.ts";
import { callCli, devEnvironment, jsonLines } from "../../test/callCli.ts";

let chain: TestChain;
let requester: Requester;
let jury: Address;
const started = marketForAllTests((market) => {
  ({ chain, requester, jury } = market);
});
const { stakeJurors } = disputesOn(() => ({ chain, requester, jury, started }));

type Order = Parameters<Requester["market"]["submitJob"]>[0];

/** A job of two tasks in one batch, that pays well. */
const post = (order: Partial<Order> = {}): Promise<JobHandle> =>
  requester.market.submitJob({
    ...{ program: echo.wasm, inputs: numbered(2), rewardPerTask: parseEther("0.01") },
    ...{ batchSize: 2, stakePerBatch: parseEther("0.1"), ...order },
  });

interface Reason {
  code: string;
  message: string;
  fix: string;
  said?: { workers: number; of: number };
}

/** What `assay job why` names, without a key. */
async function why(jobId: JobId): Promise<string[]> {
  return (await reasonsOf(jobId)).map(({ code }) => code);
}

async function reasonsOf(jobId: JobId): Promise<Reason[]> {
  const { ASSAY_PRIVATE_KEY: _, ...env } = devEnvironment(chain, requester);
  const call = await callCli(["job", "why", jobId, "--json"], env);
  expect(call).toMatchObject({ exitCode: 0, line: undefined });
  const [{ reasons } = { reasons: [] }] = jsonLines(call);
  const all = reasons as Reason[];
  for (const { message, fix } of all) expect([message, fix]).not.toContain("");
  return all;
}

const start = (options: Parameters<typeof startNode>[3] = {}) =>
  startNode(chain, requester, started, options);

longTest("a job that pays less than its gas", async () => {
  await start();
  expect(await why((await post({ rewardPerTask: 1n })).jobId)).toContain("REWARD_BELOW_GAS");
});

test("a job whose program is larger than nodes take", async () => {
  await start();
  const { terms, spec } = await post({ rewardPerTask: 1n });
  const program = await putBytes(requester.peer.content, new Uint8Array(17 << 20));
  const larger = { ...spec, program };
  const rewardPerTask = parseEther("0.01");
  const { jobId } = await requester.market.postJob({
    ...{ terms: { ...terms, rewardPerTask, specHash: hashSpec(larger) }, spec: larger },
  });
  expect(await why(jobId)).toContain("PROGRAM_TOO_LARGE");
});

longTest("a job whose memory, results and batches are larger than nodes allow", async () => {
  await start();
  const large = { memoryPages: 5_000, maxResultBytes: 2 ** 27 };
  const { jobId } = await post(large);
  expect(await why(jobId)).toEqual(
    expect.arrayContaining(["MEMORY_TOO_LARGE", "RESULT_TOO_LARGE"]),
  );
});

test("a job whose arbiter nobody accepts, or that could not decide", async () => {
  await start();
  const undecidable = await post({ arbiter: jury, allowUndecidable: true });
  expect(await why(undecidable.jobId)).toEqual(
    expect.arrayContaining(["ARBITER_NOT_READY", "ARBITER_NOT_ACCEPTED"]),
  );
  await stakeJurors();
  const { jobId } = await post({ arbiter: jury });
  expect(await why(jobId)).toEqual(["ARBITER_NOT_ACCEPTED"]);
});

test("a job without workers", async () => {
  expect(await why((await post()).jobId)).toEqual(["NO_WORKERS"]);
});

longTest("a job whose workers have no stake", async () => {
  await start({ policy: { stakeWei: 0n } });
  const { jobId } = await post();
  // A worker that was found in the DHT, and not heard of yet, has no account that is known.
  await expect.poll(() => why(jobId), { timeout: 120_000 }).toContain("WORKERS_WITHOUT_STAKE");
});

longTest("a job whose reward, and so its stake, exceeds the stake of the workers", async () => {
  await start(); // with one ether
  const { jobId } = await post({ rewardPerTask: parseEther("1"), stakePerBatch: undefined });
  expect(await why(jobId)).toEqual(["STAKE_TOO_SMALL"]);
});

longTest("a job whose time to be claimed is over, or that was cancelled", async () => {
  const old = await post({ claimForSeconds: 60 });
  await chain.increaseTime(61);
  expect(await why(old.jobId)).toEqual(["CLAIMING_OVER"]);
  const cancelled = await post();
  await cancelled.cancel();
  expect(await why(cancelled.jobId)).toEqual(["JOB_CANCELLED"]);
});

longTest("a job that needs a better score than workers have", async () => {
  await start();
  expect(await why((await post({ minScore: 5_000 })).jobId)).toContain("SCORE_TOO_LOW");
});

test("of two workers, how many say no, for each of eight reasons", async () => {
  await start({ account: 2, policy: { tagRules: [{ tags: ["gpu"] }] } });
  const node = await start({ account: 3, policy: { minRewardPerTaskWei: 1_000n } });
  /** How many of how many said so, by code. */
  const said = async ({ jobId }: JobHandle) => {
    for (;;) {
      const reasons = await reasonsOf(jobId);
      // A newcomer to the network may not have heard of both yet.
      if (!reasons.some(({ said }) => said?.of === 2)) continue;
      return Object.fromEntries(reasons.map(({ code, said }) => [code, said]));
    }
  };
  const one = { workers: 1, of: 2 };
  const untagged = { TAGS_MISSING: one };
  expect(await said(await post({ rewardPerTask: 1n }))).toEqual({
    ...{ ...untagged, REWARD_TOO_LOW: one, REWARD_BELOW_GAS: undefined },
  });
  expect(await said(await post({ rewardPerTask: 2_000n }))).toEqual({
    ...{ ...untagged, REWARD_BELOW_GAS: one },
  });
  expect(await said(await post({ memoryPages: 5_000 }))).toEqual({
    ...{ ...untagged, MEMORY_TOO_LARGE: one },
  });
  expect(await said(await post({ maxResultBytes: 2 ** 27 }))).toEqual({
    ...{ ...untagged, RESULT_TOO_LARGE: one },
  });
  expect(await said(await post({ stakePerBatch: parseEther("2") }))).toEqual({
    ...{ ...untagged, STAKE_TOO_SMALL: one },
  });
  expect(await said(await post({ arbiter: jury, allowUndecidable: true }))).toEqual({
    ARBITER_NOT_READY: undefined,
    ARBITER_NOT_ACCEPTED: { workers: 2, of: 2 },
  });
  const refused = next(node, "job refused", ({ code }) => code === "TIME");
  const short = await post({ submitWindowSeconds: 5 });
  expect(await refused).toMatchObject({ jobId: short.jobId });
  expect(await said(short)).toEqual({ ...untagged, TIME_TOO_SHORT: one });

  // The same, of a job that is not posted.
  const { ASSAY_PRIVATE_KEY: _, ...env } = devEnvironment(chain, requester);
  const quote = () => callCli(["job", "quote", "--tasks", "2", "--reward", "2000wei"], env);
  let call = await quote();
  while (!call.stdout.includes("by 2 of 2")) call = await quote();
  expect(call).toMatchObject({ exitCode: 0 });
  expect(call.stdout).toMatch(/asked by workers .*ether least, .* by 2 of 2\n/);
  expect(call.stdout).toMatch(
    /would take it +0 of 2 workers that answered; refused: 1 \w+, 1 \w+\n/,
  );
});

test("a job whose contents nobody serves any more", async () => {
  const { spec, terms } = await post();
  const unknown = { ...spec, program: cidOf(Uint8Array.of(9, 9, 9)) };
  const { jobId } = await requester.market.postJob({
    ...{ terms: { ...terms, specHash: hashSpec(unknown) }, spec: unknown },
  });
  expect(await why(jobId)).toContain("PROGRAM_UNAVAILABLE");
});

test("a job that is being worked on, and one that is done", async () => {
  const node = await start();
  const claimed = next(node, "batch claimed");
  const submitted = next(node, "batch submitted");
  const { jobId } = await post({ program: slowEcho.wasm, inputs: numbered(60), batchSize: 60 });
  await claimed;
  expect(await why(jobId)).toEqual(["ALL_CLAIMED"]);
  await submitted;
  const settled = next(node, "batch settled");
  await chain.increaseTime(601);
  await settled;
  expect(await why(jobId)).toEqual(["JOB_DONE"]);
});

test("why, from a client without a place in the network, says that nobody was asked", async () => {
  const job = await requester.market.openJob(await post());
  expect((await job.why()).map(({ code }) => code)).toEqual(["WORKERS_NOT_ASKED"]);
});
