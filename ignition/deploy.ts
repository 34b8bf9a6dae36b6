/**
 * `npm run deploy -- --network <name>`: deploys the Marketplace, a jury, a ProofArbiter and Offers with `ignition/parameters/<name>.json`, prints
 * their addresses, and writes them where the SDK finds them. Run again after a failure, it goes on where it stopped.
 *
 * - `--rpc-url` another node than the network's own
 * - `--out` another file than the SDK's; without it, what is deployed on a local chain is printed only
 * - `--verify` publishes the sources to the chain's explorers
 *
 * `<NAME>_RPC_URL`, `DEPLOYER_PRIVATE_KEY` and `ETHERSCAN_API_KEY` come from the environment, or from Hardhat's keystore
 * (`hardhat keystore set …`).
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import type { Address } from "viem";
import config from "../hardhat.config.ts";
import { type AssayChain, chains } from "./src/chains.ts";
import { deployedAt } from "./src/journal.ts";
import { assayModule } from "./src/modules/Assay.ts";
import { readParameters } from "./src/parameters.ts";
import { proofRefusal } from "./src/proofRules.ts";

/** What the SDK knows of a deployment: an entry of `sdk/src/generated/deployments.json`. */
interface DeploymentEntry {
  marketplace: Address;
  jury: Address;
  randomness: Address;
  proof: Address;
  offers: Address;
  /** Of the Marketplace. */
  blockNumber: number;
  /** Blocks after which an event is believed. */
  confirmations: number;
}

const LOCAL_CHAIN_ID = 31_337;
const root = fileURLToPath(new URL("..", import.meta.url));
const sdkFile = join(root, "sdk/src/generated/deployments.json");

class UsageError extends Error {}

interface Options {
  name: string;
  chain: AssayChain;
  rpcUrl: string | undefined;
  out: string | undefined;
  verify: boolean;
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      network: { type: "string" },
      "rpc-url": { type: "string" },
      out: { type: "string" },
      verify: { type: "boolean", default: false },
    },
  });
  const name = values.network ?? "";
  const chain = chains[name];
  if (chain === undefined) {
    throw new UsageError(
      `Name a network: npm run deploy -- --network ${Object.keys(chains).join(" | ")}`,
    );
  }
  const out = values.out === undefined ? undefined : resolve(values.out);
  return {
    name,
    chain,
    rpcUrl: values["rpc-url"],
    out: out ?? (chain.chainId === LOCAL_CHAIN_ID ? undefined : sdkFile),
    verify: values.verify,
  };
}

async function deploy({ name, chain, rpcUrl, out, verify }: Options): Promise<DeploymentEntry> {
  // Ignition remembers deployments by chain id; what it remembers of an earlier local chain is wrong for this one.
  const local = chain.chainId === LOCAL_CHAIN_ID;
  const file = local ? "local" : name;
  const refusal = proofRefusal(await readParameters(file));
  if (refusal !== undefined) throw new UsageError(`ignition/parameters/${file}.json: ${refusal}.`);
  const folder = local ? await mkdtemp(join(tmpdir(), "assay-deploy-")) : join(root, "ignition");
  try {
    const hre = await createHardhatRuntimeEnvironment(
      { ...config, paths: { ...config.paths, ignition: folder } },
      { network: name },
      root,
    );
    await hre.tasks.getTask("build").run({ quiet: true, noTests: true });
    const connection = await hre.network.create({
      network: name,
      ...(rpcUrl === undefined ? {} : { override: { url: rpcUrl } }),
    });
    const client = await connection.viem.getPublicClient();
    const chainId = await client.getChainId();
    if (chainId !== chain.chainId) {
      throw new UsageError(
        `${name} is chain ${chain.chainId}, but the node is of chain ${chainId}.`,
      );
    }
    const deployed = await connection.ignition.deploy(assayModule(chain.randomness), {
      parameters: join(root, "ignition/parameters", `${file}.json`),
      config: { requiredConfirmations: chain.confirmations },
    });
    const entry: DeploymentEntry = {
      marketplace: deployed.marketplace.address,
      jury: deployed.jury.address,
      randomness: deployed.randomness.address,
      proof: deployed.proof.address,
      offers: deployed.offers.address,
      blockNumber: await deployedAt(join(folder, "deployments", `chain-${chainId}`)),
      confirmations: chain.confirmations,
    };
    if (out !== undefined) await record(out, chainId, entry);
    if (verify) {
      await hre.tasks.getTask(["ignition", "verify"]).run({ deploymentId: `chain-${chainId}` });
    }
    await connection.close();
    return entry;
  } finally {
    if (local) await rm(folder, { recursive: true, force: true });
  }
}

/** Puts an entry among those that are in the file. */
async function record(file: string, chainId: number, entry: DeploymentEntry): Promise<void> {
  const known = await readFile(file, "utf8").then(
    (text): Record<string, DeploymentEntry> => JSON.parse(text),
    () => ({}),
  );
  await writeFile(file, `${JSON.stringify({ ...known, [chainId]: entry }, null, 2)}\n`);
}

try {
  const options = readOptions();
  const entry = await deploy(options);
  for (const [key, value] of Object.entries(entry)) {
    process.stderr.write(`${key.padEnd(14)} ${value}\n`);
  }
  if (options.out !== undefined) process.stderr.write(`written to    ${options.out}\n`);
  process.stdout.write(`${JSON.stringify({ chainId: options.chain.chainId, ...entry })}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
