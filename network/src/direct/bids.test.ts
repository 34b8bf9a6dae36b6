import { bidDigest, type SignedBid } from "@assay/sdk";
import { type Address, type Hex, zeroAddress } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterEach, describe, expect, test } from "vitest";
import { type DirectHost, directHosts } from "../../test/directHosts.ts";
import { signedDelegation } from "../../test/gossip.ts";
import { awardBy, bidBy, offerBy, TEST_OFFERS } from "../../test/offers.ts";
import {
  type AwardNews,
  isAwardBy,
  isOfferSigned,
  openBidDesk,
  sendBid,
  serveAwards,
} from "./bids.ts";

const { host, stopAll } = directHosts();
afterEach(stopAll);

/** A host that speaks for an account of its own. */
async function party() {
  const privateKey = generatePrivateKey();
  const account = privateKeyToAccount(privateKey);
  const node = await host(async (signer) => {
    return (await signedDelegation(signer, { privateKey })).delegation;
  });
  return { ...node, account, privateKey };
}

type Party = Awaited<ReturnType<typeof party>>;

/** A requester that takes bids for one offer, and workers that know where it is. */
async function market(workers: number) {
  const [requester, ...others] = (await Promise.all(
    Array.from({ length: 1 + workers }, party),
  )) as [Party, ...Party[]];
  for (const { libp2p } of others) await libp2p.dial(requester.libp2p.getMultiaddrs());
  const desk = openBidDesk({ direct: requester.direct, offers: TEST_OFFERS });
  const signed = await offerBy(requester.account, requester.privateKey);
  const digest = desk.open(signed.offer);
  const bid = (worker: Party, fields = {}) =>
    bidBy(worker.account, worker.privateKey, { offer: digest, ...fields });
  const send = (from: DirectHost, bid: SignedBid) => sendBid(from.direct, requester.name, bid);
  return { requester, others, desk, signed, digest, bid, send };
}

describe("a bid", () => {
  test("is taken once, however often it comes", async () => {
    const { desk, digest, bid, send, others } = await market(1);
    const [worker] = others as [Party];
    const signed = await bid(worker);
    expect(await send(worker, signed)).toBeUndefined();
    expect(await send(worker, signed)).toBeUndefined();
    expect(desk.bids(digest)).toEqual([{ ...signed, peerId: worker.name }]);
  });

  test("is refused if it is another's, not signed, for another offer, or beside the prices", async () => {
    const { desk, digest, bid, send, others } = await market(2);
    const [worker, copier] = others as [Party, Party];
    const signed = await bid(worker);
    const refused = { code: "PEER_REFUSED", reason: "bad request" };
    await expect(send(copier, signed)).rejects.toMatchObject(refused);
    // In its own name, with the other's signature.
    const name = copier.account.address.toLowerCase() as Address;
    const renamed = { ...signed, bid: { ...signed.bid, worker: name } };
    await expect(send(copier, renamed)).rejects.toMatchObject(refused);
    const cheaper = { ...signed, bid: { ...signed.bid, reward: 11n } };
    await expect(send(worker, cheaper)).rejects.toMatchObject(refused);
    for (const fields of [
      { reward: 9n },
      { reward: 101n },
      { offer: `0x${"00".repeat(32)}` as Hex },
    ]) {
      await expect(send(worker, await bid(worker, fields))).rejects.toMatchObject(refused);
    }
    // Whoever signs as another may also turn a signature over: contracts take one of the two alone.
    const { signature } = signed;
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const high = (order - BigInt(`0x${signature.slice(66, 130)}`)).toString(16).padStart(64, "0");
    const v = signature.endsWith("1b") ? "1c" : "1b";
    const turned = `${signature.slice(0, 66)}${high}${v}` as Hex;
    await expect(send(worker, { ...signed, signature: turned })).rejects.toMatchObject(refused);
    expect(desk.bids(digest)).toEqual([]);
  });

  test("may be one of eight of its worker, and others have room all the same", async () => {
    const { desk, digest, bid, send, others } = await market(2);
    const [greedy, other] = others as [Party, Party];
    for (let nonce = 1n; nonce <= 8n; nonce++) await send(greedy, await bid(greedy, { nonce }));
    await expect(send(greedy, await bid(greedy, { nonce: 9n }))).rejects.toMatchObject({
      code: "PEER_REFUSED",
    });
    await send(other, await bid(other));
    expect(desk.bids(digest).length).toBe(9);
  });

  test("for an offer that was closed is refused", async () => {
    const { desk, digest, bid, send, others } = await market(1);
    const [worker] = others as [Party];
    desk.close(digest);
    await expect(send(worker, await bid(worker))).rejects.toMatchObject({ code: "PEER_REFUSED" });
  });
});

test("all that bid are told who has won, and who was away is told when it asks", async () => {
  const { requester, others, desk, signed, digest, bid, send } = await market(3);
  const [winner, backup, away] = others as [Party, Party, Party];
  const heard: [string, AwardNews][] = [];
  for (const one of [winner, backup]) {
    serveAwards(one.direct, (news) => void heard.push([one.name, news]));
  }
  const bids = await Promise.all(others.map((one) => bid(one)));
  for (const [i, one] of others.entries()) await send(one, bids[i] as SignedBid);
  const award = await awardBy(requester.privateKey, {
    ...{ offer: digest, firstBatch: 0, batchCount: 1, reward: 20n, from: 1_000 },
    winner: winner.account.address.toLowerCase() as Address,
    backup: backup.account.address.toLowerCase() as Address,
    bid: bidDigest(TEST_OFFERS, (bids[0] as SignedBid).bid),
  });
  const news = { ...award, winnerPeer: winner.name, backupPeer: backup.name };
  expect((await desk.award(news)).toSorted()).toEqual([winner.name, backup.name].toSorted());
  expect(heard.toSorted()).toEqual(
    [
      [winner.name, news],
      [backup.name, news],
    ].toSorted(),
  );
  expect(await send(away, bids[2] as SignedBid)).toEqual(news);
  // It is too late for a better bid.
  expect(await send(away, await bid(away, { reward: 10n, nonce: 2n }))).toEqual(news);
  expect(desk.bids(digest).length).toBe(3);

  expect(isOfferSigned(TEST_OFFERS, signed)).toBe(true);
  expect(isOfferSigned({ ...TEST_OFFERS, chainId: 1 }, signed)).toBe(false);
  expect(isAwardBy(TEST_OFFERS, signed.offer, award)).toBe(true);
  const selector = winner.account.address;
  expect(isAwardBy(TEST_OFFERS, { ...signed.offer, selector }, award)).toBe(false);
  expect(isAwardBy(TEST_OFFERS, { ...signed.offer, selector: zeroAddress }, award)).toBe(false);
});

test("an answer that is none is no award", async () => {
  const { requester, others, bid } = await market(1);
  const [worker] = others as [Party];
  requester.direct.serve("bid", () => ({ award: { winner: "x" } }));
  await expect(sendBid(worker.direct, requester.name, await bid(worker))).rejects.toThrow();
  requester.direct.serve("bid", () => null);
  await expect(sendBid(worker.direct, requester.name, await bid(worker))).rejects.toThrow("answer");
});
