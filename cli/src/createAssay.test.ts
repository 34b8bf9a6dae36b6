import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { getAddress } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startChain, type TestChain } from "../../test/fixtures/chain.ts";
import { startedThings, temporaryFolder } from "../../worker/test/network.ts";
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
