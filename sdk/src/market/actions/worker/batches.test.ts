import { encodeAbiParameters, getAbiItem, keccak256, zeroAddress, zeroHash } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startMarket, type TestMarket } from "../../../../../test/fixtures/market.ts";
import {
  cidOf,
  hashSpec,
  hashTerms,
  type JobSpec,
  type JobTerms,
  marketplaceAbi,
  NotClaimerError,
  WrongStatusError,
} from "../../../index.ts";

let market: TestMarket;
beforeAll(async () => {
  market = await startMarket();
});
afterAll(() => market[Symbol.asyncDispose]());

const code = (expected: string) => expect.objectContaining({ code: expected });
const root = `0x${"ab".repeat(32)}` as const;
const results = cidOf(new Uint8Array([1]), "dag-cbor");

const spec: JobSpec = {
  program: cidOf(new Uint8Array([2])),
  manifest: cidOf(new Uint8Array([3]), "dag-cbor"),
  inputRoot: root,
  memoryPages: 16,
  maxResultBytes: 100,
  maxSteps: 10n ** 12n,
  machineRoot: zeroHash,
};

let salt = 0n;
async function termsOf(change: Partial<JobTerms> = {}): Promise<JobTerms> {
  return {
    requester: market.chain.accounts[1]?.address ?? zeroAddress,
    token: zeroAddress,
    arbiter: zeroAddress,
    taskCount: 10,
    batchSize: 4,
    rewardPerTask: 1000n,
    stakePerBatch: 10n ** 15n,
    minScore: 0,
    claimUntil: (await market.chain.now()) + 10_000,
    submitWindowSeconds: 100,
    challengeWindowSeconds: 600,
    salt: salt++,
    specHash: hashSpec(spec),
    ...change,
  };
}

describe("a job", () => {
  test("goes from posting to payment, and every step can be read", async () => {
    const { requester, workers, chain } = market;
    const [one, two] = workers;
    const worker = one.wallet?.account.address ?? zeroAddress;
    const terms = await termsOf();
    const balance = await requester.getBalance();

    const { jobId, blockNumber } = await requester.postJob({ terms, spec });
    expect(jobId).toBe(hashTerms(terms));
    expect(await requester.getJob({ jobId })).toEqual({ status: "posted", openTasks: 10 });
    expect(await requester.getBalance()).toBe(balance + 10_000n);

    const { deadline } = await one.claim({ terms, batch: 1 });
    expect(deadline).toBe((await chain.now()) + 100);
    const inquiry = {
      ...{
        round: 0,
        pending: 0,
        challenges: 0,
        demands: 0,
        frozenAt: 0,
        frozenSeconds: 0,
        fees: 0n,
      },
    };
    const open = { worker: zeroAddress, timestamp: 0, resultRoot: zeroHash, inquiry };
    expect(await requester.getBatches({ jobId, count: 3 })).toEqual([
      { ...open, batch: 0, status: "open" },
      { ...open, batch: 1, status: "claimed", worker, timestamp: deadline },
      { ...open, batch: 2, status: "open" },
    ]);
    expect(await one.getAccount()).toMatchObject({ locked: terms.stakePerBatch });
    await expect(requester.getSubmission({ jobId, batch: 1 })).rejects.toThrow(
      code("BATCH_NOT_SUBMITTED"),
    );

    const submitted = await one.submit({ jobId, batch: 1, resultRoot: root, results });
    expect(await requester.getSubmission({ jobId, batch: 1, fromBlock: blockNumber })).toEqual({
      worker,
      resultRoot: root,
      results,
      blockNumber: submitted.blockNumber,
    });

    await expect(two.settle({ terms, batches: [1] })).rejects.toThrow(
      code("Marketplace_ChallengeWindowOpen"),
    );
    await chain.increaseTime(600);
    expect((await two.settle({ terms, batches: [1] })).paid).toBe(4000n);
    expect((await two.settle({ terms, batches: [1] })).paid).toBe(0n);
    const [batch] = await requester.getBatches({ jobId, first: 1, count: 1 });
    expect(batch).toMatchObject({ batch: 1, status: "settled", worker, resultRoot: root });

    expect(await requester.getCredit({ account: worker })).toBe(4000n);
    expect((await one.withdraw()).amount).toBe(4000n);
    expect((await requester.cancel({ terms })).refund).toBe(6000n);
    expect(await requester.getJob({ jobId })).toEqual({ status: "cancelled", openTasks: 0 });
    expect((await requester.withdraw({ to: chain.accounts[9]?.address })).amount).toBe(6000n);
    expect(await one.getAccount()).toMatchObject({ locked: 0n, settledBatches: 1 });
  });

  test("an overdue batch is expired by anyone, who earns nothing by it", async () => {
    const [one, two] = market.workers;
    const terms = await termsOf();
    const { jobId } = await market.requester.postJob({ terms, spec });
    await one.claim({ terms, batch: 0 });
    await expect(two.expire({ terms, batch: 0 })).rejects.toThrow(
      expect.objectContaining({ code: "Marketplace_NotOverdue", retryable: true }),
    );
    await market.chain.increaseTime(101);
    await expect(one.submit({ jobId, batch: 0, resultRoot: root, results })).rejects.toThrow(
      code("Marketplace_Overdue"),
    );
    const before = await two.getCredit();
    expect(await two.expire({ terms, batch: 0 })).toMatchObject({
      worker: one.wallet?.account.address,
      penalty: terms.stakePerBatch / 5n,
    });
    expect(await two.getCredit()).toBe(before);
    expect((await one.getAccount()).expiredBatches).toBe(1);
  });

  test("is cancelled once, even when nothing of it is open", async () => {
    const [one] = market.workers;
    const { requester } = market;
    const terms = await termsOf({ taskCount: 4 });
    const { jobId } = await requester.postJob({ terms, spec });
    await one.claim({ terms, batch: 0 });
    const credit = await requester.getCredit();
    expect((await requester.cancel({ terms })).refund).toBe(0n);
    await expect(requester.cancel({ terms })).rejects.toThrow(code("Marketplace_Cancelled"));
    // What is given back later is refunded then.
    await one.release({ terms, batch: 0 });
    expect((await requester.getCredit()) - credit).toBe(4000n);
    expect(await requester.getBatches({ jobId, count: 1 })).toMatchObject([{ status: "void" }]);
  });

  test("getBatches reads more than one call can, at one block", async () => {
    const terms = await termsOf({ taskCount: 2500, batchSize: 1, rewardPerTask: 1n });
    const { jobId } = await market.requester.postJob({ terms, spec });
    await market.workers[0].claim({ terms, batch: 2100 });
    const batches = await market.requester.getBatches({ jobId, first: 10, count: 2490 });
    expect(batches).toHaveLength(2490);
    expect(batches.filter(({ status }) => status === "claimed")).toMatchObject([{ batch: 2100 }]);
  });
});

describe("what the Marketplace refuses", () => {
  test("is named, with the operands as fields", async () => {
    const [one, two] = market.workers;
    const terms = await termsOf();
    const { jobId } = await market.requester.postJob({ terms, spec });
    await one.claim({ terms, batch: 0 });

    const error = await two
      .submit({ jobId, batch: 0, resultRoot: root, results })
      .catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(NotClaimerError);
    expect(error).toMatchObject({
      code: "Marketplace_NotClaimer",
      args: {
        job: jobId,
        batch: 0,
        caller: two.wallet?.account.address,
        worker: one.wallet?.account.address,
      },
    });
    await expect(two.claim({ terms, batch: 0 })).rejects.toThrow(WrongStatusError);
    await expect(two.claim({ terms, batch: 3 })).rejects.toThrow(code("Marketplace_NoSuchBatch"));
    await expect(two.cancel({ terms })).rejects.toThrow(code("Marketplace_NotRequester"));
    await expect(market.requester.claim({ terms, batch: 1 })).rejects.toThrow(
      code("Marketplace_InsufficientStake"),
    );
    const zeroRoot = `0x${"00".repeat(32)}` as const;
    await expect(one.submit({ jobId, batch: 0, resultRoot: zeroRoot, results })).rejects.toThrow(
      code("Marketplace_ZeroResultRoot"),
    );
  });

  test.each<[string, Partial<JobTerms>]>([
    ["Marketplace_SpecMismatch", { specHash: root }],
    ["Marketplace_NotRequester", { requester: "0x00000000000000000000000000000000000000aa" }],
    ["Marketplace_OutOfBounds", { minScore: 10_001 }],
    ["Marketplace_OutOfBounds", { stakePerBatch: 1n }],
  ])("%s at posting", async (expected, change) => {
    const terms = await termsOf(change);
    await expect(market.requester.postJob({ terms, spec })).rejects.toThrow(code(expected));
  });

  test("a bound is told by its name", async () => {
    const terms = await termsOf({ challengeWindowSeconds: 1 });
    await expect(market.requester.postJob({ terms, spec })).rejects.toThrow(
      "challengeWindowSeconds is 1: this Marketplace admits 600 to 604800.",
    );
  });

  test("posting twice, and what was never posted", async () => {
    const terms = await termsOf();
    await market.requester.postJob({ terms, spec });
    await expect(market.requester.postJob({ terms, spec })).rejects.toThrow(
      code("Marketplace_AlreadyPosted"),
    );
    const unknown = await termsOf();
    await expect(market.workers[0].claim({ terms: unknown, batch: 0 })).rejects.toThrow(
      code("Marketplace_NotPosted"),
    );
    expect(await market.requester.getJob({ jobId: hashTerms(unknown) })).toEqual({
      status: "none",
      openTasks: 0,
    });
  });
});

describe("events", () => {
  test("tell the whole life of a job in order, and of it alone", async () => {
    const [one, two] = market.workers;
    const { requester, chain } = market;
    const worker = one.wallet?.account.address;
    const terms = await termsOf();
    const other = await termsOf();
    const { jobId, blockNumber } = await requester.postJob({ terms, spec });
    const otherJob = await requester.postJob({ terms: other, spec });
    await one.claim({ terms: other, batch: 0 });
    await one.claim({ terms, batch: 2 });
    await one.submit({ jobId, batch: 2, resultRoot: root, results });
    await one.claim({ terms, batch: 0 });
    await chain.increaseTime(600);
    await two.settle({ terms, batches: [2] });
    await two.expire({ terms, batch: 0 });
    await requester.cancel({ terms });
    await one.withdraw();
    const toBlock = await requester.public.getBlockNumber({ cacheTime: 0 });

    const events = await requester.getMarketEvents({ fromBlock: blockNumber, toBlock, jobId });
    const claimed = { type: "batchClaimed", jobId, worker };
    expect(events).toMatchObject([
      { type: "jobPosted", jobId, requester: terms.requester, terms, spec, blockNumber },
      { ...claimed, batch: 2 },
      { type: "batchSubmitted", jobId, batch: 2, worker, resultRoot: root, results },
      { ...claimed, batch: 0 },
      { type: "batchSettled", jobId, batch: 2, worker, reward: 2000n },
      { type: "batchExpired", jobId, batch: 0, worker, penalty: terms.stakePerBatch / 5n },
      { type: "jobCancelled", jobId, refund: 8000n },
    ]);

    const all = await requester.getMarketEvents({ fromBlock: blockNumber, toBlock });
    expect(all.map(({ type }) => type)).toEqual([
      "jobPosted",
      "jobPosted",
      ...["batchClaimed", "batchClaimed", "batchSubmitted", "batchClaimed"],
      ...["batchSettled", "batchExpired", "jobCancelled", "creditWithdrawn"],
    ]);

    const posted = await requester.getPostedJobs({ fromBlock: blockNumber, toBlock });
    expect(posted.map((job) => job.jobId)).toEqual([jobId, otherJob.jobId]);
    expect(posted[0]).toMatchObject({ terms, requester: terms.requester, blockNumber });
    expect(posted[0]?.spec.program.equals(spec.program)).toBe(true);
  });

  test("a job whose CIDs nobody could fetch is left out", async () => {
    const { requester } = market;
    const chainSpec = {
      ...spec,
      // sha3-256: a well-formed CID for the chain, and none that a node can check.
      program: { prefix: "0x01551620", digest: root },
      manifest: { prefix: "0x01711e20", digest: root },
    } as const;
    const { inputs } = getAbiItem({ abi: marketplaceAbi, name: "post" });
    const specHash = keccak256(encodeAbiParameters([inputs[1]], [chainSpec]));
    const terms = await termsOf({ specHash });
    const hash = await requester.wallet?.writeContract({
      address: requester.marketplace,
      abi: marketplaceAbi,
      functionName: "post",
      args: [terms, chainSpec],
      value: 10_000n,
    });
    const { blockNumber } = await requester.public.waitForTransactionReceipt({
      hash: hash ?? "0x",
    });
    const range = { fromBlock: blockNumber, toBlock: blockNumber };
    expect(await requester.getJob({ jobId: hashTerms(terms) })).toMatchObject({ status: "posted" });
    expect(await requester.getPostedJobs(range)).toEqual([]);
    expect(await requester.getMarketEvents(range)).toEqual([]);
  });
});
