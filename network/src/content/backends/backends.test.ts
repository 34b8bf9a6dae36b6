import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { type Content, cidOf, getBytes, memoryContent, putBytes } from "@assay/sdk";
import { CID } from "multiformats/cid";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Kubo, kuboBinary, startKubo } from "../../../test/kubo.ts";
import { createPeer, type Peer } from "../../peer.ts";
import type { ContentOptions } from "./contentOptions.ts";
import { createGatewayContent } from "./gatewayContent.ts";
import { connectKubo } from "./kuboContent.ts";
import { severalContents } from "./severalContents.ts";

const MiB = 1 << 20;
const running: { stop(): unknown }[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
});

const bytesOf = (length: number) => new Uint8Array(randomBytes(length));

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  running.push({
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A trustless gateway over `content`; blocks that it has not got do not exist. */
function serveGateway(content: Content): Promise<string> {
  return serve(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://gateway");
    expect(searchParams.get("format")).toBe("raw");
    const bytes = await content
      .get(CID.parse(pathname.replace("/ipfs/", "")))
      .catch(() => undefined);
    response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
  });
}

async function peer(content: ContentOptions): Promise<Peer> {
  const created = await createPeer({ memory: true, network: "local", content });
  running.push(created);
  return created;
}

describe("gateways", () => {
  test("a content is read block by block, and kept by a peer", async () => {
    const store = memoryContent();
    const bytes = bytesOf(3 * MiB);
    const root = await putBytes(store, bytes);
    const gateways = [await serveGateway(store)];
    const reader = await peer({ backends: ["helia", "gateway"], gateways });
    const got = await getBytes(reader.content.session(root), root, { maxBytes: 4 * MiB });
    expect(Buffer.compare(got, bytes)).toBe(0);
    await Promise.all(running.splice(1).map((gateway) => gateway.stop()));
    running.push(reader);
    expect(await getBytes(reader.content, root, { maxBytes: 4 * MiB })).toEqual(got);
  });

  test.each<[string, RequestListener, string]>([
    ["other bytes", (_, response) => response.end("other bytes"), "BLOCK_MISMATCH"],
    ["more than a block", (_, response) => response.end(bytesOf(2 * MiB)), "CONTENT_TOO_LARGE"],
    ["a refusal", (_, response) => response.writeHead(403).end(), "GATEWAY_REFUSED"],
    ["that there is too much to do", (_, r) => r.writeHead(429).end(), "GATEWAY_REFUSED"],
    ["that it has not got it", (_, response) => response.writeHead(404).end(), "CONTENT_NOT_FOUND"],
    ["nothing", (request) => request.socket.destroy(), "GATEWAY_REFUSED"],
  ])("a gateway that sends %s gives no block", async (_, listener, code) => {
    const gateway = createGatewayContent(await serve(listener));
    await expect(gateway.get(cidOf(bytesOf(100)))).rejects.toMatchObject({ code });
  });

  test("one that sends on to another host, or in a circle, is followed to neither", async () => {
    let visits = 0;
    const inside = await serve((_, response) => {
      visits++;
      response.end();
    });
    const port = new URL(inside).port;
    for (const target of [
      inside,
      `http://localhost:${port}/`,
      "http://[::1",
      "file:///etc/passwd",
    ]) {
      const sendsOn = await serve((_, r) => r.writeHead(302, { location: target }).end());
      const failure = createGatewayContent(sendsOn).get(cidOf(bytesOf(100)));
      await expect(failure).rejects.toMatchObject({ code: "GATEWAY_REFUSED" });
    }
    expect(visits).toBe(0);
    let turns = 0;
    const circle = await serve((_, r) => {
      turns++;
      r.writeHead(307, { location: "/ipfs/again" }).end();
    });
    await expect(createGatewayContent(circle).get(cidOf(bytesOf(1)))).rejects.toThrow("redirects");
    expect(turns).toBe(4);
  });

  test("one that sends on to a name of its own is followed", async () => {
    const bytes = bytesOf(100);
    const url = await serve(({ url }, response) => {
      if (url === "/elsewhere") response.end(bytes);
      else response.writeHead(301, { location: "/elsewhere" }).end();
    });
    expect(await createGatewayContent(url).get(cidOf(bytes))).toEqual(bytes);
  });

  test("none that is named, one that is not there, and one that is to be written to are errors", async () => {
    await expect(peer({ backends: ["gateway"] })).rejects.toMatchObject({
      code: "GATEWAY_MISSING",
    });
    const url = await serve(() => {});
    await Promise.all(running.splice(0).map((one) => one.stop()));
    const gateway = createGatewayContent(url);
    await expect(gateway.get(cidOf(bytesOf(100)))).rejects.toThrow(/ECONNREFUSED.*--gateway/);
    const reader = await peer({ backends: ["gateway"], gateways: [url] });
    await expect(reader.content.put(bytesOf(10))).rejects.toMatchObject({
      code: "CONTENT_READ_ONLY",
    });
  });
});

describe("several places", () => {
  test("the next one is asked when one fails or is quiet, and the one that answered comes first", async () => {
    const asked: string[] = [];
    const place = (name: string, content: Content) => ({
      isWritable: true,
      content: {
        ...content,
        session: () => ({
          get: (cid: Parameters<Content["get"]>[0]) => {
            asked.push(name);
            return content.get(cid);
          },
        }),
      },
    });
    const store = memoryContent();
    const one = await store.put(bytesOf(10));
    const two = await store.put(bytesOf(20));
    const quiet = { ...memoryContent(), get: () => new Promise<never>(() => {}) };
    const several = severalContents(
      [place("empty", memoryContent()), place("quiet", quiet), place("full", store)],
      { hedgeMs: 20 },
    );
    const session = several.session(one);
    await session.get(one);
    expect(asked).toEqual(["empty", "quiet", "full"]);
    await session.get(two);
    expect(asked).toEqual(["empty", "quiet", "full", "full"]);
  });

  test("what is stored is stored in all that are writable; what nobody has is not found", async () => {
    const stores = [memoryContent(), memoryContent()] as const;
    const several = severalContents(stores.map((content) => ({ content, isWritable: true })));
    const bytes = bytesOf(100);
    const cid = await several.put(bytes);
    for (const store of stores) expect(await store.get(cid)).toEqual(bytes);
    await expect(several.get(cidOf(bytesOf(5)))).rejects.toMatchObject({
      code: "CONTENT_NOT_FOUND",
    });
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(several.get(cid, { signal })).rejects.toThrow("enough");
  });
});

test("what an address has of a secret is in no error", async () => {
  const [rpc, gateway] = ["http://user:hunter2@127.0.0.1:9/key2", "http://127.0.0.1:9/hunter2"];
  const errors = await Promise.all([
    connectKubo(rpc).catch((error) => error),
    createGatewayContent(gateway)
      .get(cidOf(bytesOf(100)))
      .catch((error) => error),
  ]);
  for (const { message } of errors) {
    expect(message).toContain("http://127.0.0.1:9");
    expect(message).not.toMatch(/hunter2|key2/);
  }
});

describe("Kubo that is not there", () => {
  test("names what to do", async () => {
    const url = await serve((_, response) => response.writeHead(404).end());
    await expect(peer({ backends: ["kubo"], kuboRpc: url })).rejects.toThrow(/5001.*8080/);
    await Promise.all(running.splice(0).map((one) => one.stop()));
    await expect(connectKubo(url)).rejects.toMatchObject({ code: "KUBO_UNREACHABLE" });
  });
});

const binary = kuboBinary();
describe.runIf(binary !== undefined)("Kubo", () => {
  let kubo: Kubo;
  beforeAll(async () => {
    kubo = await startKubo(binary ?? "");
  });
  afterAll(() => kubo?.stop());

  test("stores by its RPC what its gateway serves, in both codecs", async () => {
    const { content } = await peer({ backends: ["helia", "kubo"], kuboRpc: kubo.rpc });
    const bytes = bytesOf(3 * MiB);
    const root = await putBytes(content, bytes);
    for (const reader of [await connectKubo(kubo.rpc), createGatewayContent(kubo.gateway)]) {
      const got = await getBytes(reader, root, { maxBytes: 4 * MiB });
      expect(Buffer.compare(got, bytes)).toBe(0);
    }
  });

  test("has not got what nobody stored, and its gateway is no RPC API", async () => {
    const content = await connectKubo(kubo.rpc);
    const signal = AbortSignal.timeout(500);
    await expect(content.get(cidOf(bytesOf(10)), { signal })).rejects.toThrow();
    await expect(connectKubo(kubo.gateway)).rejects.toMatchObject({ code: "KUBO_UNREACHABLE" });
  });
});
