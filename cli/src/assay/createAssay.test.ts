import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Content } from "@assay/sdk";
import { getAddress } from "viem";
import { sepolia } from "viem/chains";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startChain, type TestChain } from "../../../test/fixtures/chain.ts";
import { startedThings, temporaryFolder } from "../../../worker/test/network.ts";
import { createAssay } from "./createAssay.ts";

const KEY = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";

const started = startedThings();
let chain: TestChain;
let good: Record<string, string>;
beforeAll(async () => {
  chain = await startChain();
  good = {
    ASSAY_RPC: chain.rpcUrl,
    ASSAY_PRIVATE_KEY: KEY,
    ASSAY_MARKETPLACE: chain.marketplace,
    ASSAY_BOOTSTRAP: "",
  };
});
afterAll(() => chain.stop());
afterAll(() => started.end());

test("what `assay dev` prints is all that it takes", async () => {
  const assay = await createAssay({ environment: good });
  expect((await assay.getParameters()).slashBps).toBe(5000);
  expect(assay.peer.multiaddrs).toHaveLength(1);
  await assay.close();
});

test("a deployment file says where the Marketplace is, and since when", async () => {
  const folder = await temporaryFolder(started);
  const file = join(folder, "deployment.json");
  const { marketplace } = chain;
  const deployment = { marketplace, jury: marketplace, randomness: marketplace };
  const entry = { ...deployment, blockNumber: 2, confirmations: 1 };
  await writeFile(file, JSON.stringify({ 31337: entry }));
  const environment = { ...good, ASSAY_MARKETPLACE: "", ASSAY_DEPLOYMENT: file };
  const assay = await createAssay({ environment });
  expect([assay.marketplace, assay.deployedAt]).toEqual([getAddress(marketplace), 2n]);
  await assay.close();
});

test.each<[string, Record<string, string>, RegExp]>([
  [
    "a deployment file that is none",
    { ASSAY_MARKETPLACE: "", ASSAY_DEPLOYMENT: "/nowhere" },
    /The deployment file \/nowhere cannot be read \(ENOENT\)/,
  ],
  ["no chain", { ASSAY_RPC: "" }, /There is no chain: .* ASSAY_RPC/],
  ["a chain that is no URL", { ASSAY_RPC: "foo" }, /has to be a URL .* ASSAY_RPC/],
  ["a WebSocket", { ASSAY_RPC: "ws://127.0.0.1:8545" }, /has to be a URL .* ASSAY_RPC/],
  ["a dead chain", { ASSAY_RPC: "http://127.0.0.1:1" }, /No chain answers at 127.0.0.1:1/],
  ["no account", { ASSAY_PRIVATE_KEY: "" }, /There is no account: .* ASSAY_PRIVATE_KEY/],
  ["a key that is none", { ASSAY_PRIVATE_KEY: `0x${"00".repeat(32)}` }, /The private key is none/],
  ["a short key", { ASSAY_PRIVATE_KEY: KEY.slice(0, 40) }, /The private key is none/],
  ["no Marketplace", { ASSAY_MARKETPLACE: "" }, /No Marketplace is known on chain 31337/],
  ["an address that is none", { ASSAY_MARKETPLACE: "0x12" }, /"0x12" is no address/],
  [
    "an address without code",
    { ASSAY_MARKETPLACE: "0x00000000000000000000000000000000000000AA" },
    /There is no Marketplace at 0x0+AA/,
  ],
  [
    "a bootstrap address that is none",
    { ASSAY_BOOTSTRAP: " garbage" },
    /ASSAY_BOOTSTRAP.*"garbage" is no address of a peer/,
  ],
  ["contents by something else", { ASSAY_CONTENT: "ipfs" }, /"ipfs".*ASSAY_CONTENT.*helia, kubo/],
  [
    "a Kubo that is not there",
    { ASSAY_CONTENT: "helia,kubo", ASSAY_KUBO_RPC: "http://127.0.0.1:1" },
    /No Kubo node answers at http:\/\/127.0.0.1:1.*ipfs daemon/,
  ],
  ["no gateway", { ASSAY_CONTENT: "helia,gateway" }, /none is named/],
  ["files without a folder", { ASSAY_CONTENT: "helia,files" }, /--content-folder/],
  [
    "a folder that is none",
    { ASSAY_CONTENT: "files", ASSAY_CONTENT_FOLDER: "/dev/null/blocks" },
    /\/dev\/null\/blocks cannot be used/,
  ],
  ["a jury that is none", { ASSAY_JURY: "0x12" }, /"0x12" is no address.*ASSAY_JURY/],
  ["a proof arbiter that is none", { ASSAY_PROOF: "0x12" }, /"0x12" is no address.*ASSAY_PROOF/],
])("%s is one line that names the fix, without the key", async (_, wrong, line) => {
  const error = await createAssay({ environment: { ...good, ...wrong } }).catch((e: Error) => e);
  expect(error).toMatchObject({ code: "SETUP", shortMessage: expect.stringMatching(line) });
  expect(String(error)).not.toContain(KEY.slice(2, 30));
});

test("a chain that never answers is given up", async () => {
  const mute = createServer(() => {});
  await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
  const { port } = mute.address() as AddressInfo;
  const asked = createAssay({ environment: { ...good, ASSAY_RPC: `http://127.0.0.1:${port}` } });
  await expect(asked).rejects.toMatchObject({ code: "SETUP" });
  mute.closeAllConnections();
  mute.close();
});

test("a chain of viem brings its URL, and has to be the one that answers", async () => {
  const environment = { ...good, ASSAY_RPC: "http://127.0.0.1:1" };
  const assay = await createAssay({ chain: chain.chain, environment });
  expect(assay.public.chain).toBe(chain.chain);
  await assay.close();
  const another = { ...chain.chain, id: 17, name: "Another" };
  await expect(createAssay({ chain: another, environment })).rejects.toThrow(
    /The chain at 127.0.0.1:\d+ is 31337, and not Another \(17\): change rpc or chain/,
  );
  const named = createAssay({ chain: sepolia, rpc: chain.rpcUrl, environment });
  await expect(named).rejects.toThrow(/is 31337, and not Sepolia/);
});

test("a jury that is named is there for jobs to name, and a proof arbiter for those that name none", async () => {
  const jury = "0x00000000000000000000000000000000000000AA";
  const proof = "0x00000000000000000000000000000000000000bb";
  const environment = { ...good, ASSAY_JURY: jury, ASSAY_PROOF: proof };
  const assay = await createAssay({ environment });
  expect(assay).toMatchObject({ jury, arbiter: proof });
  await assay.close();
});

test("contents are kept in a folder, for the next process", async () => {
  const folder = await mkdtemp(join(tmpdir(), "assay-contents-"));
  const environment = { ...good, ASSAY_CONTENT: "helia,files", ASSAY_CONTENT_FOLDER: folder };
  const cids: Awaited<ReturnType<Content["put"]>>[] = [];
  const sizes = [10, 100_000];
  const first = await createAssay({ environment });
  for (const size of sizes) cids.push(await first.peer.content.put(new Uint8Array(size)));
  await expect(createAssay({ environment })).rejects.toThrow(/another process has it open/);
  await first.close();
  const second = await createAssay({ environment });
  for (const [i, cid] of cids.entries()) {
    expect(await second.peer.content.get(cid)).toEqual(new Uint8Array(sizes[i] ?? 0));
  }
  await second.close();
  await rm(folder, { recursive: true });
});

describe("an `assay dev` that runs", () => {
  let state: string;
  const saved = { ...process.env };
  beforeEach(async () => {
    state = await mkdtemp(join(tmpdir(), "assay-state-"));
    process.env.XDG_STATE_HOME = state;
    for (const name of Object.keys(process.env)) {
      if (name.startsWith("ASSAY_")) delete process.env[name];
    }
  });
  afterEach(async () => {
    for (const name of Object.keys(process.env)) if (!(name in saved)) delete process.env[name];
    Object.assign(process.env, saved);
    await rm(state, { recursive: true });
  });

  async function write(pid: number, changes: Record<string, string> = {}): Promise<void> {
    const lines = Object.entries({ ...good, ...changes }).map(
      ([name, value]) => `export ${name}=${value} # a note`,
    );
    await mkdir(join(state, "assay"));
    await writeFile(
      join(state, "assay/dev.env"),
      [`# Written by assay dev, process ${pid}.`, ...lines, ""].join("\n"),
    );
  }

  test("is found by its file", async () => {
    await write(process.pid);
    const assay = await createAssay();
    expect(assay.marketplace).toBe(chain.marketplace);
    await assay.close();
  });

  test("brings its Marketplace and its network to whoever names its chain alone", async () => {
    await write(process.pid);
    const assay = await createAssay({ rpc: `${chain.rpcUrl}/` });
    expect(assay.marketplace).toBe(chain.marketplace);
    await assay.close();
  });

  test("is not believed once its process is gone, nor about a chain elsewhere", async () => {
    const child = spawn(process.execPath, ["--eval", ""]);
    await once(child, "exit");
    await write(child.pid ?? 0);
    await expect(createAssay({ account: KEY })).rejects.toThrow(/There is no chain/);
    await rm(join(state, "assay"), { recursive: true });
    await write(process.pid, { ASSAY_RPC: "http://203.0.113.1:8545" });
    await expect(createAssay({ account: KEY })).rejects.toThrow(/There is no chain/);
  });

  test("is not asked for where the chain is named", async () => {
    await write(process.pid);
    process.env.ASSAY_RPC = "http://127.0.0.1:1";
    await expect(createAssay({ account: KEY })).rejects.toThrow(/No chain answers/);
  });
});
