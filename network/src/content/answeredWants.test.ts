import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Connection, Libp2p, Stream } from "@libp2p/interface";
import { noise } from "@libp2p/noise";
import { tcp } from "@libp2p/tcp";
import { yamux } from "@libp2p/yamux";
import { multiaddr } from "@multiformats/multiaddr";
import { createLibp2p } from "libp2p";
import type { CID } from "multiformats/cid";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createPeer, type Peer } from "../peer.ts";

// A peer that speaks bitswap as Kubo does: first "have you got it?", then "give it to me". Messages are encoded by hand, from
// https://specs.ipfs.tech/bitswap-protocol/, so that Helia's own idea of them is not asked.

const PROTOCOL = "/ipfs/bitswap/1.2.0";
const WANT_BLOCK = 0;
const WANT_HAVE = 1;

const varint = (value: number): number[] =>
  value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
const field = (number: number, bytes: Uint8Array | number[]) => [
  ...varint((number << 3) | 2),
  ...varint(bytes.length),
  ...bytes,
];
const number = (at: number, value: number) => [...varint(at << 3), ...varint(value)];

/** `Message { wantlist { entries { block, priority, wantType, sendDontHave } } }`, with its length before it. */
function want(cid: CID, type: number): Uint8Array {
  const entry = [...field(1, cid.bytes), ...number(2, 1), ...number(4, type), ...number(5, 1)];
  const message = field(1, field(1, entry));
  return Uint8Array.from([...varint(message.length), ...message]);
}

let server: Peer;
let asker: Libp2p;
let connection: Connection;
const answers: Uint8Array[] = [];

beforeAll(async () => {
  server = await createPeer({ memory: true, network: "local" });
  asker = await createLibp2p({
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
  });
  await asker.handle(PROTOCOL, async (stream: Stream) => {
    for await (const chunk of stream) answers.push(chunk.subarray());
  });
  connection = await asker.dial(multiaddr(server.multiaddrs[0] ?? ""));
});
afterAll(async () => {
  await asker?.stop();
  await server?.stop();
});

async function send(message: Uint8Array): Promise<void> {
  const stream = await connection.newStream(PROTOCOL);
  stream.send(message);
  await stream.close();
}

const received = () => answers.reduce((sum, chunk) => sum + chunk.length, 0);

test.each([
  ["in the same moment", 0],
  ["after the round trip of a distant peer", 300],
])("a block is sent to a peer that was told of it, and asks for it %s", async (_, pauseMs) => {
  const bytes = randomBytes(256 << 10);
  const cid = await server.content.put(bytes);
  answers.length = 0;
  await send(want(cid, WANT_HAVE));
  await expect.poll(received).toBeGreaterThan(0);
  expect(received()).toBeLessThan(1_000);
  await sleep(pauseMs);
  await send(want(cid, WANT_BLOCK));
  await expect.poll(received).toBeGreaterThan(bytes.length);
});

test("a block that was lost on the way is sent again at once", async () => {
  const bytes = randomBytes(64 << 10);
  const cid = await server.content.put(bytes);
  answers.length = 0;
  for (const times of [1, 2, 3]) {
    await send(want(cid, WANT_BLOCK));
    await expect.poll(received).toBeGreaterThan(times * bytes.length);
  }
});
