import { memoryContent, putBytes } from "@assay/sdk/protocol";
import { afterEach, expect, test } from "vitest";
import { UiListenError } from "./errors.ts";
import { startUi, type UiServer } from "./ui.ts";

const servers: UiServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

/** A node that is starting: it has a peer, and no status yet. */
async function serve({ content = memoryContent(), port = 0 } = {}): Promise<UiServer> {
  const peer = { content, peerId: "12D3", multiaddrs: [], peers: [], market: undefined };
  const server = await startUi(
    { host: "127.0.0.1", port },
    { readStatus: async () => undefined, peer: () => peer as never, version: "1.2.3" },
  );
  servers.push(server);
  return server;
}

test("the page, the status and blocks are served, and nothing can be changed", async () => {
  const content = memoryContent();
  const cid = await putBytes(content, Uint8Array.of(1, 2, 3));
  const { url } = await serve({ content });
  const page = await fetch(url);
  expect(await page.text()).toContain("node.js");
  expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(page.headers.get("access-control-allow-origin")).toBeNull();
  expect(await (await fetch(`${url}/api/status`)).json()).toMatchObject({
    version: "1.2.3",
    readiness: { ready: false, checks: [{ name: "started", ok: false }, { name: "progress" }] },
  });
  expect(await (await fetch(`${url}/api/network`)).json()).toMatchObject({ peerId: "12D3" });
  const block = await fetch(`${url}/ipfs/${cid}?format=raw`);
  expect(new Uint8Array(await block.arrayBuffer())).toEqual(Uint8Array.of(1, 2, 3));
  const headers = { "x-assay": "block" };
  expect((await fetch(`${url}/blocks`, { method: "POST", headers, body: "x" })).status).toBe(404);
  expect((await fetch(`${url}/api/status`, { method: "POST" })).status).toBe(405);
});

test("who opens the page is told what happened, what happens and how the node stands", async () => {
  const { url, report } = await serve();
  report("chain not followed", { error: "no answer" });
  const { body } = await fetch(`${url}/api/events`);
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const until = async (part: string) => {
    while (!text.includes(part)) text += (await reader?.read())?.value ?? "";
  };
  await until("no answer");
  await until("event: status");
  const id = { jobId: "0x01", batch: 0, token: "0x00", reward: 5n } as const;
  report("batch settled", { ...id, rewardWei: 5n });
  await until("batch settled");
  await reader?.cancel();
  expect(text).toContain('"level":"warn"');
  const { earnings } = (await (await fetch(`${url}/api/status`)).json()) as { earnings: object };
  expect(earnings).toMatchObject({ rewardsWei: "5", feesWei: "0" });
});

test("a port that is taken is named", async () => {
  const { url } = await serve();
  await expect(serve({ port: Number(new URL(url).port) })).rejects.toThrow(UiListenError);
});
