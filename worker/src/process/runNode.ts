import { readSwarmKey } from "@assay/network";
import { httpRelay, type RelayPayment } from "@assay/sdk";
import { PAGE_BYTES } from "@assay/sdk/program";
import { type LocalAccount, zeroAddress } from "viem";
import { connectChain } from "../chain/connectChain.ts";
import { type NodeConfig, needsChain } from "../config/check.ts";
import type { Policy } from "../jobs/policy.ts";
import { readTokenPrices } from "../jobs/readTokenPrices.ts";
import { type TokenPrice, unitsOf } from "../jobs/worth.ts";
import { levelOf, type Report } from "../kernel/events.ts";
import type { NetworkRole } from "../kernel/part.ts";
import type { Stall } from "../kernel/progress.ts";
import { VERSION } from "../kernel/version.ts";
import { reportEndpoint } from "../node/endpointNews.ts";
import { createNetworkNode } from "../node/networkNode.ts";
import { createNode, type WorkerNode } from "../node/node.ts";
import type { NodeOptions } from "../node/options.ts";
import { startControl } from "../observe/control.ts";
import type { MetricsServer, ReadStatus } from "../observe/metricsServer.ts";
import { lacksOf, readinessOf } from "../observe/readiness.ts";
import type { startUi, UiServer } from "../observe/ui.ts";
import { tidyUpAfterStart } from "./afterStart.ts";
import { createLog } from "./log.ts";
import { knownMarketplace, marketplaceIfKnown } from "./marketplace.ts";
import type { StopSignals } from "./stopSignals.ts";

/** A node that does not end by itself within so many milliseconds is ended. */
const STOP_MS = 5_000;

export type RunNodeOptions = NodeConfig & { json: boolean };

export interface RunNodeContext extends Pick<NodeOptions, "createExecutor" | "createTracer"> {
  /** Missing where the roles need none. */
  account: LocalAccount | undefined;
  stdout: NodeJS.WritableStream;
  signals: StopSignals;
}

/** Runs a node until a signal, or somebody at its control socket, ends it. */
export async function runNode(
  config: RunNodeOptions,
  { account, stdout, signals, createExecutor, createTracer }: RunNodeContext,
): Promise<void> {
  const log = createLog(stdout, {
    format: config.json ? "json" : config.logFormat,
    level: config.logLevel,
  });
  // The network's libraries have promises of their own; one that nobody waits for must not end the node.
  process.on("unhandledRejection", (error) => {
    log("error", "unexpected rejection", { error: String(error) });
  });
  let node: AnyNode | undefined;
  let isStarted = false;
  const readStatus: ReadStatus = async () => (isStarted ? node?.status() : undefined);
  const metrics = await serveMetrics(config, { readStatus, readStalls: () => node?.stalls });
  if (metrics !== undefined) log("info", "metrics served", { url: metrics.url });
  const ui = await serveUi(config, {
    ...{ readStatus, readStalls: () => node?.stalls },
    peer: () => {
      if (node === undefined) throw new TypeError("the node is starting");
      return node.peer;
    },
  });
  if (ui !== undefined) log("info", "page served", { url: ui.url });
  const onEvent: Report = (name, fields) => {
    metrics?.report(name, fields);
    ui?.report(name, fields);
    log(levelOf(name), name, fields);
  };
  const shared = { onEvent, libp2pMetrics: metrics?.libp2p };
  node =
    account !== undefined && needsChain(config)
      ? createNode({
          ...(await nodeOptionsOf(config, onEvent)),
          ...shared,
          account,
          createExecutor,
          createTracer,
        })
      : createNetworkNode({ ...(await networkOptionsOf(config)), ...shared });
  const running = node;

  const stopped = aborted(signals.stop);
  const drained = aborted(signals.drain);
  await Promise.race([running.start(), stopped, drained, running.ended]);
  isStarted = true;
  if (!isDown(signals)) await reportLacks(running, onEvent);
  tidyUpAfterStart();
  const asked = Promise.withResolvers<void>();
  const drain = async (): Promise<number> => {
    const left = await running.drain({
      timeoutMs: config.drainTimeout,
      until: config.drainUntil,
    });
    asked.resolve();
    return left;
  };
  const control = isDown(signals)
    ? undefined
    : await startControl(config.dataDir, { readStatus, drain, peer: () => running.peer });
  if (control !== undefined) log("info", "control socket open", { path: control.path });

  await Promise.race([stopped, asked.promise, drained.then(drain), running.ended]);
  const timer = setTimeout(() => {
    log("error", "node did not stop in time");
    process.exit(1);
  }, STOP_MS);
  await running.stop();
  await control?.close();
  await metrics?.close();
  await ui?.close();
  clearTimeout(timer);
  log("info", "node stopped");
}

/** Says what the node was not given, before anybody wonders why it earns nothing. */
async function reportLacks(node: AnyNode, report: Report): Promise<void> {
  // One that has ended meanwhile has no status.
  const status = await node.status().catch(() => undefined);
  if (status === undefined) return;
  for (const lack of lacksOf(readinessOf(status))) report("node lacks", lack);
}

type AnyNode = Pick<
  WorkerNode,
  "peer" | "start" | "drain" | "stalls" | "status" | "stop" | "ended"
>;

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

function isDown({ drain, stop }: StopSignals): boolean {
  return drain.aborted || stop.aborted;
}

async function serveMetrics(
  { metricsListen, metricsLibp2p }: NodeConfig,
  read: { readStatus: ReadStatus; readStalls: () => readonly Stall[] | undefined },
): Promise<MetricsServer | undefined> {
  if (metricsListen === undefined) return undefined;
  // Most of what it needs is not needed otherwise.
  const { startMetricsServer } = await import("../observe/metricsServer.ts");
  return startMetricsServer(metricsListen, {
    ...read,
    version: VERSION,
    withLibp2p: metricsLibp2p,
  });
}

async function serveUi(
  { uiListen }: NodeConfig,
  read: Omit<Parameters<typeof startUi>[1], "version">,
): Promise<UiServer | undefined> {
  if (uiListen === undefined) return undefined;
  const { startUi } = await import("../observe/ui.ts");
  return startUi(uiListen, { ...read, version: VERSION });
}

async function peerOptionsOf(config: NodeConfig) {
  const { network, listen, announce, bootstrap, relay, mdns, upnp, swarmKey } = config;
  const { content, kuboRpc, gateway, contentFolder } = config;
  return {
    content: { backends: content, kuboRpc, gateways: gateway, folder: contentFolder },
    network,
    announce,
    bootstrap,
    relays: relay,
    mdns,
    upnp,
    ...(swarmKey === undefined ? {} : { swarmKey: await readSwarmKey(swarmKey) }),
    ...(listen.length > 0 ? { listen } : {}),
  };
}

async function nodeOptionsOf(
  config: NodeConfig,
  report: Report,
): Promise<Omit<NodeOptions, "account">> {
  const { rpc, processes, relayer } = config;
  const { chain, transport } = await connectChain(rpc, {
    expectedId: config.chainId,
    onEndpoint: (news) => reportEndpoint(report, news),
  });
  const tokens = await readTokenPrices({ chain, transport }, config.token);
  return {
    chain,
    transport,
    ...(relayer === undefined
      ? {}
      : { relayer: httpRelay({ url: relayer, mostPaid: mostPaid(tokens, config.relayerMost) }) }),
    ...(await peerOptionsOf(config)),
    marketplace: knownMarketplace(chain.id, config),
    dataDir: config.dataDir,
    diskQuotaBytes: config.diskQuota,
    retentionMs: config.resultRetention,
    policy: {
      ...policyOf(config),
      tokens,
    },
    executor: { processes, taskLimitMs: config.taskLimit },
    roles: config.roles,
    jury: config.jury,
    proof: config.proof,
    offers: config.offers,
    pollingIntervalMs: config.pollingInterval,
    confirmations: config.confirmations,
    maxReorgDepth: config.maxReorgDepth,
    maxFeePerGasWei: config.maxFeePerGas,
    replaceAfterBlocks: config.replaceAfterBlocks,
  };
}

/** The same worth in each token that the node takes. */
function mostPaid(tokens: readonly TokenPrice[], wei: bigint): RelayPayment[] {
  return [zeroAddress, ...tokens.map(({ address }) => address)].flatMap((token) => {
    const amount = unitsOf({ tokens }, token, wei);
    return amount === undefined ? [] : { token, amount };
  });
}

async function networkOptionsOf(config: NodeConfig) {
  const { chainId, dataDir, roles } = config;
  const marketplace = marketplaceIfKnown(chainId, config);
  return {
    ...(await peerOptionsOf(config)),
    chainId,
    dataDir,
    marketplace,
    roles: roles.filter((role): role is NetworkRole => role === "bootstrap" || role === "relay"),
  };
}

function policyOf(config: NodeConfig): Partial<Policy> {
  const { jurorStake, stake } = config;
  return {
    ...(stake === undefined ? {} : { stakeWei: stake }),
    ...(jurorStake === undefined ? {} : { jurorStakeWei: jurorStake }),
    arbiters: config.arbiter,
    auditRate: config.auditRate,
    minAuditRewardWei: config.minAuditReward,
    auditCpuMsPerHour: config.auditCpu,
    withheldAfter: config.withheldAfter,
    maxLockedWei: config.maxLocked,
    maxBidBondsWei: config.maxBidBonds,
    trustInJurors: config.trustInJurors,
    maxDisputeGasShare: config.maxDisputeGas,
    minRewardPerTaskWei: config.minReward,
    pricing: { weiPerGigafuel: config.pricePerGigafuel, loadMarkup: config.loadMarkup },
    maxBatchesAtOnce: config.batchesAtOnce,
    maxGasShare: config.maxGasShare,
    programs: config.program,
    requesters: config.requester,
    tags: config.tag,
    tagRules: config.tagRule,
    maxMemoryPages: Math.floor(config.maxTaskMemory / PAGE_BYTES),
    maxInputBytes: config.maxInput,
    maxResultBytes: config.maxResult,
    maxTasksPerBatch: config.maxBatchTasks,
    withdrawFromWei: config.withdrawFrom,
  };
}
