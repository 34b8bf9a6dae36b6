import { join } from "node:path";
import type { AwardNews } from "@assay/network";
import {
  cidOf,
  hashSpec,
  hashTerms,
  type JobTerms,
  type Offer,
  offerDigest,
  type SignedBid,
  termsOfOffer,
} from "@assay/sdk";
import { zeroAddress, zeroHash } from "viem";
import { afterEach, expect, test } from "vitest";
import { startedThings, temporaryFolder } from "../../test/network.ts";
import { openNodeStore } from "./nodeStore.ts";
import { OFFER_EVENTS, OFFER_STATES, OFFER_TRANSITIONS } from "./offerState.ts";

const started = startedThings();
afterEach(() => started.end());

const spec = {
  ...{ program: cidOf(Uint8Array.of(1)), manifest: cidOf(Uint8Array.of(2), "dag-cbor") },
  ...{ memoryPages: 1, maxResultBytes: 1_024, maxSteps: 1_000n },
  ...{ inputRoot: zeroHash, machineRoot: zeroHash },
};
const address = `0x${"a1".repeat(20)}` as const;
const terms: JobTerms = {
  ...{ requester: address, token: zeroAddress, arbiter: zeroAddress, taskCount: 4, batchSize: 4 },
  ...{ rewardPerTask: 0n, stakePerBatch: 1n, minScore: 0, claimUntil: 2_000_000_000 },
  ...{ submitWindowSeconds: 60, challengeWindowSeconds: 60, salt: 1n, specHash: hashSpec(spec) },
};
const offer: Offer = {
  ...{ terms, minReward: 10n, maxReward: 100n, rampFrom: 0, rampSeconds: 0, takeUntil: 5_000 },
  ...{ limit: 1_000n, fee: 0n, selector: address, awardUntil: 4_000, turnSeconds: 12 },
  ...{ bidBond: 0n, nonce: 2n ** 250n },
};
const digest = offerDigest({ chainId: 1, offers: address }, offer);
const heard = { offer, spec, signature: "0x5a", digest, selectorPeer: "12D3" } as const;
const bid: SignedBid = {
  bid: {
    ...{ offer: digest, worker: address, reward: 2n ** 90n, workSeconds: 5, goodUntil: 9 },
    nonce: 2n ** 255n,
  },
  signature: "0xab",
};
const award: AwardNews = {
  award: {
    ...{ offer: digest, firstBatch: 0, batchCount: 1, winner: address, backup: zeroAddress },
    ...{ reward: 20n, from: 100, bid: zeroHash },
  },
  ...{ signature: "0xcd", winnerPeer: "12D3Win", backupPeer: undefined },
};

async function open(file?: string) {
  const path = file ?? join(await temporaryFolder(started), "node.sqlite");
  const identity = { chainId: 1, genesis: zeroHash, marketplace: address, account: address };
  return { path, store: openNodeStore(path, identity) };
}

test("an offer is there after a restart as it was signed, with bid and award", async () => {
  const { path, store } = await open();
  expect(store.addOffer(heard)).toBe(true);
  expect(store.addOffer({ ...heard, selectorPeer: "another" })).toBe(false);
  expect(store.moveOffer(digest, "bid", { taskMs: 1.5, asked: 2n ** 90n, bid })).toBe(true);
  expect(store.moveOffer(digest, "awarded", { award })).toBe(true);
  expect(store.moveOffer(digest, "bid")).toBe(false);
  store.close();
  const { store: again } = await open(path);
  const expected = {
    ...{ ...heard, state: "awarded", taskMs: 1.5, asked: 2n ** 90n, bid, award },
    reason: undefined,
  };
  expect(again.offer(digest)).toEqual(expected);
  expect(again.offers("awarded", "bid")).toEqual([expected]);
  expect(again.countOffers("bid")).toBe(0);
  again.close();
});

test("the offer of a job is found at any price, reserved or not", async () => {
  const { store } = await open();
  store.addOffer(heard);
  for (const isReserved of [true, false]) {
    const posted = termsOfOffer(offer, { reward: 77n, isReserved });
    expect(hashTerms(posted)).not.toBe(hashTerms(terms));
    expect(store.offerOf(posted)?.digest).toBe(digest);
  }
  expect(store.offerOf({ ...terms, salt: 2n })).toBeUndefined();
  store.close();
});

test("what is over is forgotten when it could not be taken any more, and nothing else", async () => {
  const { store } = await open();
  store.addOffer(heard);
  store.forgetOffers(9_999);
  expect(store.offer(digest)?.state).toBe("heard");
  store.moveOffer(digest, "over", { reason: "not for us" });
  store.forgetOffers(5_000);
  expect(store.offer(digest)).toMatchObject({ state: "over", reason: "not for us" });
  store.forgetOffers(5_001);
  expect(store.offer(digest)).toBeUndefined();
  store.close();
});

test("an offer: every state with every event", () => {
  // A row a state, a column an event; a dot is "stays where it is".
  const table = `
          bid     awarded opened  over
    heard bid     .       open    over
    bid   .       awarded open    over
    awarded .     .       .       over
    open  .       awarded .       over
    over  .       .       .       .`;
  const [head = "", ...rows] = table
    .trim()
    .split("\n")
    .map((row) => row.trim().split(/\s+/));
  expect(head).toEqual(OFFER_EVENTS);
  expect(rows.map(([state]) => state)).toEqual(OFFER_STATES);
  for (const [i, state] of OFFER_STATES.entries()) {
    for (const [j, event] of OFFER_EVENTS.entries()) {
      expect(OFFER_TRANSITIONS[state][event] ?? ".", `${state} on ${event}`).toBe(rows[i]?.[j + 1]);
    }
  }
});
