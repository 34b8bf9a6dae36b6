/**
 * A local chain as a process of its own: Hardhat's EVM node behind JSON-RPC, with the Marketplace, the ProofArbiter, Offers, and a jury if asked
 * for, deployed over that same JSON-RPC, as on any other network. Started by `startChain` with an IPC channel; it tells its parent once
 * where it listens, and ends with the parent.
 *
 * argv: port (0 for any free one), number of funded accounts, `jury` if there shall be one, and an address if there shall be play
 * money, all of it that account's.
 */
import { flushCompileCache } from "node:module";
import { fileURLToPath } from "node:url";
import { assayModule, deployModule, localModule, readParameters } from "@assay/ignition";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import {
  type Abi,
  type Address,
  createTestClient,
  type Hex,
  http,
  parseEther,
  publicActions,
  walletActions,
} from "viem";
import { hardhat } from "viem/chains";
import type { ChainMessage } from "./chain.ts";
import playMoney from "./generated/playMoney.json" with { type: "json" };
import { localKey } from "./localAccount.ts";
import { HOST } from "./port.ts";

/** Juries draw by the hash of a later block, so blocks have to come by themselves, as they do on other chains. */
const BLOCK_MS = 500;
const [port = "", accountCount = "", ...extras] = process.argv.slice(2);
const withJury = extras.includes("jury");
const holder = extras.find((extra) => extra.startsWith("0x"));
/** What each account has at first. */
const ACCOUNT_WEI = parseEther("10000");
/** Play money, in whole tokens. */
const PLAY_MONEY = parseEther("10000");

// The parent is the only reason to live.
const end = () => process.exit(0);
process.on("disconnect", end);
// Where there are no process groups a terminal's Ctrl-C reaches us too; the parent decides when we go.
process.on("SIGINT", process.platform === "win32" ? () => {} : end);
process.on("SIGTERM", end);
setImmediate(() => process.connected || end()); // it was gone before we listened

function tell(message: ChainMessage): void {
  process.send?.(message);
}

function fail(error: unknown): void {
  tell({
    type: "failed",
    code: (error as NodeJS.ErrnoException).code ?? "UNKNOWN",
    message: error instanceof Error ? error.message : String(error),
  });
  process.exitCode = 1;
  process.disconnect();
}

// A port that is taken surfaces as an `error` event of Hardhat's WebSocket server, where no promise can catch it.
process.once("uncaughtException", fail);

try {
  // Hardhat looks for its project's package.json; the folder that the user is in need not have one.
  const project = fileURLToPath(new URL("..", import.meta.url));
  const networks = {
    local: { type: "edr-simulated", chainType: "l1", chainId: hardhat.id },
  } as const;
  const parameters = await readParameters("local");
  const epochMs = 1_000 * Number(parameters.JuryArbiter?.epochSeconds);
  const hre = await createHardhatRuntimeEnvironment({ networks }, {}, project);
  const server = await hre.network.createServer(
    {
      network: "local",
      override: {
        accounts: Array.from({ length: Number(accountCount) }, (_, index) => ({
          ...{ privateKey: localKey(index), balance: ACCOUNT_WEI },
        })),
        ...(withJury
          ? {
              // The chain's clock does not run ahead of the machine's when transactions are many.
              ...{ mining: { auto: true, interval: BLOCK_MS }, allowBlocksWithSameTimestamp: true },
              // A juror's stake counts from the next epoch on. When one is passed for it, the chain's clock is the machine's.
              initialDate: new Date(Date.now() - epochMs),
            }
          : {}),
      },
    },
    HOST,
    Number(port),
  );
  const { port: actualPort } = await server.listen();
  const rpcUrl = `http://${HOST}:${actualPort}`;

  const client = createTestClient({ chain: hardhat, mode: "hardhat", transport: http(rpcUrl) })
    .extend(publicActions)
    .extend(walletActions);
  const [deployer] = await client.getAddresses();
  if (deployer === undefined) throw new TypeError("the chain has no account");
  const deployment = {
    provider: client as Parameters<typeof deployModule>[1]["provider"],
    parameters,
    from: deployer,
  };
  const { marketplace, jury, proof, offers } = withJury
    ? await deployModule(assayModule("BlockRandomness"), deployment)
    : { ...(await deployModule(localModule, deployment)), jury: undefined };
  let token: Address | undefined;
  if (holder !== undefined) {
    const { abi, bytecode } = playMoney.PlayToken;
    const args = [holder, PLAY_MONEY] as const;
    const hash = await client.deployContract({
      abi: abi as Abi,
      bytecode: bytecode as Hex,
      args,
      account: deployer,
    });
    const { contractAddress } = await client.waitForTransactionReceipt({ hash });
    token = contractAddress ?? undefined;
  }
  tell({ type: "ready", rpcUrl, marketplace, jury, proof, offers, token });
  flushCompileCache(); // it may be killed, and then has no other time
} catch (error) {
  fail(error);
}
