import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createWalletClient, http, parseEther } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { hardhat } from "viem/chains";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  everyEntry,
  installPackages,
  type Localnet,
  startLocalnet,
  typeErrors,
} from "./packages.ts";
import { ROOT } from "./processes.ts";

// Everything here runs in a folder outside the repository that has the packed files and nothing of the repository.
let folder: string;
let localnet: Localnet;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "assay-packages-"));
  await installPackages(folder);
  localnet = await startLocalnet();
});
afterAll(async () => {
  await localnet?.stop();
  await rm(folder, { recursive: true, force: true });
});

function run(file: string, ...args: string[]) {
  const options = {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, ...localnet.env },
  } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], options);
  return { status, stdout, stderr };
}

test("every entry can be imported, and has its types under both ways to find modules", async () => {
  await writeFile(join(folder, "every.mts"), await everyEntry());
  const { status, stdout, stderr } = run("every.mts");
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout.split("\n").filter((line) => line !== "" && !line.endsWith(" true"))).toEqual([]);
  expect(typeErrors(folder, "every.mts")).toBe("");
});

test("the README's script buys work", async () => {
  await copyFile(join(ROOT, "examples/hello/src/hello.ts"), join(folder, "hello.ts"));
  expect(typeErrors(folder, "hello.ts")).toBe("");
  expect(run("hello.ts")).toEqual({ status: 0, stdout: "olleh\nmorf\nsregnarts\n", stderr: "" });
});

test("the command runs a worker that joins", async () => {
  const { ASSAY_RPC = "", ASSAY_MARKETPLACE = "", ASSAY_BOOTSTRAP = "" } = localnet.env;
  const assay = join(folder, "node_modules/@assay/worker/dist/cli/main.mjs");
  expect(run(assay, "--help")).toMatchObject({
    status: 0,
    stdout: expect.stringContaining("worker start"),
  });

  const key = generatePrivateKey();
  const rich = privateKeyToAccount(localnet.env.ASSAY_PRIVATE_KEY as `0x${string}`);
  await createWalletClient({
    ...{ account: rich, chain: hardhat, transport: http(ASSAY_RPC) },
  }).sendTransaction({ to: privateKeyToAccount(key).address, value: parseEther("1") });
  const options = [
    ...["--rpc", ASSAY_RPC, "--marketplace", ASSAY_MARKETPLACE, "--bootstrap", ASSAY_BOOTSTRAP],
    ...["--network", "local", "--listen", "/ip4/127.0.0.1/tcp/0", "--stake", "0.1", "--json"],
    ...["--data-dir", join(folder, "data")],
  ];
  const worker = spawn(process.execPath, [assay, "worker", "start", ...options], {
    ...{ cwd: folder, stdio: ["ignore", "pipe", "inherit"] },
    env: { ...process.env, ASSAY_PRIVATE_KEY: key },
  });
  const exit = once(worker, "exit");
  try {
    let started: { address?: string } = {};
    for await (const line of createInterface(worker.stdout)) {
      const log = JSON.parse(line);
      if (log.msg === "node started") {
        started = log;
        break;
      }
    }
    expect(started.address).toBe(privateKeyToAccount(key).address);
  } finally {
    worker.kill("SIGINT");
  }
  expect(await exit).toEqual([0, null]);
});
