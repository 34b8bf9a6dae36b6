import { type Address, type Hex, zeroAddress } from "viem";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { localParameters } from "../../../../../test/fixtures/chain.ts";
import { addressOf } from "../../../../../test/fixtures/disputes.ts";
import { startMarket, type TestMarket, workBatch } from "../../../../../test/fixtures/market.ts";
import { compileTokens, deployToken, type TokenName } from "../../../../../test/fixtures/tokens.ts";
import { compileProgram } from "../../../compile/index.ts";
import type { SubmitJobParameters, SubmitJobProgress } from "../../../index.ts";

let market: TestMarket;
let program: Uint8Array;
let fresh: Hex;
beforeAll(async () => {
  const source = "export function main(input: Uint8Array): Uint8Array { return input; }";
  [market, program] = await Promise.all([
    startMarket(),
    compileProgram({ source, memoryPages: 2 }),
    compileTokens(),
  ]);
  fresh = await market.chain.snapshot();
});
afterAll(() => market[Symbol.asyncDispose]());
beforeEach(async () => {
  await market.chain.revert(fresh);
  fresh = await market.chain.snapshot();
});

const code = (expected: string) => expect.objectContaining({ code: expected });

/** Two tasks in one batch, for an escrow of 200. */
const submit = (options: Partial<SubmitJobParameters>) =>
  market.requester.submitJob({
    ...{ program, inputs: [new Uint8Array([1]), new Uint8Array([2])], rewardPerTask: 100n },
    batchSize: 2,
    ...options,
  });

/** The functions that the requester's transactions since a block called, and of whom. */
async function sentSince(block: bigint): Promise<(string | null)[]> {
  const { public: reader } = market.requester;
  const latest = await reader.getBlockNumber({ cacheTime: 0 });
  const sent: (string | null)[] = [];
  for (let blockNumber = block + 1n; blockNumber <= latest; blockNumber++) {
    const { transactions } = await reader.getBlock({ blockNumber, includeTransactions: true });
    for (const { to } of transactions) sent.push(to);
  }
  return sent;
}

describe("a job that is paid in tokens", () => {
  test.each<[TokenName, string]>([
    ["PlainToken", "a permit, of the domain that EIP-5267 tells"],
    ["VersionedToken", "a permit, of the version that the token tells"],
  ])("%s: is paid by %s, in one transaction", async (name) => {
    const token = await deployToken(market, name, 500n);
    const { requester, chain, workers } = market;
    const block = await requester.public.getBlockNumber({ cacheTime: 0 });
    const job = await submit({ token: token.address });
    expect(await sentSince(block)).toEqual([chain.marketplace]);
    expect(job.terms).toMatchObject({
      ...{ token: token.address, stakePerBatch: localParameters.minStakePerBatch },
    });
    const owner = addressOf(requester);
    expect(await token.balanceOf(owner)).toBe(300n);
    expect(await token.balanceOf(chain.marketplace)).toBe(200n);
    expect(await token.allowance(owner)).toBe(0n);

    const [worker] = workers;
    await workBatch(worker, job, 0);
    await chain.increaseTime(job.terms.challengeWindowSeconds);
    expect((await worker.settle({ terms: job.terms, batches: [0] })).paid).toBe(200n);
    const paid = { token: token.address };
    expect(await worker.getCredit(paid)).toBe(200n);
    expect((await worker.withdraw(paid)).amount).toBe(200n);
    expect(await token.balanceOf(addressOf(worker))).toBe(200n);
  });

  test.each<[TokenName, string]>([
    ["HostileToken", "has no permit"],
    ["AllOrNothingToken", "has permits of another form"],
    ["StrictToken", "takes a permit without a word"],
  ])("%s: is approved first, since it %s", async (name) => {
    const token = await deployToken(market, name, 500n);
    const { requester, chain } = market;
    const block = await requester.public.getBlockNumber({ cacheTime: 0 });
    await submit({ token: token.address });
    expect(await sentSince(block)).toEqual([token.address.toLowerCase(), chain.marketplace]);
    expect(await token.balanceOf(chain.marketplace)).toBe(200n);
    expect(await token.allowance(addressOf(requester))).toBe(0n);
  });

  test("an allowance that is there already is used", async () => {
    const token = await deployToken(market, "PlainToken", 500n);
    await token.approve(450n);
    const block = await market.requester.public.getBlockNumber({ cacheTime: 0 });
    await submit({ token: token.address });
    expect(await sentSince(block)).toEqual([market.chain.marketplace]);
    expect(await token.allowance(addressOf(market.requester))).toBe(250n);
  });

  test("an allowance that is too small is taken to zero where the token asks for it", async () => {
    const token = await deployToken(market, "StrictToken", 500n);
    const { chain, requester } = market;
    await token.approve(199n);
    const block = await requester.public.getBlockNumber({ cacheTime: 0 });
    await submit({ token: token.address });
    const approve = token.address.toLowerCase();
    expect(await sentSince(block)).toEqual([approve, approve, chain.marketplace]);
    expect(await token.balanceOf(chain.marketplace)).toBe(200n);
  });

  test("what cannot pay is refused before anything is stored or sent, with a name", async () => {
    const { requester, chain } = market;
    const poor = await deployToken(market, "PlainToken", 199n);
    const stored: SubmitJobProgress[] = [];
    const onProgress = (event: SubmitJobProgress) => stored.push(event);
    const block = await requester.public.getBlockNumber({ cacheTime: 0 });
    const needed = { needed: 200n, available: 199n, account: addressOf(requester) };
    await expect(submit({ token: poor.address, onProgress })).rejects.toMatchObject({
      ...{ code: "INSUFFICIENT_TOKEN_BALANCE", token: poor.address, ...needed },
    });
    const nobody: Address = "0x00000000000000000000000000000000000000c0";
    for (const token of [nobody, chain.marketplace]) {
      await expect(submit({ token, onProgress })).rejects.toMatchObject({
        ...{ code: "TOKEN_NOT_FOUND", token },
      });
    }
    expect(stored).toEqual([]);
    expect(await sentSince(block)).toEqual([]);
  });

  test("a token that takes a fee of transfers, or moves nothing, is refused", async () => {
    const token = await deployToken(market, "HostileToken", 500n);
    const [feeOnTransfer, lying] = [3, 5];
    await token.behave(feeOnTransfer);
    await expect(submit({ token: token.address })).rejects.toMatchObject({
      ...{ code: "TOKEN_TAKES_FEE", token: token.address, sent: 200n, received: 198n },
    });
    await token.behave(lying);
    await expect(submit({ token: token.address })).rejects.toMatchObject({
      ...{ code: "TOKEN_TAKES_FEE", sent: 200n, received: 0n },
    });
    expect(await token.balanceOf(addressOf(market.requester))).toBe(500n);
  });

  test("runJob takes tokens too", async () => {
    const token = await deployToken(market, "PlainToken", 500n);
    const [worker] = market.workers;
    const requester = market.client(1, {
      announcer: {
        async announce({ job: jobId }) {
          await workBatch(worker, await worker.openJob({ jobId }), 0);
        },
      },
    });
    const inputs = [new Uint8Array([7])];
    const { job, results } = await requester.runJob({
      ...{ program, inputs, rewardPerTask: 3n, token: token.address },
    });
    expect(results).toMatchObject([{ position: 0, outcome: "ok", bytes: inputs[0] }]);
    expect(job.terms.token).toBe(token.address);
    expect(await token.balanceOf(market.chain.marketplace)).toBe(3n);
  });
});

describe("credit", () => {
  test("of coins pays for jobs, and what is left is withdrawn", async () => {
    const { requester, chain } = market;
    const account = addressOf(requester);
    const from = "credit" as const;
    await expect(submit({ from })).rejects.toMatchObject({
      code: "Marketplace_InsufficientCredit",
      args: { account, token: zeroAddress, credit: 0n, needed: 200n },
    });
    expect((await requester.addCredit({ amount: 250n })).amount).toBe(250n);
    const before = await requester.getBalance();
    const { jobId, terms } = await submit({ from });
    expect(await requester.getBalance()).toBe(before);
    expect(await requester.getCredit()).toBe(50n);
    expect(await requester.getJob({ jobId })).toEqual({ status: "posted", openTasks: 2 });
    expect((await requester.cancel({ terms })).refund).toBe(200n);
    expect((await requester.withdraw({ to: chain.accounts[9]?.address })).amount).toBe(250n);
  });

  test("of tokens is taken by an approval, and can be another's", async () => {
    const token = await deployToken(market, "HostileToken", 500n);
    const { requester, workers } = market;
    const account = addressOf(workers[0]);
    const given = { account, token: token.address };
    expect((await requester.addCredit({ ...given, amount: 300n })).amount).toBe(300n);
    expect(await requester.getCredit(given)).toBe(300n);
    const inputs = [new Uint8Array([1])];
    await workers[0].submitJob({
      ...{ program, inputs, rewardPerTask: 120n, token: token.address, from: "credit" },
    });
    expect(await requester.getCredit(given)).toBe(180n);
    expect((await workers[0].withdraw({ token: token.address })).amount).toBe(180n);

    // What arrives counts.
    const feeOnTransfer = 3;
    await token.behave(feeOnTransfer);
    expect((await requester.addCredit({ ...given, amount: 100n })).amount).toBe(99n);
    await expect(requester.addCredit({ amount: 0n })).rejects.toThrow(
      code("Marketplace_ZeroAmount"),
    );
    await expect(requester.addCredit({ ...given, amount: 101n })).rejects.toThrow(
      code("INSUFFICIENT_TOKEN_BALANCE"),
    );
  });
});

describe("a job whose arbiter could not decide a dispute", () => {
  test.each<[string, () => Promise<Address>]>([
    ["because it has no jurors", () => market.chain.deployJury()],
    ["because it is no contract", async () => "0x00000000000000000000000000000000000000a0"],
    ["because it is no arbiter", async () => market.chain.marketplace],
  ])("is not posted, %s", async (_, deploy) => {
    const arbiter = await deploy();
    const { requester } = market;
    const stored: SubmitJobProgress[] = [];
    const onProgress = (event: SubmitJobProgress) => stored.push(event);
    const block = await requester.public.getBlockNumber({ cacheTime: 0 });
    const refused = { code: "ARBITER_NOT_READY", retryable: true, arbiter };
    await expect(submit({ arbiter, onProgress })).rejects.toMatchObject(refused);
    expect(stored).toEqual([]);
    expect(await sentSince(block)).toEqual([]);

    const { terms, spec, jobId } = await submit({ arbiter, allowUndecidable: true });
    expect(terms.arbiter).toBe(arbiter);
    expect(await requester.getJob({ jobId })).toMatchObject({ status: "posted" });
    const again = { terms: { ...terms, salt: terms.salt ^ 1n }, spec };
    await expect(requester.postJob(again)).rejects.toMatchObject(refused);
    await requester.postJob({ ...again, allowUndecidable: true });
  });
});
