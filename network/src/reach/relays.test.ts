import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createPeer, type Peer, type PeerNetworkOptions } from "../peer.ts";

const running = new Set<Peer>();
const folders: string[] = [];

async function peer({
  dataDir,
  ...options
}: Partial<PeerNetworkOptions> & { dataDir?: string } = {}): Promise<Peer> {
  const created = await createPeer({
    ...(dataDir === undefined ? { memory: true } : { dataDir }),
    network: "local",
    ...options,
  });
  running.add(created);
  return created;
}

async function stop(stopped: Peer): Promise<void> {
  running.delete(stopped);
  await stopped.stop();
}

/** A relay that can be stopped and started again under the same name and address. */
async function lastingRelay(): Promise<{ address: string; start: () => Promise<Peer> }> {
  const dataDir = await mkdtemp(join(tmpdir(), "assay-relay-"));
  folders.push(dataDir);
  const once = await peer({ relay: true, dataDir });
  const [address = ""] = once.multiaddrs;
  await stop(once);
  const listen = [address.replace(/\/p2p\/.*/, "")];
  return { address, start: () => peer({ relay: true, dataDir, listen }) };
}

/** Gets a block that `hidden` alone has, as somebody who can reach it through its relays alone. */
async function expectServes(hidden: Peer, bootstrap: readonly string[]): Promise<void> {
  const bytes = crypto.getRandomValues(new Uint8Array(60_000));
  const cid = await hidden.content.put(bytes);
  await hidden.content.provide(cid);
  const seeker = await peer({ bootstrap });
  expect(await seeker.content.get(cid)).toEqual(bytes);
  await stop(seeker);
}

afterEach(async () => {
  vi.useRealTimers();
  await Promise.all([...running].map(stop));
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
});

describe("a named relay", () => {
  test("may be absent at the start and go away later: it is asked again each time", async () => {
    const first = await peer();
    const relay = await lastingRelay();
    const hidden = await peer({
      bootstrap: first.multiaddrs,
      listen: [`${relay.address}/p2p-circuit`],
    });
    expect(hidden.reachability).toMatchObject({ state: "unknown", relays: [] });
    expect(hidden.multiaddrs).toEqual([]);

    for (const _ of ["started late", "started again"]) {
      const started = await relay.start();
      const relayed = { state: "relayed", relays: [started.peerId] };
      await expect.poll(() => hidden.reachability).toEqual(relayed);
      expect(hidden.multiaddrs).toEqual([`${relay.address}/p2p-circuit/p2p/${hidden.peerId}`]);
      await expectServes(hidden, [...first.multiaddrs, relay.address]);
      await stop(started);
      await expect.poll(() => hidden.reachability.relays).toEqual([]);
      expect(hidden.multiaddrs).toEqual([]);
    }
  });

  test("is asked again while others are looked for in a network where nobody is yet", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "Date"] });
    const relay = await lastingRelay();
    const hidden = await peer({
      // Nothing listens there.
      bootstrap: ["/ip4/127.0.0.1/tcp/1"],
      listen: [`${relay.address}/p2p-circuit`, "/p2p-circuit"],
    });
    const started = await relay.start();
    const later = () => vi.advanceTimersByTime(16_000);
    await expect
      .poll(() => [later(), ...hidden.reachability.relays])
      .toContainEqual(started.peerId);
  });

  test("is held beside the addresses of the peer's own", async () => {
    const relay = await peer({ relay: true });
    const dialable = await peer({ relays: relay.multiaddrs });
    await expect.poll(() => dialable.reachability.relays).toEqual([relay.peerId]);
    expect(dialable.reachability.state).toBe("public");
    const announce = ["/dns4/node.example/tcp/4001"];
    const announcing = await peer({ relays: relay.multiaddrs, announce });
    await expect.poll(() => announcing.reachability.relays).toEqual([relay.peerId]);
    const own = `/p2p/${announcing.peerId}`;
    expect(announcing.multiaddrs).toEqual([
      `${announce[0]}${own}`,
      `${relay.multiaddrs[0]}/p2p-circuit${own}`,
    ]);
  });

  test("has to be named with its peer id", async () => {
    const listen = ["/ip4/127.0.0.1/tcp/4001/p2p-circuit"];
    await expect(peer({ listen })).rejects.toMatchObject({ code: "ADDRESS_MALFORMED" });
  });
});

describe("relays that are found", () => {
  test("two are held, and a lost one is replaced", async () => {
    const first = await peer();
    const bootstrap = first.multiaddrs;
    const relays = [
      await peer({ bootstrap, relay: true }),
      await peer({ bootstrap, relay: true }),
      await peer({ bootstrap, relay: true }),
    ];
    const ids = relays.map(({ peerId }) => peerId);
    const hidden = await peer({ bootstrap, listen: ["/p2p-circuit"] });
    await expect.poll(() => hidden.reachability.relays.length).toBe(2);
    expect(ids).toEqual(expect.arrayContaining([...hidden.reachability.relays]));
    expect(hidden.reachability.state).toBe("relayed");
    await expectServes(hidden, bootstrap);

    const lost = relays.find(({ peerId }) => hidden.reachability.relays.includes(peerId));
    if (lost === undefined) throw new Error("it holds one of them");
    await stop(lost);
    const left = ids.filter((id) => id !== lost.peerId).sort();
    await expect.poll(() => [...hidden.reachability.relays].sort()).toEqual(left);
    await expectServes(hidden, bootstrap);
  });

  test("are not looked for by a peer that others can dial", async () => {
    const relay = await peer({ relay: true });
    const dialable = await peer({ bootstrap: relay.multiaddrs });
    await expect.poll(() => dialable.connections).toBeGreaterThan(0);
    expect(dialable.reachability).toEqual({ state: "public", relays: [] });
  });
});
