import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startAnvil } from "../../test/fixtures/chain.ts";
import { failureOf } from "../../worker/src/process/failure.ts";
import { marketForFile } from "../../worker/test/market.ts";
import {
  startCli,
  startedThings,
  temporaryFolder,
  workerArguments,
} from "../../worker/test/network.ts";
import { call } from "../test/call.ts";
import { aliases, commands } from "./cli.ts";
import { namedCommands } from "./commandLine/tree.ts";

// Snapshots of what others build upon. What changes here is told in a changeset; `vitest run FILE -u` writes them.

describe("the help", () => {
  test.each([
    ["assay", ["--help"]],
    ...Object.keys(commands).map((noun) => [`assay ${noun}`, [noun, "--help"]] as const),
    ...namedCommands(commands)
      .filter(([words]) => words.length > 1)
      .map(([words]) => [`assay ${words.join(" ")}`, [...words, "--help"]] as const),
    ...Object.keys(aliases).map((word) => [`assay ${word}`, [word, "--help"]] as const),
  ] as [string, string[]][])("of %s", async (_, argv) => {
    const { exitCode, stdout, stderr } = await call(argv);
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(stdout).toMatchSnapshot();
  });
});

/** A value without what differs from run to run: the kinds of its parts, by name. Of a list, the kinds that it has. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) {
    const kinds = new Map(value.map((one) => [JSON.stringify(shape(one)), shape(one)]));
    return [...kinds.values()];
  }
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shape(one)]));
  }
  if (typeof value !== "string") return value === null ? null : typeof value;
  if (/^0x[\da-fA-F]{40}$/.test(value)) return "address";
  if (/^0x[\da-fA-F]{64}$/.test(value)) return "hash";
  return /^\d+$/.test(value) ? "decimal string" : "string";
}

describe("--json", () => {
  const started = startedThings();
  afterAll(() => started.end());
  const account = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
  let folder: string;
  let where: string[];
  beforeAll(async () => {
    folder = await temporaryFolder(started);
    const node = await startAnvil();
    started.add(() => node.stop());
    const deployment = join(folder, "deployment.json");
    where = ["--rpc", node.rpcUrl, "--deployment", deployment];
  });

  test("of what is on a chain", async () => {
    const deploy = ["chain", "deploy", ...where.slice(0, 2), "--out", where[3] ?? "", "--json"];
    const env = {
      ASSAY_PRIVATE_KEY: "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
    };
    const journal = ["--journal", join(folder, "journal"), "--data-dir", folder];
    expect(shape((await call([...deploy, ...journal], { env })).json)).toMatchSnapshot(
      "chain deploy",
    );
    for (const argv of [
      ["chain", "info", ...where],
      ["chain", "verify", ...where],
      ["stake", "status", ...where, "--account", account],
      ["credit", "show", ...where, "--account", account],
    ]) {
      const { exitCode, json } = await call([...argv, "--json"]);
      expect(exitCode).toBe(0);
      expect(shape(json)).toMatchSnapshot(argv.slice(0, 2).join(" "));
    }
  });

  test("of what needs no chain", async () => {
    const env = () => ({ ASSAY_PASSWORD: "p" });
    const data = ["--data-dir", folder];
    const wasm = join(folder, "reverse.wasm");
    const source = join(folder, "echo.ts");
    await writeFile(
      source,
      "export function main(input: Uint8Array): Uint8Array { return input; }",
    );
    for (const [argv, name] of [
      [["chain", "list"]],
      [["capabilities"]],
      [["config", "show"]],
      [["config", "init", "--out", join(folder, "assay.yaml")]],
      [["key", "create", ...data]],
      [["key", "address", ...data]],
      [["key", "list", ...data]],
      [["key", "export", ...data, "--yes", "--out", join(folder, "exported")]],
      [["program", "build", source, "--out", wasm]],
      [["program", "inspect", wasm]],
      [["program", "run", wasm, source]],
    ] as [string[], string?][]) {
      const { exitCode, json, stderr } = await call([...argv, "--json"], { env: env() });
      expect([argv, exitCode, stderr]).toEqual([argv, 0, ""]);
      expect(shape(json)).toMatchSnapshot(name ?? argv.slice(0, 2).join(" ").replace(/ -.*/, ""));
    }
  });
});

describe("--json of a running node", () => {
  let market: Parameters<Parameters<typeof marketForFile>[0]>[0];
  const started = marketForFile((assigned) => {
    market = assigned;
  });

  test("has its shape", async () => {
    const dataDir = await temporaryFolder(started);
    const { argv, environment } = workerArguments(market.chain, market.requester, { dataDir });
    await startCli(argv, started, environment).line("node started");
    // The requester's peer is in the mesh: nothing of the shapes is still to come.
    const scores = ["net", "peers", "--scores", "--data-dir", dataDir, "--json"];
    const mesh = async () => (await call(scores)).json?.market?.gossip.mesh ?? [];
    await expect.poll(mesh).toHaveLength(1);
    for (const words of [
      ["worker", "status"],
      ["net", "status"],
      ["net", "peers"],
      ["net", "peers", "--scores"],
    ]) {
      const { exitCode, json, stderr } = await call([...words, "--data-dir", dataDir, "--json"]);
      expect([exitCode, stderr]).toEqual([0, ""]);
      expect(shape(json)).toMatchSnapshot(words.join(" "));
    }
  });
});

test("exit codes, by the codes of errors", () => {
  const codes = [
    ...["USAGE", "CONFIG", "KEY_FILE", "KEYSTORE_INVALID", "WRONG_PASSWORD"],
    ...["STORE_DAMAGED", "STORE_FOREIGN"],
    ...["DEPLOYMENT_MISMATCH", "DEPLOY_FAILED", "SOURCE_NOT_VERIFIED", "CHAIN_UNREACHABLE"],
  ];
  const table = codes.map((code) => [code, failureOf({ code, message: "" }).exitCode]);
  expect(Object.fromEntries(table)).toMatchInlineSnapshot(`
    {
      "CHAIN_UNREACHABLE": 1,
      "CONFIG": 2,
      "DEPLOYMENT_MISMATCH": 1,
      "DEPLOY_FAILED": 1,
      "KEYSTORE_INVALID": 2,
      "KEY_FILE": 2,
      "SOURCE_NOT_VERIFIED": 1,
      "STORE_DAMAGED": 3,
      "STORE_FOREIGN": 3,
      "USAGE": 2,
      "WRONG_PASSWORD": 2,
    }
  `);
});
