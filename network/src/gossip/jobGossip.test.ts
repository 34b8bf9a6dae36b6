import { encode } from "@ipld/dag-cbor";
import type { Libp2p } from "@libp2p/interface";
import { peerIdFromString } from "@libp2p/peer-id";
import { createLibp2p } from "libp2p";
import { afterEach, expect, test } from "vitest";
import { gossipSigner, TEST_MARKET } from "../../test/gossip.ts";
import { signedOffer } from "../../test/offers.ts";
import { type HostServices, hostOptions } from "../p2p/hostOptions.ts";
import { type HeardHint, type HeardOffer, type JobGossip, joinJobGossip } from "./jobGossip.ts";
import { encodeMessage, jobsTopic } from "./message.ts";
import { createOffenders, type Offenders } from "./offenders.ts";
import { createStandings } from "./standing.ts";

const topic = jobsTopic(TEST_MARKET.chainId, TEST_MARKET.marketplace);
const job = `0x${"ab".repeat(32)}` as const;
const hosts: Libp2p<HostServices>[] = [];

interface Host {
  libp2p: Libp2p<HostServices>;
  offenders: Offenders;
  heard: HeardHint[];
  offers: HeardOffer[];
  gossip: JobGossip | undefined;
}

/** @param isHonest - one that is not takes part without checking anything. */
async function host({ isHonest = true } = {}): Promise<Host> {
  const heard: HeardHint[] = [];
  const offers: HeardOffer[] = [];
  const offenders = createOffenders({
    onBan: (name) => void libp2p.hangUp(peerIdFromString(name)).catch(() => {}),
  });
  const libp2p = await createLibp2p(
    await hostOptions({
      ...{ network: "local", listen: ["/ip4/127.0.0.1/tcp/0"], isFirst: true, topic },
      judge: { score: offenders.score, isBanned: offenders.isBanned },
    }),
  );
  hosts.push(libp2p);
  const { pubsub } = libp2p.services;
  const standings = createStandings(undefined);
  const gossip = isHonest
    ? joinJobGossip(pubsub, {
        ...{ market: TEST_MARKET, signer: gossipSigner(), offenders, standings },
        delegation: () => undefined,
        onHint: (hint) => heard.push(hint),
        onOffer: (offer) => offers.push(offer),
      })
    : void pubsub.subscribe(topic);
  return { libp2p, offenders, heard, offers, gossip: gossip ?? undefined };
}

afterEach(async () => {
  await Promise.all(hosts.splice(0).map((h) => h.stop()));
});

function mesh({ libp2p }: Host): Promise<unknown> {
  return new Promise((resolve) => {
    libp2p.services.pubsub.addEventListener("gossipsub:graft", resolve, { once: true });
  });
}

/** A liar and an honest peer, who know each other only by way of a third. */
async function threeInARow() {
  const [liar, middle, far] = await Promise.all([host({ isHonest: false }), host(), host()]);
  const meshes = Promise.all([mesh(liar), mesh(far)]);
  await middle.libp2p.dial(liar.libp2p.getMultiaddrs());
  await middle.libp2p.dial(far.libp2p.getMultiaddrs());
  await meshes;
  const signer = gossipSigner();
  let sequence = 0;
  const message = (atMs = Date.now()) =>
    encodeMessage(
      topic,
      {
        ...{ sequence: ++sequence, atMs, delegation: undefined },
        body: { hints: [{ job, block: BigInt(sequence) }] },
      },
      signer,
    );
  const say = (data: Uint8Array) => liar.libp2p.services.pubsub.publish(topic, data);
  return { liar, middle, far, message, say };
}

test("what is no message, or too old, is neither heard nor passed on", async () => {
  const { middle, far, message, say } = await threeInARow();
  await say(message(Date.now() - 86_400_000));
  await say(new TextEncoder().encode("buy now"));
  await say(encode({ v: 2 }));
  await say(message());
  // Messages travel in order: once the good one is there, the others were dropped.
  await expect.poll(() => far.heard).toMatchObject([{ job, block: 2n }]);
  expect(middle.heard).toMatchObject([{ job, block: 2n }]);
  const counts = { accepted: 1, malformed: 2, stale: 1 };
  expect(middle.gossip?.admission.counts).toMatchObject(counts);
  expect(far.gossip?.admission.counts).toMatchObject({ accepted: 1, malformed: 0, stale: 0 });
});

test("who floods is cut off, and those it speaks to are heard as before", async () => {
  const { liar, middle, far, message, say } = await threeInARow();
  const name = liar.libp2p.peerId.toString();
  for (let i = 0; i < 20; i++) await say(Uint8Array.from([i]));
  await expect.poll(() => middle.offenders.isBanned(name)).toBe(true);
  const connections = () => middle.libp2p.getConnections(liar.libp2p.peerId).length;
  await expect.poll(connections).toBe(0);
  // It may come back to the door, and is turned away there.
  await liar.libp2p.dial(middle.libp2p.getMultiaddrs()).catch(() => {});
  await expect.poll(connections).toBe(0);
  await say(message()).catch(() => {});

  await middle.gossip?.announce({ job, block: 77n });
  await expect.poll(() => far.heard).toMatchObject([{ block: 77n }]);
  expect(far.offenders.isBanned(middle.libp2p.peerId.toString())).toBe(false);
});

test("peers hear who is there, with what it offers, and of changes", async () => {
  const { middle, far } = await threeInARow();
  const presence = { roles: ["worker"], tags: ["gpu"], freeBatches: 4 };
  middle.gossip?.presences.tell(presence);
  await expect.poll(() => far.gossip?.presences.all).toMatchObject([presence]);
  middle.gossip?.presences.tell({ ...presence, freeBatches: 3 });
  await expect.poll(() => far.gossip?.presences.all).toMatchObject([{ freeBatches: 3 }]);
});

test("an offer is heard by everybody as it was signed, and by whom it was announced", async () => {
  const { middle, far } = await threeInARow();
  const offer = signedOffer({
    requester: TEST_MARKET.marketplace,
    signature: `0x${"5a".repeat(65)}`,
  });
  const { terms } = offer.offer;
  await far.gossip?.announceOffer(offer);
  await expect.poll(() => middle.offers).toHaveLength(1);
  const [heard] = middle.offers;
  // Accounts are spelled as on the wire.
  const requester = terms.requester.toLowerCase();
  expect(heard).toMatchObject({ signature: offer.signature, offer: { terms: { requester } } });
  expect(heard?.author.peerId).toMatch(/^12D3/);
});
