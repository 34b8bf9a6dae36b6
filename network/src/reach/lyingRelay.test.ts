import { RELAY_V2_HOP_CODEC } from "@libp2p/circuit-relay-v2";
import type { Libp2p } from "@libp2p/interface";
import { lpStream } from "@libp2p/utils";
import { multiaddr } from "@multiformats/multiaddr";
import { createLibp2p } from "libp2p";
import { afterEach, expect, test } from "vitest";
import { hostOptions } from "../p2p/hostOptions.ts";
import { createPeer, type Peer } from "../peer.ts";

/** The name of a peer that is nowhere. */
const VICTIM = "12D3KooWGC6TvWhfapngX6wvJHMYvKpDMXPb3ZnCZ6dMoaMtimQ5";

const running: { stop(): void | Promise<void> }[] = [];
afterEach(() => Promise.all(running.splice(0).map((one) => one.stop())));

const varint = (value: number): number[] =>
  value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
const field = (at: number, bytes: Uint8Array) =>
  Buffer.concat([Uint8Array.from([(at << 3) | 2, ...varint(bytes.length)]), bytes]);

/** `HopMessage { type: STATUS, reservation { expire, addrs }, status: OK }` of circuit relay v2. */
function reservationAt(addresses: readonly string[]): Uint8Array {
  const expire = Uint8Array.from([1 << 3, ...varint(2_000_000_000)]);
  const all = addresses.map((address) => field(2, multiaddr(address).bytes));
  const reservation = field(3, Buffer.concat([expire, ...all]));
  return Buffer.concat([Uint8Array.of(1 << 3, 2), reservation, Uint8Array.of(5 << 3, 100)]);
}

/** A relay that grants every reservation, at addresses of its own choice. */
async function lyingRelay(addresses: (self: string) => string[]): Promise<Libp2p> {
  const listen = ["/ip4/127.0.0.1/tcp/0"];
  const options = { network: "local", listen, isFirst: true, topic: undefined } as const;
  const libp2p = await createLibp2p(await hostOptions(options));
  running.push(libp2p);
  await libp2p.handle(RELAY_V2_HOP_CODEC, async (stream) => {
    const frames = lpStream(stream);
    await frames.read();
    await frames.write(reservationAt(addresses(`${libp2p.peerId}`)));
    await stream.close();
  });
  return libp2p;
}

async function hiddenBehind(relay: Libp2p): Promise<Peer> {
  const listen = relay.getMultiaddrs().map((address) => `${address}/p2p-circuit`);
  const peer = await createPeer({ memory: true, network: "local", listen });
  running.push(peer);
  await expect.poll(() => peer.multiaddrs.length, { timeout: 60_000 }).toBeGreaterThan(0);
  return peer;
}

test("a relay that names a thousand addresses does not make a peer too long to be introduced", async () => {
  const relay = await lyingRelay(() =>
    Array.from({ length: 1_000 }, (_, i) => `/ip4/10.0.${i >> 8}.${i & 255}/tcp/4001`),
  );
  const peer = await hiddenBehind(relay);
  expect(peer.multiaddrs.length).toBeLessThanOrEqual(8);
  // Whoever meets it learns what it speaks.
  const met = Promise.withResolvers<string[]>();
  const third = await lyingRelay(() => []);
  third.addEventListener("peer:identify", ({ detail }) => {
    if (detail.peerId.toString() === peer.peerId) met.resolve(detail.protocols);
  });
  await peer.ping(`${third.getMultiaddrs()[0]}`, { signal: AbortSignal.timeout(60_000) });
  expect(await met.promise).toContain("/ipfs/ping/1.0.0");
});

test("a relay that names other peers, or ways through them, sends nobody there", async () => {
  const relay = await lyingRelay((self) => [
    `/ip4/10.1.1.1/tcp/1/p2p/${VICTIM}`,
    `/ip4/10.1.1.2/tcp/1/p2p/${VICTIM}/p2p-circuit/p2p/${self}`,
    `/ip4/10.1.1.3/tcp/1/p2p/${self}`,
  ]);
  const { multiaddrs } = await hiddenBehind(relay);
  expect(multiaddrs.join()).not.toContain(VICTIM);
  expect(multiaddrs.join()).toContain("/ip4/10.1.1.3/");
});
