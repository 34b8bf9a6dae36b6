import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Libp2p } from "@libp2p/interface";
import { createLibp2p } from "libp2p";
import { afterEach, expect, test, vi } from "vitest";
import { createPeer } from "../peer.ts";
import { findService, serviceName } from "../reach/services.ts";
import { Bootstrap } from "./bootstrap.ts";
import { hostOptions } from "./hostOptions.ts";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (let end = ends.pop(); end !== undefined; end = ends.pop()) await end();
});

const ANYWHERE = "/ip4/127.0.0.1/tcp/0";
const SERVICE = serviceName("bootstrap", undefined);

async function host(listen: string, { isFirst = true } = {}): Promise<Libp2p> {
  const created = await createLibp2p(
    await hostOptions({ network: "local", listen: [listen], isFirst, topic: undefined }),
  );
  ends.push(() => created.stop());
  return created;
}

test("all hosts of a name are dialled, like those of a headless service", async () => {
  const first = await host(ANYWHERE);
  const port = /tcp\/(\d+)/.exec(String(first.getMultiaddrs()[0]))?.[1];
  const second = await host(`/ip4/127.0.0.2/tcp/${port}`);
  const seeker = await host(ANYWHERE);
  const bootstrap = new Bootstrap(seeker, {
    addresses: [`/dns4/peers.example/tcp/${port}`],
    names: {
      lookup: async () => ["127.0.0.1", "127.0.0.2", "127.0.0.3"],
      texts: async () => [],
    },
  });
  ends.push(() => bootstrap.stop());
  await bootstrap.ready;
  const ids = [first, second].map(({ peerId }) => peerId.toString());
  expect(seeker.getPeers().map(String).sort()).toEqual(ids.sort());
});

test("a peer that was met before is dialled again when no bootstrap address is known", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "assay-bootstrap-"));
  ends.push(() => rm(dataDir, { recursive: true }));
  const other = await createPeer({ memory: true, network: "local" });
  ends.push(() => other.stop());
  const before = await createPeer({ dataDir, network: "local", bootstrap: other.multiaddrs });
  await expect.poll(() => before.peers.map(({ peerId }) => peerId)).toContain(other.peerId);
  await before.stop();
  const after = await createPeer({ dataDir, network: "local" });
  ends.push(() => after.stop());
  await expect.poll(() => after.peers.map(({ peerId }) => peerId)).toContain(other.peerId);
});

test("a bootstrap peer that starts late is dialled while the DHT still waits for a first peer", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "Date"] });
  ends.push(() => vi.useRealTimers());
  // What is done now and then is due whenever this is called.
  const later = () => vi.advanceTimersByTime(16_000);
  const before = await host(ANYWHERE);
  const [address = ""] = before.getMultiaddrs().map((one) => `${one}`.replace(/\/p2p\/.*/, ""));
  await before.stop();
  const seeker = await host(ANYWHERE, { isFirst: false });
  const findPeers = vi.fn(({ signal }: { signal: AbortSignal }) =>
    findService(seeker.contentRouting, SERVICE, { self: seeker.peerId, signal }),
  );
  const bootstrap = new Bootstrap(seeker, { addresses: [address], findPeers });
  ends.push(() => bootstrap.stop());
  await expect.poll(() => [later(), findPeers.mock.calls.length]).toContain(1);
  const late = await host(address);
  await expect.poll(() => [later(), ...seeker.getPeers()].map(String)).toContain(`${late.peerId}`);
});
