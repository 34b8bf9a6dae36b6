import type { LocalAccount } from "viem";
import { connectChain } from "../../chain/connectChain.ts";
import { type NodeConfig, needsChain } from "../../config/check.ts";
import { reportEndpoint } from "../../node/endpointNews.ts";
import { levelOf, type Report } from "../../node/events.ts";
import { createNetworkNode } from "../../node/networkNode.ts";
import { createNode, type NodeOptions } from "../../node/node.ts";
import type { NetworkRole } from "../../node/part.ts";
import { createLog } from "../log.ts";
import { knownMarketplace, marketplaceIfKnown } from "../marketplace.ts";

/** A node that does not end by itself within so many milliseconds is ended. */
const STOP_MS = 5_000;

export type RunNodeOptions = NodeConfig & { json: boolean };

export interface RunNodeContext extends Pick<NodeOptions, "createExecutor"> {
  /** Missing where the roles need none. */
  account: LocalAccount | undefined;
  stdout: NodeJS.WritableStream;
  signal: AbortSignal;
}

/** Runs a node until `signal` aborts. */
export async function runNode(
  config: RunNodeOptions,
  { account, stdout, signal, createExecutor }: RunNodeContext,
): Promise<void> {
  const log = createLog(stdout, {
    format: config.json ? "json" : config.logFormat,
    level: config.logLevel,
  });
  const onEvent: Report = (name, fields) => log(levelOf(name), name, fields);
  const node =
    account !== undefined && needsChain(config)
      ? createNode({ ...(await nodeOptionsOf(config, onEvent)), account, createExecutor, onEvent })
      : createNetworkNode({ ...networkOptionsOf(config), onEvent });
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

function peerOptionsOf({ network, listen, announce, bootstrap, mdns }: NodeConfig) {
  return {
    ...{ network, announce, bootstrap, mdns },
    ...(listen.length > 0 ? { listen } : {}),
  };
}

async function nodeOptionsOf(
  config: NodeConfig,
  report: Report,
): Promise<Omit<NodeOptions, "account">> {
  const { rpc, auditRate, jurorStake, minReward, stake, processes } = config;
  const { chain, transport } = await connectChain(rpc, {
    expectedId: config.chainId,
    onEndpoint: (news) => reportEndpoint(report, news),
  });
  return {
    ...{ chain, transport, ...peerOptionsOf(config) },
    marketplace: config.marketplace ?? knownMarketplace(chain.id),
    dataDir: config.dataDir,
    policy: {
      ...(stake === undefined ? {} : { stakeWei: stake }),
      ...(jurorStake === undefined ? {} : { jurorStakeWei: jurorStake }),
      arbiters: config.arbiter,
      auditRate,
      minRewardPerTaskWei: minReward,
      maxBatchesAtOnce: config.batchesAtOnce,
    },
    executor: { processes, taskLimitMs: config.taskLimit },
    roles: config.roles,
    jury: config.jury,
    pollingIntervalMs: config.pollingInterval,
    confirmations: config.confirmations,
  };
}

function networkOptionsOf(config: NodeConfig) {
  const { chainId, dataDir, roles } = config;
  const marketplace = config.marketplace ?? marketplaceIfKnown(chainId);
  return {
    ...peerOptionsOf(config),
    ...{ chainId, dataDir, marketplace },
    roles: roles.filter((role): role is NetworkRole => role === "bootstrap" || role === "relay"),
  };
}
