import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Content, cidOf, getBytes, memoryContent, putBytes } from "@assay/sdk";
import { CID } from "multiformats/cid";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { kuboBinary, startKubo } from "../../../test/kubo.ts";
import { createPeer } from "../../peer.ts";
import { createFilesContent, openFileBlocks } from "./filesContent.ts";
import { createGatewayContent } from "./gatewayContent.ts";
import { connectKubo } from "./kuboContent.ts";
import { severalContents } from "./severalContents.ts";

// One suite for every place of contents: callers need not know which one they have.

interface Opened {
  content: Content;
  /** Where blocks are stored for a place that only reads. */
  store?: Content;
  stop?: () => unknown;
}

async function folder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "assay-content-"));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

async function peer(options: Parameters<typeof createPeer>[0]["content"]): Promise<Opened> {
  const created = await createPeer({ memory: true, network: "local", content: options });
  return { content: created.content, stop: () => created.stop() };
}

async function gateway(): Promise<Opened> {
  const store = memoryContent();
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "", "http://gateway");
    const cid = CID.parse(pathname.replace("/ipfs/", ""));
    const bytes = await store.get(cid).catch(() => undefined);
    response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    content: createGatewayContent(`http://127.0.0.1:${port}`),
    store,
    stop: () => server.close(),
  };
}

const binary = kuboBinary();
const places: Record<string, () => Promise<Opened>> = {
  "a peer with its blocks in memory": () => peer(undefined),
  "a peer with its blocks in a folder": async () => {
    const { path, remove } = await folder();
    const { content, stop } = await peer({ backends: ["helia", "files"], folder: path });
    return { content, stop: () => Promise.resolve(stop?.()).then(remove) };
  },
  "a peer over a folder that is not its own": async () => {
    const { path, remove } = await folder();
    const { content, stop } = await peer({ backends: ["files"], folder: path });
    return { content, stop: () => Promise.resolve(stop?.()).then(remove) };
  },
  files: async () => {
    const { path, remove } = await folder();
    return { content: createFilesContent(await openFileBlocks(path)), stop: remove };
  },
  memory: async () => ({ content: memoryContent() }),
  "a peer over memory": () => peer({ backends: ["memory"] }),
  "a gateway": gateway,
  "several places": async () => {
    const isWritable = true;
    const stores = [memoryContent(), memoryContent()];
    return { content: severalContents(stores.map((content) => ({ content, isWritable }))) };
  },
  Kubo: async () => {
    const kubo = await startKubo(binary ?? "");
    return { content: await connectKubo(kubo.rpc), stop: () => kubo.stop() };
  },
};
if (binary === undefined) {
  process.stderr.write("Kubo is not tested: put ipfs on the PATH, or name it in KUBO_BINARY.\n");
}

const MiB = 1 << 20;
const bytesOf = (length: number) => new Uint8Array(randomBytes(length));

describe.each(Object.keys(places))("contents in %s", (name) => {
  let opened: Opened | undefined;
  let content: Content;
  let writer: Content;
  beforeAll(async () => {
    if (name === "Kubo" && binary === undefined) return;
    opened = await places[name]?.();
    if (opened === undefined) throw new TypeError(`there is no place ${name}`);
    content = opened.content;
    writer = opened.store ?? opened.content;
  });
  beforeEach((context) => {
    if (opened === undefined) context.skip("there is no Kubo: name it in KUBO_BINARY");
  });
  afterAll(() => opened?.stop?.());

  test.each([0, 1, 1_000, 16_384, 16_385, 300_000, MiB])(
    "a block of %i bytes comes back, under the CID of its bytes",
    async (length) => {
      const bytes = bytesOf(length);
      const cid = await writer.put(bytes);
      expect(cid.toString()).toBe(cidOf(bytes).toString());
      const got = await content.get(cid);
      expect(Buffer.compare(got, bytes)).toBe(0);
      expect(got.constructor).toBe(Uint8Array);
    },
  );

  test("both codecs are kept apart by their CIDs", async () => {
    const bytes = Uint8Array.of(0xa0); // an empty map
    const cids = [await writer.put(bytes), await writer.put(bytes, { codec: "dag-cbor" })];
    expect(cids.map(({ code }) => code)).toEqual([0x55, 0x71]);
    for (const cid of cids) expect(await content.get(cid)).toEqual(bytes);
  });

  test("a content of several blocks is read by its root", async () => {
    const bytes = bytesOf(2 * MiB + 5);
    const root = await putBytes(writer, bytes);
    const got = await getBytes(content.session(root), root, { maxBytes: 3 * MiB });
    expect(Buffer.compare(got, bytes)).toBe(0);
  });

  test("more than a block is refused", async () => {
    await expect(writer.put(bytesOf(MiB + 1))).rejects.toMatchObject({
      code: "CONTENT_TOO_LARGE",
    });
  });

  test("many are stored and read at a time, one of them twice", async () => {
    const blocks = Array.from({ length: 100 }, (_, i) => Uint8Array.of(i % 99, 7, 7));
    const cids = await Promise.all(blocks.map((bytes) => writer.put(bytes)));
    const got = await Promise.all(cids.map((cid) => content.get(cid)));
    expect(got).toEqual(blocks);
  });

  test("callers may go on to write into what they gave and what they got", async () => {
    const bytes = bytesOf(100);
    const kept = new Uint8Array(bytes);
    const cid = await writer.put(bytes);
    bytes.fill(0);
    const got = await content.get(cid);
    expect(got).toEqual(kept);
    got.fill(1);
    expect(await content.get(cid)).toEqual(kept);
  });

  test("what is not there is not found, and not waited for beyond the caller's time", async () => {
    const cid = cidOf(bytesOf(20));
    const signal = AbortSignal.timeout(300);
    await expect(content.get(cid, { signal })).rejects.toMatchObject({
      code: "CONTENT_NOT_FOUND",
    });
  });

  test("a signal that has aborted stops a read and a write with its reason", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    const cid = await writer.put(bytesOf(30));
    await expect(content.get(cidOf(bytesOf(31)), { signal })).rejects.toThrow("enough");
    if (writer === content) {
      await expect(content.put(bytesOf(32), { signal })).rejects.toThrow("enough");
    }
    expect((await content.get(cid)).length).toBe(30);
  });
});
