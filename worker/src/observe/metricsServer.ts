import type { AddressInfo } from "node:net";
import type { Libp2pOptions } from "libp2p";
import { Registry } from "prom-client";
import type { Endpoint } from "../config/values.ts";
import type { Report } from "../kernel/events.ts";
import type { Stall } from "../kernel/progress.ts";
import type { NodeStatus } from "../node/status.ts";
import { collectStatus } from "./collect.ts";
import { MetricsListenError } from "./errors.ts";
import { feedMetrics } from "./feed.ts";
import { endServer, json, type Routes, serve } from "./httpServer.ts";
import { createMetrics } from "./metrics.ts";
import { readinessOf } from "./readiness.ts";

export interface MetricsServer {
  url: string;
  /** Updates the metrics from the node's events. */
  report: Report;
  /** Where a libp2p host counts, if that is served. */
  libp2p: Libp2pMetrics | undefined;
  close(): Promise<void>;
}

export type Libp2pMetrics = NonNullable<Libp2pOptions["metrics"]>;

/** The processor and memory of the process are ours to tell. */
async function libp2pMetrics(registry: Registry): Promise<Libp2pMetrics> {
  const { prometheusMetrics } = await import("@libp2p/prometheus-metrics");
  return prometheusMetrics({
    registry,
    collectDefaultMetrics: false,
    preserveExistingMetrics: true,
  });
}

/** Reads a node's status; `undefined` while it is starting. */
export type ReadStatus = () => Promise<NodeStatus | undefined>;

/**
 * Serves `/metrics` for Prometheus, `/health` (the process lives) and `/ready` (the node can do what it is for).
 *
 * @throws {@link MetricsListenError}
 */
export async function startMetricsServer(
  endpoint: Endpoint,
  {
    readStatus,
    readStalls = () => undefined,
    version,
    withLibp2p = false,
  }: {
    readStatus: ReadStatus;
    /** Where nothing moves in a node that is starting. */
    readStalls?: () => readonly Stall[] | undefined;
    version: string;
    /** Serves what libp2p counts, too. Default: no. */
    withLibp2p?: boolean;
  },
): Promise<MetricsServer> {
  const registry = new Registry();
  const metrics = createMetrics(registry);
  const routes: Routes = {
    async "GET /metrics"() {
      collectStatus(metrics, await readStatus(), version, readStalls());
      return { status: 200, type: "text/plain; version=0.0.4", body: await registry.metrics() };
    },
    async "GET /health"() {
      return json(200, { alive: true });
    },
    async "GET /ready"() {
      const readiness = readinessOf(await readStatus(), readStalls());
      return json(readiness.ready ? 200 : 503, readiness);
    },
  };
  const server = await serve(routes, endpoint).catch((cause) => {
    throw new MetricsListenError(endpoint, { cause, reason: cause.code ?? cause.message });
  });
  const { address, port, family } = server.address() as AddressInfo;
  return {
    url: `http://${family === "IPv6" ? `[${address}]` : address}:${port}`,
    report: feedMetrics(metrics),
    libp2p: withLibp2p ? await libp2pMetrics(registry) : undefined,
    close: () => endServer(server),
  };
}
