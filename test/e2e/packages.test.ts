import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createWalletClient, http, parseEther } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { hardhat } from "viem/chains";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PACKAGES } from "../../packaging/packages.ts";
import { isLong, longTest, variants } from "../fixtures/long.ts";
import { broughtBy, sizeOf } from "./installed.ts";
import {
  everyEntry,
  installNode,
  installPackages,
  linkPackages,
  publishingFaults,
  typeErrors,
} from "./packages.ts";
import { ROOT } from "./processes.ts";

// Everything here runs in a folder outside the repository that has the packed files and nothing of the repository; in `npm test` but for
// what others have published.

/** This process's own Node, and the oldest and the newest that the packages are for. */
const NODES = [process.versions.node, "22.23.3", "26.9.0"];

/** Packing and installing take minutes where something else has both cores. */
const INSTALL_MS = 900_000;

const folders: string[] = [];
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "assay-packages-"));
  folders.push(folder);
  await (isLong ? installPackages(folder) : linkPackages(folder));
  await writeFile(join(folder, "every.mts"), await everyEntry());
  await copyFile(join(ROOT, "examples/hello/src/main.ts"), join(folder, "hello.ts"));
}, INSTALL_MS);
afterAll(async () => {
  for (const path of folders) await rm(path, { recursive: true, force: true });
});

test("types are there, under both ways to find modules", () => {
  expect(typeErrors(folder, "every.mts", "hello.ts")).toBe("");
});

longTest("nothing that publint or are-the-types-wrong knows is wrong with them", async () => {
  expect(await publishingFaults()).toEqual([]);
});

longTest("each brings what it says and no more", () => {
  const sizes = PACKAGES.map((name) => {
    const packed = name === "cli" ? "assay" : `@assay/${name}`;
    const brought = broughtBy(folder, packed);
    return { packed, brought, packages: brought.length, bytes: sizeOf(folder, brought) };
  });
  for (const { packed, packages, bytes } of sizes) {
    process.stdout.write(`${packed}: ${packages} packages, ${(bytes / 1e6).toFixed(1)} MB\n`);
  }
  const heavy = ["better-sqlite3", "hardhat", "assemblyscript"];
  const heavyOf = (packed: string) =>
    heavy.filter((name) =>
      sizes.find((row) => row.packed === packed)?.brought.includes(`node_modules/${name}`),
    );
  expect(heavyOf("@assay/network")).toEqual([]);
  expect(heavyOf("@assay/sdk")).toEqual([]);
  expect(heavyOf("@assay/worker")).toEqual(["better-sqlite3"]);
});

describe.each(variants(NODES))("on Node %s", (version) => {
  let node = process.execPath;
  let localnet: ChildProcess;
  const environment: Record<string, string> = {};

  const assay = () => join(folder, "node_modules/assay/dist/main.mjs");
  const options = () => ({ cwd: folder, env: { ...process.env, ...environment } });
  function run(file: string, ...args: string[]) {
    const { status, stdout, stderr } = spawnSync(node, [file, ...args], {
      ...options(),
      encoding: "utf8",
    });
    return { status, stdout, stderr };
  }

  beforeAll(async () => {
    if (version !== process.versions.node) {
      node = await installNode(join(folder, `node-${version}`), version);
    }
    // From a folder with nothing in it, and with a setting of the user's own for a node of its own.
    const elsewhere = await mkdtemp(join(tmpdir(), "assay-elsewhere-"));
    folders.push(elsewhere);
    localnet = spawn(node, [assay(), "dev", "--workers", "1"], {
      cwd: elsewhere,
      // The user may have an `assay dev` of their own.
      env: { ...process.env, ASSAY_LOG_LEVEL: "error", XDG_STATE_HOME: elsewhere },
      stdio: ["ignore", "pipe", "inherit"],
    });
    for await (const line of createInterface({ input: localnet.stdout ?? process.stdin })) {
      const [, name, value = ""] = /^export (\w+)=(\S+)/.exec(line) ?? [];
      if (name !== undefined) environment[name] = value;
      if (line.includes("Ctrl-C")) return;
    }
    throw new Error("assay dev ended before it was ready");
  });
  afterAll(async () => {
    if (localnet?.exitCode !== null) return;
    localnet.kill("SIGINT");
    expect(await once(localnet, "exit")).toEqual([0, null]);
  });

  test("every entry can be imported", () => {
    const { status, stdout, stderr } = run("every.mts");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout.split("\n").filter((line) => line !== "" && !line.endsWith(" true"))).toEqual([]);
  });

  test("the README's script buys work", () => {
    expect(run("hello.ts")).toEqual({ status: 0, stdout: "olleh\nmorf\nsregnarts\n", stderr: "" });
  });

  test("the command runs a worker that joins", async () => {
    const { ASSAY_RPC = "", ASSAY_MARKETPLACE = "", ASSAY_BOOTSTRAP = "" } = environment;
    const key = generatePrivateKey();
    const rich = privateKeyToAccount(environment.ASSAY_PRIVATE_KEY as `0x${string}`);
    await createWalletClient({
      account: rich,
      chain: hardhat,
      transport: http(ASSAY_RPC),
    }).sendTransaction({ to: privateKeyToAccount(key).address, value: parseEther("1") });
    const flags = [
      ...["--rpc", ASSAY_RPC, "--marketplace", ASSAY_MARKETPLACE, "--bootstrap", ASSAY_BOOTSTRAP],
      ...["--network", "local", "--listen", "/ip4/127.0.0.1/tcp/0", "--stake", "0.1", "--json"],
      ...["--data-dir", join(folder, `data-${version}`)],
    ];
    const worker = spawn(node, [assay(), "worker", "start", ...flags], {
      cwd: folder,
      env: { ...process.env, ASSAY_PRIVATE_KEY: key },
      stdio: ["ignore", "pipe", "inherit"],
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
});

test("npx finds the command", () => {
  const { status, stdout } = spawnSync("npx", ["--no-install", "assay", "--help"], {
    cwd: folder,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringContaining("dev") });
});
