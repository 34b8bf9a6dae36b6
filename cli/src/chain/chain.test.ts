import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { marketplaceAbi } from "@assay/sdk";
import {
  type Address,
  bytesToHex,
  createPublicClient,
  createTestClient,
  type Hex,
  http,
} from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { localParameters, startAnvil } from "../../../test/fixtures/chain.ts";
import { startFaultyRpc } from "../../../test/fixtures/faultyRpc.ts";
import {
  type NodeProcess,
  startCli,
  startedThings,
  temporaryFolder,
} from "../../../worker/test/network.ts";
import { startSourceServices } from "../../test/sourceServices.ts";

const MNEMONIC = "test test test test test test test test test test test junk";
const deployer = mnemonicToAccount(MNEMONIC).address;
const LOCAL = fileURLToPath(new URL("../../../ignition/parameters/local.json", import.meta.url));
const MAIN = fileURLToPath(new URL("../main.mjs", import.meta.url));
/** A chain that is none for development, and that Assay is not made for. */
const CHAIN_ID = 5_151;

const started = startedThings();
let folder: string;
let rpcUrl: string;
beforeEach(async () => {
  folder = await temporaryFolder(started);
});
afterEach(() => started.end());

async function startChain(...options: string[]): Promise<void> {
  const node = await startAnvil(["--chain-id", String(CHAIN_ID), ...options]);
  started.add(() => node.stop());
  ({ rpcUrl } = node);
}

function keyOf(addressIndex: number): Hex {
  const { privateKey } = mnemonicToAccount(MNEMONIC, { addressIndex }).getHdKey();
  return bytesToHex(privateKey ?? new Uint8Array());
}

const out = () => join(folder, "deployment.json");
const deployArguments = (...more: string[]) => [
  ...["chain", "deploy", "--rpc", rpcUrl, "--json", "--data-dir", join(folder, "data")],
  ...["--out", out(), "--journal", join(folder, "journal"), ...more],
];

async function ended(process: NodeProcess) {
  const code = await process.exit;
  return { code, json: process.lines[0], stderr: process.stderr.trim() };
}

interface How {
  parameters?: string;
  account?: number;
  environment?: NodeJS.ProcessEnv;
}

function deploy(
  more: string[] = [],
  { parameters = LOCAL, account = 0, environment = {} }: How = {},
) {
  const key = { ASSAY_PRIVATE_KEY: keyOf(account) };
  const argv = deployArguments("--parameters", parameters, ...more);
  return ended(startCli(argv, started, { ...key, ...environment }));
}

function verify(...more: string[]) {
  const argv = ["chain", "verify", "--rpc", rpcUrl, "--deployment", out(), "--json", ...more];
  return ended(startCli(argv, started));
}

const reader = () => createPublicClient({ transport: http(rpcUrl) });
const transactions = () => reader().getTransactionCount({ address: deployer });

/** A file of parameters that differs from a good one. */
async function changed(from: string, to: string): Promise<string> {
  const text = await readFile(LOCAL, "utf8");
  expect(text).toContain(from);
  const file = join(folder, "changed.json");
  await writeFile(file, text.replace(from, to));
  return file;
}

describe("chain deploy", () => {
  test("deploys to an unknown chain, and writes what the other commands use", async () => {
    await startChain();
    const { code, json, stderr } = await deploy(["--yes"]);
    expect([code, stderr]).toEqual([0, expect.stringContaining("contracts deployed: 4 of 4")]);
    const { marketplace, jury, randomness, blockNumber } = json as unknown as Record<
      string,
      unknown
    >;
    expect(JSON.parse(await readFile(out(), "utf8"))).toEqual({
      [CHAIN_ID]: { marketplace, jury, randomness, blockNumber, confirmations: 1 },
    });
    const address = marketplace as Address;
    const call = { address, abi: marketplaceAbi, functionName: "parameters" } as const;
    expect(await reader().readContract(call)).toEqual(localParameters);
    const before = { address, blockNumber: BigInt(Number(blockNumber)) - 1n };
    expect(await reader().getCode(before)).toBeUndefined();

    const environment = { ASSAY_RPC: rpcUrl, ASSAY_DEPLOYMENT: out() };
    const info = await ended(startCli(["chain", "info", "--json"], started, environment));
    expect(info).toMatchObject({ code: 0, json: { chainId: CHAIN_ID, marketplace, jury } });
    expect(await verify("--parameters", LOCAL)).toMatchObject({ code: 0, json: { ok: true } });
    expect(await deploy()).toMatchObject({ code: 0, json });
    expect(await transactions()).toBe(4);
  });

  test("shows what it costs, and spends nothing without a yes", async () => {
    await startChain();
    const { code, stderr } = await deploy();
    expect(code).toBe(2);
    expect(stderr).toMatch(/^deployment +Remedies, Marketplace, BlockRandomness, JuryArbiter$/m);
    expect(stderr).toMatch(/^gas +about 0\.0\d+ ether: \d{8} at \S+ gwei$/m);
    expect(stderr).toMatch(/^from +0xf39F\S+, which has 10000 ether$/m);
    expect(stderr).toMatch(/There is no terminal to ask on: give --yes to go ahead\.$/);
    const poor = await deploy(["--yes"], {
      environment: { ASSAY_PRIVATE_KEY: `0x${"11".repeat(32)}` },
    });
    expect([poor.code, poor.stderr]).toEqual([1, expect.stringContaining("has 0 ether and needs")]);
    expect(await transactions()).toBe(0);
  });

  test("refuses parameters as the contracts would, before it costs anything", async () => {
    await startChain();
    const good = await readFile(LOCAL, "utf8");
    for (const [from, to, said] of [
      ['"slashBps": 5000', '"slashBps": 50000', "Marketplace_OutOfBounds(slashBps, 50000, 1000,"],
      ['"jurySize": 3', '"jurySize": 4', "JuryArbiter_EvenJury(4)"],
      ['"1n"', '"5000n"', "BlockRandomness_DelayOutOfBounds(5000, 1, 1000)"],
      ['"slashBps"', '"slashBsp"', "Marketplace lacks slashBps: add it"],
      ['"burnBps"', '"more": 1, "burnBps"', "Marketplace has more, which is no rule"],
      ['"slashBps": 5000', '"slashBps": "much"', "slashBps has to be a whole number such as 5000"],
      [good, "{", "is no JSON"],
      [good, "[]", "the file lacks Marketplace"],
    ] as const) {
      const { code, stderr } = await deploy(["--yes"], { parameters: await changed(from, to) });
      expect([code, stderr]).toEqual([2, expect.stringContaining(said)]);
    }
    expect(await transactions()).toBe(0);
  });

  test("says how to go on when it was begun with something else", async () => {
    await startChain();
    expect(await deploy(["--yes"])).toMatchObject({ code: 0 });
    const other = { parameters: await changed('"slashBps": 5000', '"slashBps": 6000') };
    for (const how of [other, { account: 1 }]) {
      const { code, stderr } = await deploy(["--yes"], how);
      expect(code).toBe(1);
      expect(stderr).toMatch(/has been changed.* begin anew with another --journal\.$/);
    }
    expect(await transactions()).toBe(4);
  });

  test("killed at any moment it goes on where it stopped, and sends nothing twice", async () => {
    await startChain("--block-time", "1");
    const argv = deployArguments("--parameters", LOCAL, "--yes");
    for (const moment of [
      ...["BlockRandomness begun", "BlockRandomness sent", "Remedies begun", "Remedies deployed"],
      ...["Marketplace sent", "JuryArbiter begun", "JuryArbiter sent"],
    ]) {
      await killAt(moment, argv);
    }
    expect(await deploy(["--yes"])).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("4 of 4"),
    });
    expect(await transactions()).toBe(4);
    expect(await verify("--parameters", LOCAL)).toMatchObject({ code: 0, json: { ok: true } });
  });

  test("goes on after the chain was away, and shows no key of its address", async () => {
    await startChain();
    await using proxy = await startFaultyRpc(rpcUrl);
    const secret = "0123secret";
    rpcUrl = `${proxy.url}/v2/${secret}`;
    let sent = 0;
    proxy.misbehave(({ method }) => {
      if (method === "eth_sendRawTransaction") sent += 1;
      return sent > 2 ? { http: 503 } : undefined;
    });
    const failed = await deploy(["--yes"]);
    expect([failed.code, failed.stderr]).toEqual([
      1,
      expect.stringMatching(/the same command again/),
    ]);
    expect(failed.stderr).not.toContain(secret);
    proxy.misbehave(undefined);
    expect(await deploy(["--yes"])).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("4 of 4"),
    });
    expect(await transactions()).toBe(4);
  });
});

/** Kills a command when it has said something, or when it has ended before. */
async function killAt(moment: string, argv: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [MAIN, ...argv], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { PATH: process.env.PATH, ASSAY_PRIVATE_KEY: keyOf(0) },
  });
  const exit = once(child, "exit");
  for await (const line of createInterface(child.stderr)) {
    if (line.includes(moment)) break;
  }
  child.kill("SIGKILL");
  await exit;
}

describe("chain verify", () => {
  test("names what is not as it should be", async () => {
    await startChain();
    const { json } = await deploy(["--yes"]);
    const { marketplace, jury } = json as unknown as Record<string, Address>;
    const client = createTestClient({ mode: "anvil", transport: http(rpcUrl) });
    const wrong = async (check: string, ...more: string[]) => {
      const { code, stderr, json } = await verify(...more);
      expect([code, stderr]).toEqual([1, expect.stringContaining(`${check}: `)]);
      expect(json).toMatchObject({ ok: false });
    };
    const slashing = await changed('"slashBps": 5000', '"slashBps": 6000');
    await wrong("Marketplace rules are those of the file", "--parameters", slashing);

    for (const [check, address, change] of [
      ["Marketplace code", marketplace, (code: Hex) => `${code.slice(0, -2)}00`],
      ["Marketplace code", marketplace, () => "0x"],
      ["Marketplace code", marketplace, (code: Hex) => `${code}00`],
      // A rule stands in the code, more than once: in one of its places alone…
      ["Marketplace code", marketplace, (code: Hex) => code.replace(word(86_400), word(86_401))],
      // …and in all of them, out of its bounds.
      ["Marketplace parameters", marketplace, (code: Hex) => code.replaceAll(word(5000), word(9))],
      ["JuryArbiter code", jury, () => "0x6000"],
      [
        "JuryArbiter parameters",
        jury,
        (code: Hex) =>
          code.replaceAll(marketplace?.slice(2).toLowerCase() ?? "", "00".repeat(19).concat("01")),
      ],
    ] as [string, Address, (code: Hex) => Hex][]) {
      const code = (await reader().getCode({ address })) ?? "0x";
      const bytecode = change(code);
      expect(bytecode).not.toBe(code);
      await client.setCode({ address, bytecode });
      await wrong(check);
      await client.setCode({ address, bytecode: code });
    }
    expect(await verify()).toMatchObject({ code: 0 });
  });

  test("has the source verified by Sourcify, and by Etherscan with a key", async () => {
    await startChain();
    expect(await deploy(["--yes"])).toMatchObject({ code: 0 });
    const services = await startSourceServices(started);
    const { sourcifyUrl, etherscanUrl, submissions } = services;
    const publishing = () =>
      ended(
        startCli(
          [
            ...["chain", "verify", "--rpc", rpcUrl, "--deployment", out(), "--json"],
            ...["--publish-source", "--sourcify-url", sourcifyUrl, "--etherscan-url", etherscanUrl],
          ],
          started,
          { ETHERSCAN_API_KEY: "0123secret" },
        ),
      );
    const { code, json } = await publishing();
    expect(code).toBe(0);
    expect(json?.published).toEqual(["Sourcify", "Etherscan"]);
    expect(submissions).toHaveLength(8);
    for (const service of ["sourcify", "etherscan"]) {
      const names = submissions.filter((one) => one.service === service);
      expect(names.map(({ contract }) => contract.replace(/.*:/, "")).toSorted()).toEqual([
        ...["BlockRandomness", "JuryArbiter", "Marketplace", "Remedies"],
      ]);
    }
    const market = submissions.find(({ contract }) => contract.endsWith(":Marketplace"));
    expect(market).toMatchObject({ chainId: String(CHAIN_ID), address: json?.marketplace });
    expect(market?.input.sources).toHaveProperty([market?.contract.replace(/:.*/, "") ?? ""]);
    const libraries = market?.input.settings.libraries as Record<string, object>;
    expect(Object.values(libraries ?? {})).toEqual([
      { Remedies: expect.stringMatching(/^0x[\da-fA-F]{40}$/) },
    ]);
    const delay = submissions.findLast(({ contract }) => contract.endsWith(":BlockRandomness"));
    expect(delay?.constructorArguments).toBe("1".padStart(64, "0"));

    services.refuse();
    const refused = await publishing();
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining("Sourcify did not verify the source: The onchain and recompiled"),
    ]);
  });
});

/** A number as it stands in code. */
function word(value: number): string {
  return value.toString(16).padStart(64, "0");
}
