import { request } from "node:http";
import { memoryContent, putBytes } from "@assay/sdk/protocol";
import { afterEach, expect, test } from "vitest";
import { type PagesServer, type ServePagesOptions, servePages } from "./servePages.ts";

const servers: PagesServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function serve(options: Partial<ServePagesOptions> = {}): Promise<string> {
  const server = await servePages({ host: "127.0.0.1", port: 0, page: "explorer", ...options });
  servers.push(server);
  return server.url;
}

/** The status of an answer to a request that calls the server by another name. */
function askAs(url: string, host: string): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  request(`${url}/config.json`, { headers: { host } }, (response) => {
    response.resume();
    resolve(response.statusCode);
  })
    .on("error", reject)
    .end();
  return promise;
}

test("the policy of the pages lets them reach their server and the endpoint alone", async () => {
  const url = await serve({ config: { rpc: "https://rpc.example/key" } });
  const page = await fetch(url);
  const policy = page.headers.get("content-security-policy") ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("connect-src 'self' https://rpc.example;");
  expect(policy).toContain("require-trusted-types-for 'script'");
  expect(policy).not.toMatch(/unsafe-inline|[^-]unsafe-eval|\*/);
  expect(await page.text()).toContain(`http-equiv="Content-Security-Policy"`);
});

test("on loopback it answers to no name but loopback's", async () => {
  const url = await serve();
  const { host } = new URL(url);
  expect(await askAs(url, host)).toBe(200);
  expect(await askAs(url, "localhost:1")).toBe(200);
  expect(await askAs(url, "rebound.example")).toBe(403);
});

test("it takes blocks from its own pages, where it is to, and gives them", async () => {
  const content = memoryContent();
  const url = await serve({ content });
  const body = Uint8Array.of(1, 2, 3);
  const post = (headers: Record<string, string>, bytes: Uint8Array<ArrayBuffer>) =>
    fetch(`${url}/blocks`, { method: "POST", headers, body: bytes });
  expect((await post({}, body)).status).toBe(403);
  expect((await post({ "x-assay": "block" }, new Uint8Array(2 ** 20 + 1))).status).toBe(413);
  const stored = await post({ "x-assay": "block" }, body);
  const cid = await stored.text();
  expect(cid).toBe((await putBytes(content, body)).toString());
  const block = await fetch(`${url}/ipfs/${cid}?format=raw`);
  expect(new Uint8Array(await block.arrayBuffer())).toEqual(body);
  expect((await fetch(`${url}/ipfs/x`)).status).toBe(400);
});

test("there is nothing beside the site", async () => {
  const url = await serve();
  for (const path of ["/package.json", "/../package.json", "/%2e%2e/package.json", "/api/status"]) {
    expect((await fetch(`${url}${path}`)).status, path).toBe(404);
  }
});
