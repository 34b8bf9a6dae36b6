import { randomBytes } from "node:crypto";
import {
  type BlockReader,
  type Content,
  cidOf,
  getBytes,
  memoryContent,
  putBytes,
} from "@assay/sdk";
import { multiaddr } from "@multiformats/multiaddr";
import type { CID } from "multiformats/cid";
import { afterEach, expect, test } from "vitest";
import { type BadProvider, type Conduct, startBadProvider } from "../../test/badProvider.ts";
import { createPeer, type Peer } from "../peer.ts";
import { ProviderScores } from "./exchange/providerScores.ts";
import { startHelia } from "./helia.ts";
import { createHeliaContent } from "./heliaContent.ts";
import { memoryStores } from "./stores.ts";

const MiB = 1 << 20;
const running: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
});

async function peer(bootstrap: readonly string[] = []): Promise<Peer> {
  const created = await createPeer({ memory: true, network: "local", bootstrap });
  running.push(created);
  return created;
}

/** A content, its blocks, and those that `keep` has stored. */
async function contentOf(length: number) {
  const bytes = new Uint8Array(randomBytes(length));
  const blocks = new Map<string, Uint8Array>();
  const store = memoryContent();
  const root = await putBytes(
    {
      ...store,
      async put(block, options) {
        blocks.set(cidOf(block, options?.codec).toString(), block);
        return store.put(block, options);
      },
    },
    bytes,
  );
  return { bytes, root, blocks, keep: (content: Content) => putBytes(content, bytes) };
}

/** Bad providers, an honest one, and a seeker whose bans never end. All of them begin with the first peer alone. */
async function scene(conducts: readonly Conduct[]) {
  const first = await peer();
  const honest = await peer(first.multiaddrs);
  const bad: BadProvider[] = [];
  for (const conduct of conducts) {
    const one = await startBadProvider(conduct, first.multiaddrs);
    running.push(one);
    bad.push(one);
  }
  const stores = memoryStores();
  const host = { network: "local", isFirst: false, topic: undefined } as const;
  const helia = await startHelia(stores, { ...host, listen: ["/ip4/127.0.0.1/tcp/0"] });
  running.push(helia);
  await helia.libp2p.dial(multiaddr(first.multiaddrs[0] ?? ""));
  const scores = new ProviderScores(() => 1);
  const content = createHeliaContent(helia, stores, { scores });

  async function read(session: BlockReader, root: CID, bytes: Uint8Array): Promise<void> {
    const got = await getBytes(session, root, { maxBytes: 16 * MiB });
    expect(Buffer.compare(got, bytes)).toBe(0);
  }
  const wanted = () => bad.map(({ asked }) => asked.filter(({ kind }) => kind !== "cancel").length);
  return { honest, bad, content, scores, read, wanted };
}

test.each<[string, Conduct, number]>([
  ["five that send other bytes", "lie", 5],
  ["five that say they have it, and send nothing", "mute", 5],
  ["one that sends half of the blocks", "half", 1],
])(
  "beside %s, an honest provider is enough, and they are not asked again",
  async (_, conduct, count) => {
    const { honest, bad, content, scores, read, wanted } = await scene(
      Array<Conduct>(count).fill(conduct),
    );
    const one = await contentOf(8 * MiB);
    for (const provider of bad) {
      provider.learn(one.blocks);
      await provider.provide(one.root);
    }
    const found = read(content.session(one.root), one.root, one.bytes);
    // One that is quiet is asked twice.
    const isKnown = ({ asked, peerId }: BadProvider) => {
      const blocks = asked.filter(({ kind }) => kind === "block").map(({ cid }) => cid.toString());
      return scores.isBanned(peerId) || blocks.length > new Set(blocks).size;
    };
    await expect.poll(() => bad.every(isKnown), { timeout: 60_000 }).toBe(true);
    await one.keep(honest.content);
    await honest.content.provide(one.root);
    await found;
    for (const { peerId } of bad) expect(scores.isBanned(peerId)).toBe(true);

    const before = wanted();
    const two = await contentOf(3 * MiB);
    await two.keep(honest.content);
    for (const provider of [honest.content, ...bad]) await provider.provide(two.root);
    await read(content.session(two.root), two.root, two.bytes);
    expect(wanted()).toEqual(before);
  },
);

test("who has not got it is not banned, and the next one is asked at once", async () => {
  const { honest, bad, content, scores, read } = await scene(["lack"]);
  const one = await contentOf(MiB);
  await one.keep(honest.content);
  for (const provider of [honest.content, ...bad]) await provider.provide(one.root);
  await read(content.session(one.root), one.root, one.bytes);
  for (const { peerId } of bad) expect(scores.isBanned(peerId)).toBe(false);
});

test("the bytes of a digest are not taken for the block that it names", async () => {
  const { bad, content, scores } = await scene(["forge"]);
  const root = cidOf(randomBytes(100));
  await bad[0]?.provide(root);
  const search = new AbortController();
  const got = expect(content.get(root, { signal: search.signal })).rejects.toMatchObject({
    code: "CONTENT_NOT_FOUND",
  });
  await expect.poll(() => scores.isBanned(bad[0]?.peerId ?? "")).toBe(true);
  search.abort(new DOMException("it took too long", "TimeoutError"));
  await got;
});

test("a connected peer that is in no DHT is asked", async () => {
  const { content, bad } = await scene(["mute"]);
  const cid = cidOf(randomBytes(100));
  const search = new AbortController();
  const got = content.get(cid, { signal: search.signal });
  await expect
    .poll(() => bad[0]?.asked.some((want) => want.kind === "have" && want.cid.equals(cid)))
    .toBe(true);
  search.abort(new Error("enough"));
  await expect(got).rejects.toThrow("enough");
});
