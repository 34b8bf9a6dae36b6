import { type Hex, keccak256, stringToHex, zeroAddress } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startMarket, type TestMarket } from "../../../../../test/fixtures/market.ts";
import {
  addBond,
  cancelOffers,
  cidOf,
  claimAwarded,
  claimAwardedCall,
  encodeCall,
  fulfilOffer,
  getBond,
  getOfferNonces,
  getResumption,
  hashSpec,
  type JobSpec,
  type MarketClient,
  type Offer,
  offerDigest,
  postOffer,
  relayCalls,
  resumeOffer,
  settleMany,
  signAward,
  signOffer,
  takeOffer,
  withdrawBond,
} from "../../../index.ts";

const REWARD = 10n ** 12n;
const spec: JobSpec = {
  program: cidOf(stringToBytes("program")),
  manifest: cidOf(stringToBytes("manifest"), "dag-cbor"),
  inputRoot: keccak256(stringToHex("inputs")),
  memoryPages: 16,
  maxResultBytes: 1024,
  maxSteps: 1_000_000n,
  machineRoot: keccak256("0x"),
};

function stringToBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

let market: TestMarket;
let requester: MarketClient;
let worker: MarketClient;
let backup: MarketClient;
let relayer: MarketClient;
let offers: Hex;
let now: number;
beforeAll(async () => {
  market = await startMarket();
  offers = await market.chain.deployOffers();
  [requester, worker, backup, relayer] = ([1, 2, 3, 4] as const).map((index) =>
    market.client(index, { offers }),
  ) as [MarketClient, MarketClient, MarketClient, MarketClient];
  await requester.setRights({ operator: offers, rights: ["request"] });
  await requester.addCredit({ amount: 1000n * REWARD });
  now = await market.chain.now();
});
afterAll(() => market[Symbol.asyncDispose]());

let salt = 0n;
function offerOf(changes: Partial<Offer> = {}): Offer {
  const account = requester.wallet?.account.address ?? zeroAddress;
  salt += 1n;
  return {
    terms: {
      ...{ requester: account, token: zeroAddress, arbiter: zeroAddress, taskCount: 1 },
      ...{ batchSize: 1, rewardPerTask: 0n, stakePerBatch: 10n ** 15n, minScore: 0, salt },
      ...{ claimUntil: now + 86_400, submitWindowSeconds: 3600, challengeWindowSeconds: 600 },
      specHash: hashSpec(spec),
    },
    ...{ minReward: REWARD, maxReward: REWARD, rampFrom: now, rampSeconds: 3600 },
    ...{ takeUntil: now + 50_000, limit: 10n * REWARD, fee: 0n, selector: zeroAddress },
    ...{ awardUntil: 0, turnSeconds: 0, bidBond: 0n, nonce: salt, ...changes },
  };
}

const domain = () => ({ offers, chainId: market.chain.chain.id });

test("an offer is taken, or fulfilled at once; many are settled together", async () => {
  const rising = await signOffer(requester, { offer: offerOf({ maxReward: 2n * REWARD }) });
  const taken = await takeOffer(worker, { ...rising, spec });
  expect(taken.terms.rewardPerTask).toBeGreaterThanOrEqual(REWARD);
  expect(taken.deadline).toBeGreaterThan(now);

  const done = [];
  for (let i = 0; i < 2; i++) {
    const signed = await signOffer(requester, { offer: offerOf() });
    const work = {
      resultRoot: keccak256(stringToHex(`${i}`)),
      results: cidOf(stringToBytes(`${i}`), "dag-cbor"),
    };
    done.push(await fulfilOffer(worker, { ...signed, spec, ...work }));
  }
  const [batch] = await worker.getBatches({ jobId: done[0]?.jobId ?? "0x", first: 0, count: 1 });
  expect(batch?.status).toBe("submitted");
  await market.chain.increaseTime(601);
  const batches = [...done, taken].map(({ terms }) => ({ terms, batch: 0 }));
  expect((await settleMany(relayer, { batches })).settled).toBe(2);
});

test("a job that came back is had again at a higher price", async () => {
  const offer = offerOf({ maxReward: 9n * REWARD });
  const signed = await signOffer(requester, { offer });
  const { terms } = await takeOffer(worker, { ...signed, spec, reward: REWARD });
  await worker.release({ terms, batch: 0 });
  await resumeOffer(relayer, { ...signed, terms });
  const digest = offerDigest(domain(), offer);
  expect(await getResumption(relayer, { offer: digest })).toMatchObject({ reward: REWARD });
  await market.chain.increaseTime(60);
  const again = await takeOffer(backup, { ...signed, spec, reward: REWARD + 1n });
  expect(again.terms.rewardPerTask).toBe(REWARD + 1n);
  expect(await getResumption(relayer, { offer: digest })).toBeUndefined();
});

test("an awarded offer is posted by a relayer, and claimed by its winner, through a relayer, too", async () => {
  const [winner, second] = [worker, backup].map(
    (one) => one.wallet?.account.address ?? zeroAddress,
  );
  const from = await market.chain.now();
  const offer = offerOf({
    ...{ selector: requester.wallet?.account.address ?? zeroAddress, fee: 5n },
    ...{ awardUntil: from + 10_000, turnSeconds: 600, maxReward: 3n * REWARD },
  });
  const signed = await signOffer(requester, { offer });
  const award = await signAward(requester, {
    award: {
      ...{ offer: offerDigest(domain(), offer), firstBatch: 0, batchCount: 1 },
      ...{ winner: winner ?? zeroAddress, backup: second ?? zeroAddress },
      ...{ reward: 2n * REWARD, from, bid: keccak256("0x") },
    },
  });
  const before = await relayer.getCredit();
  const { terms } = await postOffer(relayer, { ...signed, spec, award });
  expect(terms.rewardPerTask).toBe(2n * REWARD);
  expect(await relayer.getCredit()).toBe(before + 5n);
  await expect(claimAwarded(backup, { ...signed, award, batch: 0 })).rejects.toMatchObject({
    code: "Offers_NotYourTurn",
  });
  const { functionName, args } = claimAwardedCall({ ...signed, offers, award, batch: 0 });
  const signedCall = await worker.signCall({ data: encodeCall(functionName, args) });
  expect((await relayCalls(relayer, { calls: [signedCall] })).failed).toEqual([]);
  const again = await relayCalls(relayer, { calls: [signedCall] });
  expect(again.failed).toEqual([{ account: winner, nonce: signedCall.call.nonce }]);
});

test("offers are cancelled by their nonces", async () => {
  await cancelOffers(requester, { word: 5n, mask: 0b110n });
  expect(await getOfferNonces(requester, { word: 5n })).toEqual({ used: 0n, cancelled: 0b110n });
  const signed = await signOffer(requester, { offer: offerOf({ nonce: 5n * 128n + 1n }) });
  await expect(takeOffer(worker, { ...signed, spec })).rejects.toMatchObject({
    code: "Offers_NonceUsed",
  });
});

test("a bond is put down and taken back", async () => {
  await addBond(worker, { amount: 7n });
  expect(await getBond(worker)).toBe(7n);
  await expect(withdrawBond(worker, { amount: 8n })).rejects.toMatchObject({
    code: "Offers_InsufficientBond",
  });
  await withdrawBond(worker, { amount: 7n });
  expect(await getBond(worker)).toBe(0n);
});

test("a client that knows of no Offers says so", async () => {
  const { code } = await takeOffer(market.client(2), {
    ...(await signOffer(requester, { offer: offerOf() })),
    spec,
  }).catch((error) => error);
  expect(code).toBe("OFFERS_REQUIRED");
});
