import { Counter, Gauge, Registry } from "prom-client";

/** What an `httpRunner` counts; `docs/runners.md` has the list. */
export function createClientMetrics() {
  const registers = [new Registry()];
  const [registry] = registers as [Registry];
  const labelNames = ["host"];
  return {
    registry,
    requests: new Counter({
      ...{ name: "assay_http_runner_requests_total", registers, labelNames: ["host", "result"] },
      help: "Tasks asked of a host, by how that ended",
    }),
    retries: new Counter({
      ...{ name: "assay_http_runner_retries_total", registers },
      help: "Times that a task was asked again after a failure",
    }),
    hedges: new Counter({
      ...{ name: "assay_http_runner_hedges_total", registers, labelNames: ["won"] },
      help: "Times that a second host was asked because the first was slow",
    }),
    breaker: new Gauge({
      ...{ name: "assay_http_runner_breaker_open", registers, labelNames },
      help: "1 while a host is not asked because it failed",
    }),
    breakerChanges: new Counter({
      ...{ name: "assay_http_runner_breaker_changes_total", registers, labelNames: ["host", "to"] },
      help: "Times that a host's breaker changed its state",
    }),
    leftOut: new Gauge({
      ...{ name: "assay_http_runner_left_out", registers, labelNames },
      help: "1 for a host that gave wrong bytes or refuses the token, and is not asked again",
    }),
    underWay: new Gauge({
      ...{ name: "assay_http_runner_tasks", registers, labelNames },
      help: "Tasks that a host has",
    }),
    latency: new Gauge({
      ...{ name: "assay_http_runner_latency_seconds", registers, labelNames },
      help: "Peak-sensitive mean of a host's answers",
    }),
  };
}

export type ClientMetrics = ReturnType<typeof createClientMetrics>;
