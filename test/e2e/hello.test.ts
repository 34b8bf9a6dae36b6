import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { deployModule, marketplaceModule, readParameters } from "@assay/ignition";
import { createTestClient, http, publicActions, walletActions } from "viem";
import { hardhat } from "viem/chains";
import { afterEach, describe, expect, test } from "vitest";
import { startCli, startedThings, temporaryFolder } from "../../worker/test/network.ts";
import { startChain } from "../fixtures/chain.ts";
import { longTest } from "../fixtures/long.ts";
import { assayDev } from "./assayDev.ts";
import { ROOT, startRun } from "./processes.ts";

// The README's script, as it stands, on three chains, each with a worker process. In `npm test` packages.test.ts alone runs it, on the
// `assay dev` that is published.

const HELLO = join(ROOT, "examples/hello/src/main.ts");
/** Development keys of Hardhat and anvil, worth nothing: a requester's and a worker's. */
const REQUESTER = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";
const WORKER = "0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a";

type Environment = Record<string, string>;
const started = startedThings();
afterEach(() => started.end());

async function hardhatNode(): Promise<string> {
  const bin = join(ROOT, "node_modules/.bin/hardhat");
  const child = spawn(process.execPath, [bin, "node", "--port", "0"], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exit = once(child, "exit");
  started.add(async () => {
    child.kill("SIGINT");
    await exit;
  });
  for await (const line of createInterface(child.stdout)) {
    const [, url] = /server at (http:\S+?)\/?$/.exec(line) ?? [];
    if (url === undefined) continue;
    child.stdout.resume();
    return url;
  }
  throw new Error("it ended before it was ready");
}

async function anvil(): Promise<string> {
  const chain = await startChain();
  started.add(() => chain.stop());
  return chain.rpcUrl;
}

/** Deploys the Marketplace there, as `assay dev` does, and starts a worker as an operator does. */
async function onChain(rpcUrl: string): Promise<Environment> {
  const client = createTestClient({ chain: hardhat, mode: "hardhat", transport: http(rpcUrl) })
    .extend(publicActions)
    .extend(walletActions);
  const [from] = await client.getAddresses();
  if (from === undefined) throw new TypeError("the chain has no account");
  const provider = client as Parameters<typeof deployModule>[1]["provider"];
  const parameters = await readParameters("local");
  const { marketplace } = await deployModule(marketplaceModule, { provider, parameters, from });
  const worker = startCli(
    [
      ...["worker", "start", "--json", "--network", "local", "--processes", "1"],
      ...["--rpc", rpcUrl, "--marketplace", marketplace, "--stake", "1"],
      ...["--data-dir", await temporaryFolder(started), "--listen", "/ip4/127.0.0.1/tcp/0"],
    ],
    started,
    { ASSAY_PRIVATE_KEY: WORKER },
  );
  const line = await worker.line("node started");
  const { multiaddrs } = line as typeof line & { multiaddrs: string[] };
  return {
    ASSAY_RPC: rpcUrl,
    ASSAY_MARKETPLACE: marketplace,
    ASSAY_BOOTSTRAP: multiaddrs.join(","),
    ASSAY_PRIVATE_KEY: REQUESTER,
  };
}

describe("the README's script", () => {
  const chains: [string, () => Promise<Environment>][] = [
    ["anvil", async () => onChain(await anvil())],
    ["Hardhat's node", async () => onChain(await hardhatNode())],
    ["assay dev", async () => (await assayDev(started, "--workers", "1")).environment],
  ];
  longTest.each(chains)("buys work on %s", async (_, prepare) => {
    const { ended } = startRun(HELLO, [], await prepare());
    expect(await ended).toEqual({ code: 0, stdout: "olleh\nmorf\nsregnarts\n", stderr: "" });
  });

  test("casts nothing, and is short", async () => {
    const source = await readFile(HELLO, "utf8");
    expect(source.trimEnd().split("\n").length).toBeLessThanOrEqual(20);
    expect(source).not.toMatch(/\bas\b|<\w+>|!\.|\bany\b/);
  });
});
