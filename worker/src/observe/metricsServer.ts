import type { AddressInfo } from "node:net";
import { Registry } from "prom-client";
import type { Endpoint } from "../config/values.ts";
import type { Report } from "../node/events.ts";
import type { NodeStatus } from "../node/status.ts";
import { collectStatus } from "./collect.ts";
import { MetricsListenError } from "./errors.ts";
import { feedMetrics } from "./feed.ts";
import { endServer, json, type Routes, serve } from "./httpServer.ts";
import { createMetrics } from "./metrics.ts";
import { readinessOf } from "./readiness.ts";

export interface MetricsServer {
  url: string;
  /** Counts what a node tells. */
  report: Report;
  close(): Promise<void>;
}

/** How a node stands; `undefined` as long as it is starting. */
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
    version,
    registry = new Registry(),
  }: {
    readStatus: ReadStatus;
    version: string;
    /** Where others count as well. */
    registry?: Registry;
  },
): Promise<MetricsServer> {
  const metrics = createMetrics(registry);
  const routes: Routes = {
    async "GET /metrics"() {
      collectStatus(metrics, await readStatus(), version);
      return { status: 200, type: "text/plain; version=0.0.4", body: await registry.metrics() };
    },
    async "GET /health"() {
      return json(200, { alive: true });
    },
    async "GET /ready"() {
      const readiness = readinessOf(await readStatus());
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
    close: () => endServer(server),
  };
}
