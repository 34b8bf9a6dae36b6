import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import hre from "hardhat";
import { createPublicClient, getAddress, http } from "viem";
import { describe, expect, it } from "vitest";
import { chains } from "../../ignition/src/chains.ts";
import { assayModule } from "../../ignition/src/modules/Assay.ts";
import { juryArbiterAbi } from "../../sdk/src/generated/juryArbiterAbi.ts";
import { marketplaceAbi } from "../../sdk/src/generated/marketplaceAbi.ts";
import { localParameters } from "../fixtures/chain.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const parametersOf = (name: string) => join(root, "ignition/parameters", `${name}.json`);

describe("the parameters of each chain", () => {
  it("are there for every chain, and for no other", async () => {
    const files = (await readdir(join(root, "ignition/parameters"))).sort();
    const names = Object.keys(chains).map((name) => (name === "localhost" ? "local" : name));
    expect(files).toEqual(names.map((name) => `${name}.json`).sort());
  });

  it.each(Object.entries(chains))(
    "%s: are within bounds, and arbiters rule before the Marketplace stops waiting for them",
    async (name, { randomness }) => {
      const { ignition, viem } = await hre.network.create();
      const { marketplace, jury, proof } = await ignition.deploy(assayModule(randomness), {
        parameters: parametersOf(name === "localhost" ? "local" : name),
      });
      const market = await viem.getContractAt("Marketplace", marketplace.address);
      const rules = await market.read.parameters();
      const arbiter = await viem.getContractAt("JuryArbiter", jury.address);
      const prover = await viem.getContractAt("ProofArbiter", proof.address);
      const [fee, ruling] = await Promise.all([
        arbiter.read.fee(),
        arbiter.read.maxRulingSeconds(),
      ]);
      expect(ruling).toBeLessThanOrEqual(BigInt(rules.disputeTimeoutSeconds));
      // A challenger who is right gets the arbiter's fee back in full, of the least stake that a job may ask for.
      const slashed = (rules.minStakePerBatch * BigInt(rules.slashBps)) / 10_000n;
      const left = slashed - (slashed * BigInt(rules.burnBps)) / 10_000n;
      expect(fee).toBeLessThanOrEqual(left);
      const { marketplace: served } = await arbiter.read.parameters();
      expect(getAddress(served)).toBe(getAddress(marketplace.address));

      const { marketplace: provenFor, clockSeconds, feeWei } = await prover.read.parameters();
      expect(getAddress(provenFor)).toBe(getAddress(marketplace.address));
      expect(2 * clockSeconds).toBeLessThan(rules.disputeTimeoutSeconds);
      // Eight challengers of one batch get it back.
      expect(8n * feeWei).toBeLessThanOrEqual(left);
    },
  );
});

interface Node extends AsyncDisposable {
  rpcUrl: string;
}

/** A process that says `… <ip>:<port>` when it listens. */
async function startNode(command: string, args: string[]): Promise<Node> {
  const child = spawn(join(root, "node_modules/.bin", command), args, {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const closed = once(child, "close");
  let rpcUrl: string | undefined;
  for await (const line of createInterface(child.stdout)) {
    const [, address] = /(127\.0\.0\.1:\d+)/.exec(line) ?? [];
    if (address === undefined) continue;
    rpcUrl = `http://${address}`;
    break;
  }
  if (rpcUrl === undefined) throw new Error(`${command} ended before it listened`);
  child.stdout.resume();
  return {
    rpcUrl,
    async [Symbol.asyncDispose]() {
      child.kill();
      await closed;
    },
  };
}

describe("npm run deploy", () => {
  // Contracts that count their coverage are larger than those that are deployed.
  const anySize = process.env.HARDHAT_COVERAGE === "true" ? ["--disable-code-size-limit"] : [];
  it.each([
    ["Hardhat's node", "hardhat", ["node", "--hostname", "127.0.0.1", "--port", "0"]],
    ["anvil", "anvil", ["--port", "0", ...anySize]],
  ])("deploys to %s, and writes where the contracts are", async (_, command, args) => {
    await using node = await startNode(command, args);
    const folder = await mkdtemp(join(tmpdir(), "assay-deployment-"));
    try {
      const out = join(folder, "deployments.json");
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [
          "ignition/deploy.ts",
          ...["--network", "localhost", "--rpc-url", node.rpcUrl, "--out", out],
        ],
        { cwd: root },
      );
      const { chainId, ...entry } = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
      expect(chainId).toBe(31_337);
      expect(JSON.parse(await readFile(out, "utf8"))).toEqual({ 31337: entry });

      const client = createPublicClient({ transport: http(node.rpcUrl) });
      const { marketplace, jury, randomness, proof, blockNumber } = entry;
      for (const address of [marketplace, jury, randomness, proof]) {
        expect(await client.getCode({ address })).toBeTruthy();
      }
      expect(
        await client.readContract({
          address: marketplace,
          abi: marketplaceAbi,
          functionName: "parameters",
        }),
      ).toEqual(localParameters);
      expect(
        await client.readContract({
          address: jury,
          abi: juryArbiterAbi,
          functionName: "parameters",
        }),
      ).toMatchObject({ marketplace, randomness });
      const before = { address: marketplace, blockNumber: BigInt(blockNumber) - 1n };
      expect(await client.getCode(before)).toBeUndefined();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it("names the networks when there is none of that name", async () => {
    const run = promisify(execFile)(
      process.execPath,
      ["ignition/deploy.ts", "--network", "nowhere"],
      { cwd: root },
    );
    await expect(run).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining("polygonAmoy"),
    });
  });
});
