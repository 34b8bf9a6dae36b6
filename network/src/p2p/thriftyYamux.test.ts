import type { Libp2p, Stream } from "@libp2p/interface";
import { noise } from "@libp2p/noise";
import { tcp } from "@libp2p/tcp";
import { lpStream } from "@libp2p/utils";
import { yamux } from "@libp2p/yamux";
import { createLibp2p } from "libp2p";
import { afterEach, expect, test } from "vitest";
import { seededRandom } from "../../../test/fixtures/random.ts";
import { thriftyYamux } from "./thriftyYamux.ts";

const PROTOCOL = "/test/echo";
const WINDOW_UPDATE = 1;
const hosts: Libp2p[] = [];

async function host(muxer: ReturnType<typeof yamux>): Promise<Libp2p> {
  const created = await createLibp2p({
    ...{ addresses: { listen: ["/ip4/127.0.0.1/tcp/0"] }, transports: [tcp()] },
    ...{ connectionEncrypters: [noise()], streamMuxers: [muxer] },
  });
  hosts.push(created);
  return created;
}

afterEach(async () => {
  await Promise.all(hosts.splice(0).map((h) => h.stop()));
});

/** Counts the window updates that a stream sends from now on. */
function updatesOf(stream: Stream): () => number {
  const inner = stream as unknown as {
    sendFrame(header: { type: number }, data: unknown): boolean;
  };
  const send = inner.sendFrame;
  let count = 0;
  inner.sendFrame = (header, data) => {
    if (header.type === WINDOW_UPDATE) count++;
    return send(header, data);
  };
  return () => count;
}

test.each([
  ["with its like", thriftyYamux],
  ["with js-libp2p's own", yamux],
])("everything arrives, %s, by few window updates", async (_, other) => {
  const [asker, echo] = await Promise.all([host(thriftyYamux()), host(other())]);
  await echo.handle(PROTOCOL, async (stream) => {
    const frames = lpStream(stream);
    for (;;) await frames.write(await frames.read());
  });
  const stream = await asker.dialProtocol(echo.getMultiaddrs(), PROTOCOL);
  const updates = updatesOf(stream);
  const frames = lpStream(stream);
  const random = seededRandom();
  const lengths = Array.from({ length: 500 }, () => 1 + random.below(200));
  for (const length of [...lengths, 1 << 20, 3 << 20, 100]) {
    const bytes = Buffer.alloc(length, random.bytes(61)); // a pattern that fits no window
    const [back] = await Promise.all([frames.read(), frames.write(bytes)]);
    expect(Buffer.from(back.subarray()).equals(bytes), `${length} bytes, seed ${random.seed}`).toBe(
      true,
    );
    if (length < 1_000) expect(updates()).toBeLessThanOrEqual(40);
  }
  // 4 MiB at half a window of 256 KiB at least.
  expect(updates()).toBeLessThanOrEqual(40);
});
