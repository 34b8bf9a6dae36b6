import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cidOf, getBytes, type JobHint, putBytes } from "@assay/sdk";
import { afterEach, describe, expect, test } from "vitest";
import { createPeer, type Peer, type PeerNetworkOptions } from "./peer.ts";

const marketplace = "0x00000000000000000000000000000000000000A5";
const running: Peer[] = [];
const folders: string[] = [];

async function peer({
  dataDir,
  ...options
}: Partial<PeerNetworkOptions> & { dataDir?: string } = {}): Promise<Peer> {
  const created = await createPeer({
    ...(dataDir === undefined ? { memory: true } : { dataDir }),
    ...{ network: "local", chainId: 31_337, marketplace },
    ...options,
  });
  running.push(created);
  return created;
}

/** A first peer, and two that know of it alone. */
async function threePeers(onHint?: (hint: JobHint) => void) {
  const first = await peer();
  const provider = await peer({ bootstrap: first.multiaddrs });
  const seeker = await peer({ bootstrap: first.multiaddrs, onHint });
  return { first, provider, seeker };
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((p) => p.stop()));
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
});

const blockOf = (seed: number, length: number) =>
  Uint8Array.from({ length }, (_, i) => (seed * 31 + i * 7) & 0xff);

describe("content", () => {
  test("is found through the DHT and fetched by bitswap from a peer that was never dialled", async () => {
    const { provider, seeker } = await threePeers();
    const bytes = blockOf(1, 1_000);
    const cid = await provider.content.put(bytes);
    await provider.content.provide(cid);
    expect(await seeker.content.get(cid)).toEqual(bytes);
    // It is kept: the provider may go.
    await provider.stop();
    expect(await seeker.content.get(cid)).toEqual(bytes);
  });

  test("children come from the providers of their root", async () => {
    const { provider, seeker } = await threePeers();
    const children = Array.from({ length: 1_500 }, (_, i) => blockOf(i, 600 + i));
    const cids = await Promise.all(children.map((bytes) => provider.content.put(bytes)));
    const large = blockOf(5, 3 * (1 << 20) + 17);
    const root = await putBytes(provider.content, large);
    await provider.content.provide(root);

    const session = seeker.content.session(root);
    expect(await getBytes(session, root, { maxBytes: 1 << 23 })).toEqual(large);
    const fetched = await Promise.all(cids.map((cid) => session.get(cid)));
    expect(fetched).toEqual(children);
  });

  test("that is provided later is found by a search that began before", async () => {
    const { provider, seeker } = await threePeers();
    const bytes = blockOf(2, 100);
    const cid = cidOf(bytes);
    const found = seeker.content.get(cid);
    await provider.content.put(bytes);
    await provider.content.provide(cid);
    expect(await found).toEqual(bytes);
  });

  test("that nobody has is not found when the time is up, and an abort is an abort", async () => {
    const { seeker } = await threePeers();
    const cid = cidOf(blockOf(3, 10));
    await expect(
      seeker.content.get(cid, { signal: AbortSignal.timeout(500) }),
    ).rejects.toMatchObject({ code: "CONTENT_NOT_FOUND" });
    const controller = new AbortController();
    const stopped = seeker.content.get(cid, { signal: controller.signal });
    controller.abort(new Error("not needed any more"));
    await expect(stopped).rejects.toThrow("not needed any more");
  });

  test("a peer that lost a block drops out for the next provider", async () => {
    const { first, provider, seeker } = await threePeers();
    const bytes = blockOf(4, 2_000);
    const cid = cidOf(bytes);
    await provider.content.provide(cid); // says so, and has nothing
    await first.content.put(bytes);
    await first.content.provide(cid);
    expect(await seeker.content.get(cid)).toEqual(bytes);
  });

  test("more than a block is refused", async () => {
    const alone = await peer();
    await expect(alone.content.put(new Uint8Array((1 << 20) + 1))).rejects.toMatchObject({
      code: "CONTENT_TOO_LARGE",
    });
  });
});

describe("addresses", () => {
  test("WebSocket is as good as TCP", async () => {
    const first = await peer({ listen: ["/ip4/127.0.0.1/tcp/0/ws"] });
    const [address = ""] = first.multiaddrs;
    expect(address).toContain("/ws/p2p/");
    const seeker = await peer({ bootstrap: [address] });
    const cid = await first.content.put(blockOf(8, 100));
    await first.content.provide(cid);
    expect(await seeker.content.get(cid)).toEqual(blockOf(8, 100));
  });

  test("a public peer refuses to enter by private ones", async () => {
    const first = await peer();
    await expect(peer({ network: "public", bootstrap: first.multiaddrs })).rejects.toMatchObject({
      code: "PRIVATE_ADDRESS",
    });
  });

  test("a bootstrap peer may start later", async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "assay-peer-"));
    folders.push(dataDir);
    const before = await peer({ dataDir });
    const [address = ""] = before.multiaddrs;
    await before.stop();
    const seeker = await peer({ bootstrap: [address] });
    expect(seeker.connections).toBe(0);
    const listen = [address.replace(/\/p2p\/.*/, "")];
    await peer({ dataDir, listen });
    await expect.poll(() => seeker.connections).toBeGreaterThan(0);
  });
});

describe("relay", () => {
  test("a peer that listens by way of a relay alone serves its blocks to others", async () => {
    const relay = await peer({ relay: true });
    const [address = ""] = relay.multiaddrs;
    const hidden = await peer({ bootstrap: [address], listen: [`${address}/p2p-circuit`] });
    await expect.poll(() => hidden.multiaddrs).not.toEqual([]);
    for (const way of hidden.multiaddrs) expect(way).toContain("/p2p-circuit/");

    const bytes = blockOf(9, 1 << 20);
    const cid = await hidden.content.put(bytes);
    await hidden.content.provide(cid);
    const seeker = await peer({ bootstrap: [address] });
    expect(await seeker.content.get(cid)).toEqual(bytes);
    // More than libp2p's own limit for a relayed connection, and the other way round.
    const root = await putBytes(seeker.content, blockOf(10, 3 << 20));
    await seeker.content.provide(root);
    expect(await getBytes(hidden.content.session(root), root, { maxBytes: 1 << 23 })).toEqual(
      blockOf(10, 3 << 20),
    );
  });
});

describe("on disk", () => {
  async function folder(): Promise<string> {
    const created = await mkdtemp(join(tmpdir(), "assay-peer-"));
    folders.push(created);
    return created;
  }

  test("the peer's name and its blocks outlive the process", async () => {
    const dataDir = await folder();
    const before = await peer({ dataDir });
    const cid = await before.content.put(blockOf(6, 64));
    await before.stop();
    const after = await peer({ dataDir });
    expect(after.peerId).toBe(before.peerId);
    expect(await after.content.get(cid)).toEqual(blockOf(6, 64));
  });

  test("a damaged block is fetched again", async () => {
    const dataDir = await folder();
    const first = await peer();
    const bytes = blockOf(7, 64);
    const cid = await first.content.put(bytes);
    await first.content.provide(cid);
    const seeker = await peer({ dataDir, bootstrap: first.multiaddrs });
    await seeker.content.get(cid);
    const blocks = await readdir(join(dataDir, "blocks"), { recursive: true, withFileTypes: true });
    for (const entry of blocks.filter((e) => e.isFile())) {
      await writeFile(join(entry.parentPath, entry.name), "damaged");
    }
    expect(await seeker.content.get(cid)).toEqual(bytes);
  });

  test("a folder serves one peer at a time", async () => {
    const dataDir = await folder();
    await peer({ dataDir });
    await expect(peer({ dataDir })).rejects.toMatchObject({ code: "DATA_DIR_IN_USE" });
  });
});

describe("gossip", () => {
  const job = `0x${"ab".repeat(32)}` as const;

  test("a hint reaches a peer that its sender never dialled", async () => {
    const { promise, resolve } = Promise.withResolvers<JobHint>();
    const { provider } = await threePeers(resolve);
    // Meshes form within a heartbeat; a hint said before is for nobody.
    const timer = setInterval(() => void provider.announcer.announce({ job, block: 7n }), 200);
    expect(await promise.finally(() => clearInterval(timer))).toMatchObject({ job, block: 7n });
  });

  test("saying something to nobody is no error", async () => {
    const alone = await peer();
    await alone.announcer.announce({ job, block: 1n });
  });
});
