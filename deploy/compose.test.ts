import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import manifest from "../cli/package.json" with { type: "json" };
import { runCommand } from "../cli/test/callCli.ts";
import { startAnvil } from "../test/fixtures/chain.ts";
import { startCli, startedThings, temporaryFolder } from "../worker/test/network.ts";

interface Service {
  image: string;
  ports?: string[];
  command?: string[];
  environment?: Record<string, string>;
  volumes?: string[];
}

const started = startedThings();
let services: Record<string, Service>;
let folder: string;
let rpcUrl: string;
beforeAll(async () => {
  const text = await readFile(new URL("compose.yaml", import.meta.url), "utf8");
  ({ services } = parse(text, { merge: true }));
  folder = await temporaryFolder(started);
  await mkdir(join(folder, "deployment"));
  const anvil = await startAnvil();
  started.add(() => anvil.stop());
  rpcUrl = anvil.rpcUrl;
});
afterAll(() => started.end());

/** The same outside of containers: the chain is this test's, and a volume a folder. */
function here(text: string): string {
  return text
    .replace("http://chain:8545", rpcUrl)
    .replace(/^\/(data|deployment)/, join(folder, "deployment"));
}

function environmentOf({ environment = {} }: Service): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, here(value)]),
  );
}

test("deploys first, and tells workers of the arbiter that is deployed", async () => {
  const { deploy } = services;
  if (deploy?.command === undefined) throw new TypeError("no service deploys");
  const { code, lines, stderr } = await runCommand(
    [...deploy.command.map(here), "--json"],
    environmentOf(deploy),
  );
  expect([code, code === 0 || stderr]).toEqual([0, true]);
  const proofs = Object.values(services).flatMap(
    ({ environment }) => environment?.ASSAY_PROOF ?? [],
  );
  expect(proofs).toHaveLength(5);
  for (const proof of proofs)
    expect(proof.toLowerCase()).toBe(String(lines[0]?.proof).toLowerCase());
});

test("has a chain, an entry, three workers, an auditor and the explorer, with options that hold", async () => {
  expect(Object.keys(services)).toEqual([
    "chain",
    "deploy",
    "bootstrap",
    "worker-1",
    "worker-2",
    "worker-3",
    "auditor",
    "explorer",
  ]);
  const nodes = Object.entries(services).filter(([name]) =>
    /^(bootstrap|worker-\d|auditor)$/.test(name),
  );
  const keys = nodes.flatMap(([, { environment }]) => environment?.ASSAY_PRIVATE_KEY ?? []);
  expect(new Set(keys).size).toBe(4);
  for (const [name, node] of nodes) {
    const { code, stderr } = await runCommand(["config", "check"], {
      ...environmentOf(node),
      ASSAY_DATA_DIR: join(folder, name),
    });
    expect([name, stderr, code]).toEqual([name, "", 0]);
    // Each has a folder of its own.
    expect(node.volumes).toContain(`${name}:/data`);
  }
  const images = new Set(
    Object.entries(services)
      .filter(([name]) => name !== "chain")
      .map(([, { image }]) => image),
  );
  expect([...images]).toEqual([`assay:${manifest.version}`]);
});

test("the explorer's pages ask the chain where a browser on this machine finds it", async () => {
  const { chain, explorer } = services;
  if (explorer?.command === undefined) throw new TypeError("no service has the pages");
  const [flag = "--listen", port = ""] = explorer.command.slice(1);
  expect(explorer.ports).toContain(`127.0.0.1:${port.split(":")[1]}:${port.split(":")[1]}`);
  const browserRpc = new URL(explorer.environment?.ASSAY_BROWSER_RPC ?? "");
  expect(chain?.ports).toContain(`${browserRpc.host}:8545`);
  const pages = startCli(["explorer", flag, "127.0.0.1:0"], started, environmentOf(explorer));
  await expect.poll(() => pages.lines[0]?.msg ?? pages.stderr).toMatch(/^http:/);
  const response = await fetch(new URL("config.json", pages.lines[0]?.msg));
  const config = (await response.json()) as { rpc: string };
  expect(config.rpc).toBe(browserRpc.origin);
});
