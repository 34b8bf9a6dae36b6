import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Connection, Libp2p, Stream } from "@libp2p/interface";
import { noise } from "@libp2p/noise";
import { tcp } from "@libp2p/tcp";
import { yamux } from "@libp2p/yamux";
import { multiaddr } from "@multiformats/multiaddr";
import { createLibp2p } from "libp2p";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BITSWAP, encodeWant } from "../../test/bitswapWire.ts";
import { createPeer, type Peer } from "../peer.ts";

// A peer that speaks bitswap as Kubo does: first "have you got it?", then "give it to me".

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
  await asker.handle(BITSWAP, async (stream: Stream) => {
    for await (const chunk of stream) answers.push(chunk.subarray());
  });
  connection = await asker.dial(multiaddr(server.multiaddrs[0] ?? ""));
});
afterAll(async () => {
  await asker?.stop();
  await server?.stop();
});

async function send(message: Uint8Array): Promise<void> {
  const stream = await connection.newStream(BITSWAP);
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
  await send(encodeWant(cid, "have"));
  await expect.poll(received).toBeGreaterThan(0);
  expect(received()).toBeLessThan(1_000);
  await sleep(pauseMs);
  await send(encodeWant(cid, "block"));
  await expect.poll(received).toBeGreaterThan(bytes.length);
});

test("a block that was lost on the way is sent again at once", async () => {
  const bytes = randomBytes(64 << 10);
  const cid = await server.content.put(bytes);
  answers.length = 0;
  for (const times of [1, 2, 3]) {
    await send(encodeWant(cid, "block"));
    await expect.poll(received).toBeGreaterThan(times * bytes.length);
  }
});
