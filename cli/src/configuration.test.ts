import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import type { TestChain } from "../../test/fixtures/chain.ts";
import { longTest } from "../../test/fixtures/long.ts";
import { marketForFile } from "../../worker/test/market.ts";
import {
  accountOf,
  type Requester,
  startCli,
  temporaryFolder,
  workerArguments,
} from "../../worker/test/network.ts";
import { runCommand } from "../test/callCli.ts";

let chain: TestChain;
let requester: Requester;
let folder: string;
let key: string;
const forTest = marketForFile((market) => {
  ({ chain, requester } = market);
  const { environment } = workerArguments(chain, requester, { dataDir: "" });
  key = environment.ASSAY_PRIVATE_KEY ?? "";
});
beforeEach(async () => {
  folder = await temporaryFolder(forTest);
});

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

/** A command that ends by itself: its exit code and what it printed. */
async function run(argv: string[], environment: NodeJS.ProcessEnv = {}) {
  if (argv[1] !== "start") return runCommand(argv, environment);
  const node = startCli(argv, forTest, environment);
  const code = await node.exit;
  return { code, lines: node.lines, stderr: node.stderr.trim() };
}

/** A configuration of a worker that would run; `more` replaces its sections. */
function configuration(more: Record<string, object> = {}): Promise<string> {
  const sections = {
    chain: { rpc: chain.rpcUrl, marketplace: chain.marketplace, pollingInterval: "50ms" },
    node: { dataDir: join(folder, "data") },
    p2p: { network: "local", bootstrap: requester.peer.multiaddrs },
    policy: { stake: 1 },
    executor: { processes: 1 },
    ...more,
  };
  return file("assay.yaml", JSON.stringify(sections));
}

describe("a bad configuration is one line that names the key and the fix, and a code that is not 0", () => {
  async function refused(config: string, environment: NodeJS.ProcessEnv = {}) {
    const { code, stderr } = await run(["worker", "start", "--config", config], {
      ASSAY_PRIVATE_KEY: key,
      ...environment,
    });
    expect(stderr.split("\n")).toHaveLength(1);
    return { code, line: stderr };
  }

  test("an unknown key", async () => {
    expect(await refused(await configuration({ policy: { minRewrad: 1 } }))).toEqual({
      code: 2,
      line: expect.stringContaining("no key policy.minRewrad: did you mean policy.minReward?"),
    });
  });

  test("a wrong unit", async () => {
    expect(await refused(await configuration({ executor: { taskLimit: 10 } }))).toEqual({
      code: 2,
      line: expect.stringContaining("executor.taskLimit 10: give a duration such as 500ms, 10s"),
    });
  });

  test("what is no YAML", async () => {
    expect(await refused(await file("bad.yaml", "policy: [1\nnode: 2"))).toEqual({
      code: 2,
      line: expect.stringMatching(/bad\.yaml:\d+:\d+ is no valid YAML/),
    });
  });

  test("a key file that is not there", async () => {
    const config = await configuration({ account: { keyFile: join(folder, "gone") } });
    expect(await refused(config)).toEqual({
      code: 2,
      line: expect.stringMatching(/--key-file \S+gone cannot be read \(ENOENT\)/),
    });
  });

  longTest("a chain without a known deployment, and another chain than was said", async () => {
    const { rpcUrl: rpc, marketplace } = chain;
    expect(await refused(await configuration({ chain: { rpc } }))).toEqual({
      code: 2,
      line: expect.stringMatching(/No Marketplace is known on chain 31337: .*chain\.marketplace/),
    });
    expect(await refused(await configuration({ chain: { rpc, marketplace, id: 1 } }))).toEqual({
      code: 1,
      line: expect.stringMatching(/serves chain 31337, not 1: check --rpc/),
    });
  });

  longTest("a port that is taken", async () => {
    const port = /tcp\/\d+/.exec(requester.peer.multiaddrs[0] ?? "")?.[0];
    const p2p = { network: "local", listen: `/ip4/127.0.0.1/${port}` };
    expect(await refused(await configuration({ p2p }))).toEqual({
      code: 1,
      line: expect.stringContaining("--listen"),
    });
  });

  longTest("a data folder that cannot be written", async () => {
    const inTheWay = await file("file", "");
    const config = await configuration({ node: { dataDir: join(inTheWay, "data") } });
    expect(await refused(config)).toEqual({
      code: 1,
      line: expect.stringMatching(/data folder \S+ cannot be written \(ENOTDIR\): .*node\.dataDir/),
    });
  });
});

describe("config", () => {
  test("show has the value and the source of every key, redacted", async () => {
    const config = await configuration({ chain: { rpc: "https://rpc.example/v2/0123secret" } });
    const argv = ["config", "show", "--json", "--config", config, "--stake", "2"];
    const { code, lines } = await run(argv, { ASSAY_CONFIRMATIONS: "3" });
    expect(code).toBe(0);
    const options = lines[0]?.options as { key: string }[];
    const of = (key: string) => options.find((option) => option.key === key);
    expect(of("chain.rpc")).toMatchObject({ value: "https://rpc.example/…", source: "file" });
    expect(of("policy.stake")).toMatchObject({ value: "2", source: "flag" });
    expect(of("chain.confirmations")).toMatchObject({ value: "3", source: "environment" });
    expect(of("node.drainTimeout")).toMatchObject({ value: "10m", source: "default" });
    const people = await run(argv.filter((word) => word !== "--json"));
    expect(JSON.stringify(people.lines)).not.toContain("secret");
  });

  test("check finds what would not run", async () => {
    const argv = ["config", "check", "--config", await configuration()];
    expect(await run(argv, { ASSAY_PRIVATE_KEY: key })).toMatchObject({ code: 0, stderr: "" });
    expect(await run(argv)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("make one with assay key create"),
    });
    expect(await run(argv, { ASSAY_PRIVATE_KEY: key, ASSAY_STAEK: "1" })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("ASSAY_STAEK is no option: did you mean ASSAY_STAKE?"),
    });
  });
});

describe("an account in a keystore", () => {
  test("is made once, shown without its password, and runs a node", async () => {
    const config = await configuration();
    const passwordFile = await file("password", "correct horse\n");
    const imported = await run(["key", "import", "--json", "--config", config], {
      ASSAY_PRIVATE_KEY: key,
      ASSAY_PASSWORD: "correct horse",
    });
    const { address } = accountOf(chain, 2);
    const keystore = join(folder, "data", "key.json");
    expect(imported).toMatchObject({ code: 0, lines: [{ address, keystore }] });
    const again = ["key", "create", "--config", config, "--password-file", passwordFile];
    expect(await run(again)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`There is a keystore in ${keystore}`),
    });
    expect(await run(["key", "address", "--json", "--config", config])).toMatchObject({
      code: 0,
      lines: [{ address }],
    });

    const start = ["worker", "start", "--config", config];
    expect(await run(start)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("give --password-file or ASSAY_PASSWORD"),
    });
    expect(await run(start, { ASSAY_PASSWORD: "wrong" })).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/The password from ASSAY_PASSWORD does not open \S+key\.json/),
    });
    const node = startCli([...start, "--password-file", passwordFile], forTest);
    expect(await node.line("node started")).toMatchObject({ address, roles: ["worker"] });
  });

  longTest("a new one has a key of its own", async () => {
    const create = (name: string) =>
      run(["key", "create", "--json", "--keystore", join(folder, name)], { ASSAY_PASSWORD: "p" });
    const [one, other] = [await create("one.json"), await create("other.json")];
    expect(one.code).toBe(0);
    expect(one.lines[0]?.address).toMatch(/^0x[\da-fA-F]{40}$/);
    expect(one.lines[0]?.address).not.toBe(other.lines[0]?.address);
  });
});

test("a node for the network alone needs neither chain nor account, and a worker enters by it", async () => {
  const folders = { bootstrap: join(folder, "bootstrap"), worker: join(folder, "worker") };
  const bootstrap = startCli(
    [
      ...["worker", "start", "--roles", "bootstrap,relay", "--network", "local"],
      ...["--chain-id", String(chain.chain.id), "--marketplace", chain.marketplace],
      ...["--data-dir", folders.bootstrap],
    ],
    forTest,
  );
  const { multiaddrs } = await bootstrap.line("node started");
  const { argv, environment } = workerArguments(chain, requester, { dataDir: folders.worker });
  const first = argv.indexOf("--bootstrap");
  const worker = startCli(
    [...argv.slice(0, first), "--bootstrap", (multiaddrs as string[]).join(",")],
    forTest,
    environment,
  );
  await worker.line("node started");
  bootstrap.kill("SIGINT");
  expect(await bootstrap.exit).toBe(0);
});
