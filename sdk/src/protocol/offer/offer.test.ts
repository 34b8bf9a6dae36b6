import { encode } from "@ipld/dag-cbor";
import { hashTypedData, zeroAddress } from "viem";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../../../test/fixtures/random.ts";
import {
  type Award,
  awardDigest,
  awardFields,
  type BidderRecord,
  bidDigest,
  bidFields,
  cidOf,
  decodeStrictly,
  hashSpec,
  type JobSpec,
  type Offer,
  offerDigest,
  offerFields,
  readAward,
  readBid,
  readOffer,
  rewardAt,
  SELECTION_RULES,
  type SelectionRule,
  type SignedBid,
  selectWinner,
  WireError,
} from "../index.ts";

const offers = { chainId: 31_337, offers: `0x${"0f".repeat(20)}` } as const;
const spec: JobSpec = {
  program: cidOf(Uint8Array.of(1)),
  manifest: cidOf(Uint8Array.of(2), "dag-cbor"),
  ...{ inputRoot: `0x${"ab".repeat(32)}`, memoryPages: 64, maxResultBytes: 1_024 },
  ...{ maxSteps: 2n ** 64n - 1n, machineRoot: `0x${"ef".repeat(32)}` },
};
const offer: Offer = {
  terms: {
    ...{ requester: `0x${"a1".repeat(20)}`, token: zeroAddress, arbiter: zeroAddress },
    ...{ taskCount: 10, batchSize: 4, rewardPerTask: 0n, stakePerBatch: 3n, minScore: 4 },
    ...{ claimUntil: 2 ** 40 - 1, submitWindowSeconds: 60, challengeWindowSeconds: 5 },
    ...{ salt: 2n ** 64n - 1n, specHash: hashSpec(spec) },
  },
  ...{ minReward: 10n, maxReward: 2n ** 95n, rampFrom: 1_000, rampSeconds: 100 },
  ...{ takeUntil: 2_000, limit: 2n ** 256n - 1n, fee: 7n, selector: `0x${"a2".repeat(20)}` },
  ...{ awardUntil: 1_500, turnSeconds: 12, bidBond: 0n, nonce: 2n ** 255n },
};
const digest = offerDigest(offers, offer);
const worker = (i: number) => `0x${i.toString(16).padStart(40, "0")}` as const;
const signature = `0x${"5a".repeat(65)}` as const;

function bidOf(i: number, fields: Partial<SignedBid["bid"]> = {}): SignedBid {
  const bid = { offer: digest, worker: worker(i), reward: 20n, workSeconds: 9, goodUntil: 1_900 };
  return { bid: { ...bid, nonce: 1n, ...fields }, signature };
}
const award: Award = {
  ...{ offer: digest, firstBatch: 0, batchCount: 3, winner: worker(1), backup: worker(2) },
  ...{ reward: 20n, from: 1_100, bid: bidDigest(offers, bidOf(1).bid) },
};

describe("what is signed", () => {
  const field = (name: string, type: string) => ({ name, type });
  const domain = { name: "Assay Offers", version: "1", chainId: 31_337 };
  const common = { domain: { ...domain, verifyingContract: offers.offers } };
  const JobTerms = [
    ...["requester", "token", "arbiter"].map((name) => field(name, "address")),
    ...[field("taskCount", "uint32"), field("batchSize", "uint32")],
    ...[field("rewardPerTask", "uint96"), field("stakePerBatch", "uint96")],
    ...[field("minScore", "uint16"), field("claimUntil", "uint40")],
    ...[field("submitWindowSeconds", "uint32"), field("challengeWindowSeconds", "uint32")],
    ...[field("salt", "uint64"), field("specHash", "bytes32")],
  ];
  const Offer = [
    ...[field("terms", "JobTerms"), field("minReward", "uint96"), field("maxReward", "uint96")],
    ...[field("rampFrom", "uint40"), field("rampSeconds", "uint32"), field("takeUntil", "uint40")],
    ...[field("limit", "uint256"), field("fee", "uint96"), field("selector", "address")],
    ...[field("awardUntil", "uint40"), field("turnSeconds", "uint32")],
    ...[field("bidBond", "uint96"), field("nonce", "uint256")],
  ];
  const Bid = [
    ...[field("offer", "bytes32"), field("worker", "address"), field("reward", "uint96")],
    ...[field("workSeconds", "uint32"), field("goodUntil", "uint40"), field("nonce", "uint256")],
  ];
  const Award = [
    ...[field("offer", "bytes32"), field("firstBatch", "uint32"), field("batchCount", "uint32")],
    ...[field("winner", "address"), field("backup", "address"), field("reward", "uint96")],
    ...[field("from", "uint40"), field("bid", "bytes32")],
  ];

  test("has the digests that wallets compute", () => {
    expect(digest).toBe(
      hashTypedData({
        ...{ ...common, types: { Offer, JobTerms }, primaryType: "Offer" },
        message: { ...offer },
      }),
    );
    const { bid } = bidOf(1);
    expect(bidDigest(offers, bid)).toBe(
      hashTypedData({ ...common, types: { Bid }, primaryType: "Bid", message: { ...bid } }),
    );
    expect(awardDigest(offers, award)).toBe(
      hashTypedData({ ...common, types: { Award }, primaryType: "Award", message: { ...award } }),
    );
  });

  test("is another on another chain, or for another contract", () => {
    expect(offerDigest({ ...offers, chainId: 1 }, offer)).not.toBe(digest);
    expect(offerDigest({ ...offers, offers: zeroAddress }, offer)).not.toBe(digest);
    expect(() => offerDigest(offers, { ...offer, nonce: 2n ** 256n })).toThrow(RangeError);
  });
});

describe("messages", () => {
  const sent = (fields: unknown) => decodeStrictly(encode(fields));

  test("are read as they were written", () => {
    const read = readOffer(sent(offerFields({ offer, spec, signature })));
    expect(read).toEqual({ offer, spec, signature });
    expect(offerDigest(offers, read.offer)).toBe(digest);
    expect(readBid(sent(bidFields(bidOf(3))))).toEqual(bidOf(3));
    expect(readAward(sent(awardFields({ award, signature })))).toEqual({
      award,
      signature,
    });
  });

  test.each([
    ["a number with a zero in front", { nonce: "01" }],
    ["a number that does not fit", { reward: String(2n ** 96n) }],
    ["one below zero", { reward: "-1" }],
    ["seconds as text", { goodUntil: "1900" }],
    ["seconds past their type", { goodUntil: 2 ** 40 }],
    ["half an address", { worker: new Uint8Array(10) }],
    ["a field more", { more: 1 }],
    ["a field less", { nonce: undefined }],
  ])("with %s are refused", (_, change) => {
    const { bid, sig } = bidFields(bidOf(1));
    const changed = Object.entries({ ...bid, ...change }).filter(
      ([, value]) => value !== undefined,
    );
    expect(() => readBid({ bid: Object.fromEntries(changed), sig })).toThrow(WireError);
  });

  test("with a long signature, another spec's fields or a falling price are refused", () => {
    const fields = offerFields({ offer, spec, signature });
    const refused = [
      { ...fields, sig: new Uint8Array(2_049) },
      { ...fields, sig: new Uint8Array() },
      { ...fields, spec: { ...fields.spec, program: "x" } },
      { ...fields, offer: { ...fields.offer, minReward: String(2n ** 95n + 1n) } },
    ];
    for (const value of refused) expect(() => readOffer(value)).toThrow(WireError);
  });
});

test("the price rises evenly, from the least to the most", () => {
  const ramp = { minReward: 10n, maxReward: 111n, rampFrom: 1_000, rampSeconds: 100 };
  const at = [0, 1_000, 1_001, 1_050, 1_099, 1_100, 5_000].map((second) => rewardAt(ramp, second));
  expect(at).toEqual([10n, 10n, 11n, 60n, 109n, 111n, 111n]);
  expect(rewardAt({ ...ramp, rampSeconds: 0 }, 1_001)).toBe(111n);
});

describe("the winner", () => {
  const record: BidderRecord = { score: 5_000, free: 3n };
  const records = new Map(Array.from({ length: 40 }, (_, i) => [worker(i).toLowerCase(), record]));
  const of = { offers, offer, records, from: 1_100 } as const;
  const found = (bids: SignedBid[], rule: SelectionRule = "lowestPrice", more = {}) => {
    const { winner, backup } = selectWinner({ ...of, bids, rule, ...more }) ?? {};
    return [winner?.bid, backup?.bid];
  };

  test("is the cheapest, the fastest, or the cheapest after reputation; the backup is somebody else", () => {
    const cheap = bidOf(1, { reward: 15n, workSeconds: 50 });
    const cheaper = bidOf(1, { reward: 14n, workSeconds: 50 });
    const fast = bidOf(2, { reward: 30n, workSeconds: 5 });
    const known = bidOf(3, { reward: 20n });
    const bids = [cheap, cheaper, fast, known];
    expect(found(bids)).toEqual([cheaper.bid, known.bid]);
    expect(found(bids, "fastest")).toEqual([fast.bid, known.bid]);
    const scored = new Map([...records, [worker(3), { score: 10_000, free: 3n }]]);
    // 14 at one and a half times the weight is less than 20 at twice; 14 at once is more.
    const weighed = found(bids, "weightedByReputation", { records: scored });
    expect(weighed).toEqual([cheaper.bid, known.bid]);
    const richer = new Map([...scored, [worker(1), { score: 4, free: 3n }]]);
    expect(found(bids, "weightedByReputation", { records: richer })).toEqual([
      known.bid,
      cheaper.bid,
    ]);
  });

  test.each([
    ["is for another offer", { offer: award.bid }],
    ["asks for less than the least", { reward: 9n }],
    ["asks for more than the most", { reward: 2n ** 95n + 1n }],
    ["ends before the turn", { goodUntil: 1_099 }],
    ["needs longer than the time to submit", { workSeconds: 61 }],
    ["is of somebody unknown", { worker: worker(99) }],
  ])("is no bid that %s", (_, fields) => {
    expect(found([bidOf(1, fields)])).toEqual([undefined, undefined]);
    expect(found([bidOf(1)])).toEqual([bidOf(1).bid, undefined]);
  });

  test("has the stake and the score for a batch, and keeps the job within its limit", () => {
    for (const poor of [
      { score: 3, free: 3n },
      { score: 5_000, free: 2n },
    ]) {
      expect(found([bidOf(1)], "fastest", { records: new Map([[worker(1), poor]]) })).toEqual([
        undefined,
        undefined,
      ]);
    }
    const narrow = { ...offer, limit: 206n };
    const asked = (reward: bigint) => bidOf(1, { reward, offer: offerDigest(offers, narrow) });
    expect(found([asked(20n)], "lowestPrice", { offer: narrow })).toEqual([undefined, undefined]);
    expect(found([asked(19n)], "lowestPrice", { offer: narrow })[0]).toEqual(asked(19n).bid);
  });

  test("is the same in whichever order the bids came, and a nonce buys no tie", () => {
    const random = seededRandom();
    process.stdout.write(`SEED=${random.seed}\n`);
    for (let round = 0; round < 200; round++) {
      const bids = Array.from({ length: 1 + random.below(30) }, () =>
        bidOf(random.below(40), {
          reward: 10n + BigInt(random.below(3)),
          workSeconds: random.below(3),
          nonce: BigInt(random.below(5)),
        }),
      );
      const rule = SELECTION_RULES[random.below(3)] ?? "fastest";
      const first = found(bids, rule);
      const shuffled = bids
        .map((bid) => ({ bid, at: random.below(2 ** 30) }))
        .sort((a, b) => a.at - b.at)
        .map(({ bid }) => bid);
      expect(found(shuffled, rule)).toEqual(first);
      const renumbered = bids.map(({ bid, signature }) => {
        return { bid: { ...bid, nonce: bid.nonce + 77n }, signature };
      });
      expect(found(renumbered, rule).map((bid) => bid?.worker)).toEqual(
        first.map((bid) => bid?.worker),
      );
    }
  });
});
