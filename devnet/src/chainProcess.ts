/**
 * A local chain as a process of its own: Hardhat's EVM node behind JSON-RPC, with the Marketplace, and a jury if asked for,
 * deployed by Ignition over that same JSON-RPC, as on any other network. Started by `startChain` with an IPC channel; it tells its
 * parent once where it listens, and ends with the parent.
 *
 * argv: port (0 for any free one), number of funded accounts, a folder for what lasts as long as the chain, `jury` if there shall be
 * one, and an address if there shall be play money, all of it that account's.
 */
import { join } from "node:path";
import { chdir } from "node:process";
import { fileURLToPath } from "node:url";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import { type Address, parseEther } from "viem";
import config from "../../hardhat.config.ts";
import juryModule from "../../ignition/src/modules/JuryArbiter.ts";
import marketplaceModule from "../../ignition/src/modules/Marketplace.ts";
import type { ChainMessage } from "./chain.ts";
import { oneAtATime } from "./oneAtATime.ts";

const HOST = "127.0.0.1";
/** Juries draw by the hash of a later block, so blocks have to come by themselves, as they do on other chains. */
const BLOCK_MS = 500;
const root = fileURLToPath(new URL("../..", import.meta.url));
const [port = "", accountCount = "", folder = "", ...extras] = process.argv.slice(2);
const withJury = extras.includes("jury");
const holder = extras.find((extra) => extra.startsWith("0x"));
/** Play money, in whole tokens. */
const PLAY_MONEY = parseEther("10000");

// The parent is the only reason to live.
process.on("disconnect", () => process.exit(0));
process.on("SIGINT", () => {}); // a terminal's Ctrl-C reaches us too; the parent decides when we go
process.on("SIGTERM", () => process.exit(0));

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
  chdir(root);
  const hre = await createHardhatRuntimeEnvironment(
    // Ignition remembers deployments by chain id; what it remembers of an earlier local chain is wrong for this one.
    { ...config, paths: { ...config.paths, ignition: folder } },
    {},
    root,
  );
  // Builds write to one cache, whoever starts them.
  await oneAtATime(join(root, "cache", "build.lock"), () =>
    hre.tasks.getTask("build").run({ quiet: true, noTests: true }),
  );
  const server = await hre.network.createServer(
    {
      network: "local",
      override: {
        accounts: { count: Number(accountCount) },
        // The chain's clock is the machine's, and does not run ahead of it when transactions are many.
        ...(withJury
          ? { mining: { auto: true, interval: BLOCK_MS }, allowBlocksWithSameTimestamp: true }
          : {}),
      },
    },
    HOST,
    Number(port),
  );
  const { port: actualPort } = await server.listen();
  const rpcUrl = `http://${HOST}:${actualPort}`;

  const connection = await hre.network.create({ network: "localhost", override: { url: rpcUrl } });
  const options = {
    parameters: fileURLToPath(new URL("ignition/parameters/local.json", `file://${root}`)),
  };
  const { marketplace } = await connection.ignition.deploy(marketplaceModule, options);
  const jury = withJury
    ? (await connection.ignition.deploy(juryModule, options)).jury.address
    : undefined;
  const token =
    holder === undefined
      ? undefined
      : await connection.viem.deployContract("PlayToken", [holder as Address, PLAY_MONEY]);
  await connection.close();
  tell({ type: "ready", rpcUrl, marketplace: marketplace.address, jury, token: token?.address });
} catch (error) {
  fail(error);
}
