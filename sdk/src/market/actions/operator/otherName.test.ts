import { hashTypedData, recoverAddress, zeroAddress } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addressOf } from "../../../../../test/fixtures/disputes.ts";
import { startMarket, type TestMarket } from "../../../../../test/fixtures/market.ts";
import {
  cidOf,
  decodeCall,
  encodeCall,
  hashSpec,
  hashTerms,
  type JobSpec,
  type JobTerms,
  signedCallTypedData,
  toChainSpec,
} from "../../../index.ts";

let market: TestMarket;
beforeAll(async () => {
  market = await startMarket();
});
afterAll(() => market[Symbol.asyncDispose]());

const spec: JobSpec = {
  program: cidOf(new Uint8Array([2])),
  manifest: cidOf(new Uint8Array([3]), "dag-cbor"),
  inputRoot: `0x${"ab".repeat(32)}`,
  ...{ memoryPages: 16, maxResultBytes: 100, maxSteps: 10n ** 12n },
  machineRoot: `0x${"00".repeat(32)}`,
};

/** Of the requester's. */
async function termsOf(salt: bigint): Promise<JobTerms> {
  return {
    ...{ requester: addressOf(market.requester), token: zeroAddress, arbiter: zeroAddress },
    ...{ taskCount: 4, batchSize: 2, rewardPerTask: 1000n, stakePerBatch: 10n ** 15n, minScore: 0 },
    ...{ claimUntil: (await market.chain.now()) + 10_000, submitWindowSeconds: 100 },
    ...{ challengeWindowSeconds: 600, salt, specHash: hashSpec(spec) },
  };
}

test("an operator does what its rights say in an account's name, and nothing else", async () => {
  const { requester } = market;
  const [worker] = market.workers;
  const operator = market.client(9);
  const [account, name] = [addressOf(worker), addressOf(operator)];
  const terms = await termsOf(1n);
  const { jobId } = await requester.postJob({ terms, spec });
  const claim = encodeCall("claim", [terms, 0]);
  expect(await worker.getRights({ operator: name })).toEqual([]);
  await expect(operator.callFor({ account, data: claim })).rejects.toMatchObject({
    ...{ code: "Marketplace_NoRight", args: { account, operator: name, needed: 2n } },
    message: expect.stringContaining('the right "work"'),
  });

  await worker.setRights({ operator: name, rights: ["stake", "work"] });
  expect(await operator.getRights({ account, operator: name })).toEqual(["work", "stake"]);
  await operator.callFor({ account, data: claim });
  expect(await requester.getBatches({ jobId, count: 1 })).toMatchObject([
    { status: "claimed", worker: account },
  ]);
  const { stake } = await worker.getAccount();
  await operator.callFor({ account, data: encodeCall("deposit", []), value: 7n });
  expect((await worker.getAccount()).stake).toBe(stake + 7n);

  // What refuses the call itself is told as if the account had made it.
  await expect(operator.callFor({ account, data: claim })).rejects.toMatchObject({
    code: "Marketplace_WrongStatus",
  });
  const withdraw = encodeCall("withdrawStake", [name]);
  await expect(operator.callFor({ account, data: withdraw })).rejects.toMatchObject({
    ...{ code: "Marketplace_NoRight", args: { needed: 16n } },
  });
  const more = encodeCall("setRights", [name, 31n]);
  await expect(operator.callFor({ account, data: more })).rejects.toMatchObject({
    ...{ code: "Marketplace_NoRight", args: { needed: 0n } },
    message: expect.stringContaining("No operator can do this"),
  });

  await worker.setRights({ operator: name, rights: [] });
  const release = encodeCall("release", [terms, 0]);
  await expect(operator.callFor({ account, data: release })).rejects.toMatchObject({
    code: "Marketplace_NoRight",
  });
});

test("a call that was signed is brought by anybody, once, with the value that was signed", async () => {
  const { requester } = market;
  const sponsor = market.client(9);
  const account = addressOf(requester);
  const terms = await termsOf(2n);
  const data = encodeCall("post", [terms, toChainSpec(spec)]);
  const balance = await requester.public.getBalance({ address: account });
  const { call, signature } = await requester.signCall({ data, value: 4000n });
  expect(call).toMatchObject({ account, data, value: 4000n });
  expect(decodeCall(call.data)).toEqual({ functionName: "post", args: [terms, toChainSpec(spec)] });

  await expect(
    sponsor.callSigned({ call: { ...call, value: 4001n }, signature }),
  ).rejects.toMatchObject({ code: "Marketplace_WrongSignature", args: { account } });
  await sponsor.callSigned({ call, signature });
  const jobId = hashTerms(terms);
  expect(await requester.getJob({ jobId })).toEqual({ status: "posted", openTasks: 4 });
  expect(await requester.public.getBalance({ address: account })).toBe(balance);
  // One of the lowest 256, whose slot is the cheapest from the second call on.
  expect(call.nonce).toBeLessThan(256n);
  const bit = 1n << call.nonce;
  expect((await sponsor.getNonces({ account, word: 0n })) & bit).toBe(bit);
  await expect(sponsor.callSigned({ call, signature })).rejects.toMatchObject({
    ...{ code: "Marketplace_NonceUsed", args: { nonce: call.nonce } },
  });
});

test("a signature is good until its deadline, and for no nonce that was ruled out", async () => {
  const { requester, chain } = market;
  const sponsor = market.client(9);
  const data = encodeCall("setRights", [addressOf(sponsor), 1n]);
  const overdue = await requester.signCall({ data, deadline: BigInt(await chain.now()) - 1n });
  await expect(sponsor.callSigned(overdue)).rejects.toMatchObject({
    code: "Marketplace_SignatureExpired",
  });
  const ruledOut = await requester.signCall({ data, nonce: 513n });
  await requester.useNonces({ word: 2n, mask: 0b11n });
  expect(await requester.getNonces({ word: 2n })).toBe(0b11n);
  await expect(sponsor.callSigned(ruledOut)).rejects.toMatchObject({
    code: "Marketplace_NonceUsed",
  });
  // Default: an hour from the latest block.
  const signed = await requester.signCall({ data, nonce: 514n });
  expect(signed.call.deadline).toBe(BigInt(await chain.now()) + 3600n);
  await sponsor.callSigned(signed);
  expect(await requester.getRights({ operator: addressOf(sponsor) })).toEqual(["request"]);
});

test("rights and nonces are told as events", async () => {
  const client = market.client(8);
  const account = addressOf(client);
  const operator = addressOf(market.requester);
  const { blockNumber: fromBlock } = await client.setRights({
    ...{ operator, rights: ["request", "question", "payout"] },
  });
  const { blockNumber: toBlock } = await client.useNonces({ word: 5n, mask: 1n });
  expect(await client.getMarketEvents({ fromBlock, toBlock })).toMatchObject([
    { type: "rightsSet", account, operator, rights: ["request", "question", "payout"] },
    { type: "noncesUsed", account, word: 5n, mask: 1n },
  ]);
});

test("what is signed is EIP-712 data, as a wallet shows it", async () => {
  const client = market.client(8);
  const { marketplace, chain } = market.chain;
  const { call, signature } = await client.signCall({ data: encodeCall("deposit", []), value: 3n });
  const typed = signedCallTypedData({ marketplace, chainId: chain.id, call });
  expect(typed.domain).toEqual({
    ...{ name: "Assay Marketplace", version: "1", chainId: 31_337 },
    verifyingContract: marketplace,
  });
  expect(await recoverAddress({ hash: hashTypedData(typed), signature })).toBe(call.account);
});
