import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { nodeOptions } from "../../../worker/src/config/nodeOptions.ts";
import { startedThings, temporaryFolder } from "../../../worker/test/network.ts";
import { call } from "../../test/call.ts";

const started = startedThings();
let out: string;
beforeEach(async () => {
  out = join(await temporaryFolder(started), "assay.yaml");
});
afterEach(() => started.end());

interface Shown {
  key: string;
  value: string | null;
  source: string;
}

async function shown(): Promise<Shown[]> {
  const { exitCode, json } = await call(["config", "show", "--config", out, "--json"]);
  expect(exitCode).toBe(0);
  return json.options;
}

test("it has every key, and without flags it changes none", async () => {
  expect(await call(["config", "init", "--out", out])).toMatchObject({ exitCode: 0 });
  const text = await readFile(out, "utf8");
  for (const { key } of Object.values(nodeOptions) as { key?: string }[]) {
    if (key === undefined) continue;
    const [section, name] = key.split(".");
    expect(text).toMatch(new RegExp(`^#${section}:$`, "m"));
    expect(text).toMatch(new RegExp(`^# {2}${name}: `, "m"));
  }
  expect((await shown()).filter(({ source }) => source !== "default")).toEqual([]);
});

test("its flags are filled in, as they were given", async () => {
  const given = {
    "--rpc": "https://rpc.example/v2/KEY,https://other.example",
    ...{ "--stake": "0.5", "--roles": "worker,auditor", "--max-fee-per-gas": "50gwei" },
    "--token": "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48@0.0004",
    "--tag-rule": "gpu+region:eu@*",
  };
  const { exitCode, stdout } = await call(
    ["config", "init", "--out", out, "--upnp", ...Object.entries(given).flat()],
    { env: { ASSAY_MIN_REWARD: "1gwei" } },
  );
  expect(exitCode).toBe(0);
  expect(stdout).not.toContain("KEY");
  expect((await stat(out)).mode & 0o777).toBe(0o600);
  const fromFile = (await shown()).filter(({ source }) => source === "file");
  expect(Object.fromEntries(fromFile.map(({ key, value }) => [key, value]))).toEqual({
    "chain.rpc": "https://rpc.example/…,https://other.example",
    ...{ "policy.stake": "0.5", "node.roles": "worker,auditor", "chain.maxFeePerGas": "50gwei" },
    ...{ "policy.tokens": given["--token"], "policy.tagRules": "gpu+region:eu@*" },
    "p2p.upnp": "true",
  });
});

test("every comment without its # is a value that is understood, or a placeholder", async () => {
  await call(["config", "init", "--out", out]);
  const text = await readFile(out, "utf8");
  const uncommented = text
    .split("\n")
    .filter((line) => /^#(\w+:$| {2}\w+: )/.test(line) && !/[<>|]/.test(line))
    .map((line) => line.slice(1));
  await writeFile(out, uncommented.join("\n").replaceAll(/^\w+:\n(?=\w)/gm, ""));
  const given = (await shown()).filter(({ source }) => source === "file");
  expect(given.length).toBeGreaterThan(20);
});

test("it overwrites nothing, and writes nothing that would not be read", async () => {
  await writeFile(out, "mine");
  const again = await call(["config", "init", "--out", out]);
  expect([again.exitCode, again.stderr]).toEqual([
    2,
    expect.stringContaining("is there already: name a new file"),
  ]);
  expect(await readFile(out, "utf8")).toBe("mine");
  const wrong = await call(["config", "init", "--out", `${out}2`, "--stake", "much"]);
  expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining("give an amount")]);
  await expect(stat(`${out}2`)).rejects.toThrow("ENOENT");
});
