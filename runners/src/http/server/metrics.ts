import { Counter, Gauge, Histogram, Registry } from "prom-client";

/** Seconds, from a tiny task to a long one. */
const TASK_SECONDS = [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60];

/** What a host counts; `docs/runners.md` has the list. */
export function createHostMetrics() {
  const registers = [new Registry()];
  const [registry] = registers as [Registry];
  return {
    registry,
    tasks: new Counter({
      ...{ name: "assay_runner_tasks_total", registers, labelNames: ["outcome"] },
      help: "Tasks that came to an end, by outcome",
    }),
    refused: new Counter({
      ...{ name: "assay_runner_refused_total", registers, labelNames: ["code"] },
      help: "Requests that got no result, by reason",
    }),
    underWay: new Gauge({
      ...{ name: "assay_runner_tasks", registers },
      help: "Tasks under way",
    }),
    programs: new Gauge({
      ...{ name: "assay_runner_programs_bytes", registers },
      help: "Programs at hand, in bytes",
    }),
    draining: new Gauge({
      ...{ name: "assay_runner_draining", registers },
      help: "1 when nothing new is taken and the rest is finished",
    }),
    seconds: new Histogram({
      ...{ name: "assay_runner_task_seconds", registers, buckets: TASK_SECONDS },
      help: "Time of a task in its process",
    }),
  };
}
