import type { LocalAccount } from "viem";
import { levelOf } from "../../node/events.ts";
import { createNode, type NodeOptions } from "../../node/node.ts";
import { connectChain } from "../chain.ts";
import { createLog } from "../log.ts";
import { knownMarketplace } from "../marketplace.ts";
import type { ParsedOptions } from "../options.ts";
import type { startOptions } from "./startOptions.ts";

/** A node that does not end by itself within so many milliseconds is ended. */
const STOP_MS = 5_000;

export type RunNodeOptions = ParsedOptions<typeof startOptions> & { rpc: string };

/** Runs a worker node until `signal` aborts. */
export async function runNode(
  options: RunNodeOptions,
  {
    account,
    stdout,
    signal,
    createExecutor,
  }: {
    account: LocalAccount;
    stdout: NodeJS.WritableStream;
    signal: AbortSignal;
  } & Pick<NodeOptions, "createExecutor">,
): Promise<void> {
  const log = createLog(stdout, { json: options.json ?? false });
  const { chain, transport } = await connectChain(options.rpc);
  const {
    auditRate,
    jurorStake,
    network = "public",
    stake,
    minReward,
    processes,
    taskLimit: taskLimitMs,
  } = options;
  const node = createNode({
    ...{ chain, transport, account, network },
    marketplace: options.marketplace ?? knownMarketplace(chain.id),
    dataDir: options.dataDir ?? "assay-data",
    ...(options.listen.length > 0 ? { listen: options.listen } : {}),
    announce: options.announce,
    bootstrap: options.bootstrap,
    mdns: options.mdns,
    policy: {
      ...(stake === undefined ? {} : { stakeWei: stake }),
      arbiters: options.arbiter,
      ...(jurorStake === undefined ? {} : { jurorStakeWei: jurorStake }),
      ...(auditRate === undefined ? {} : { auditRate }),
      ...(minReward === undefined ? {} : { minRewardPerTaskWei: minReward }),
      ...(options.batchesAtOnce === undefined ? {} : { maxBatchesAtOnce: options.batchesAtOnce }),
    },
    executor: { processes, taskLimitMs },
    createExecutor,
    roles: options.roles,
    jury: options.jury,
    pollingIntervalMs: options.pollingInterval,
    confirmations: options.confirmations,
    onEvent: (name, fields) => log(levelOf(name), name, fields),
  });
  // The network's libraries have promises of their own; one that nobody waits for must not end the node.
  process.on("unhandledRejection", (error) => {
    log("error", "unexpected rejection", { error: String(error) });
  });

  const stopAsked = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  if (!signal.aborted) await Promise.race([node.start(), stopAsked]);
  await stopAsked;
  const timer = setTimeout(() => {
    log("error", "node did not stop in time");
    process.exit(1);
  }, STOP_MS);
  await node.stop();
  clearTimeout(timer);
  log("info", "node stopped");
}
