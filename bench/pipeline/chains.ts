/** Graphs of many steps, planned and run in a process of their own: how long that takes, and what memory. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { definePipeline, type Edge, planPipeline, runPipeline, text } from "@assay/pipelines";

/** Steps in a row; the graph has as many rows as it takes. */
const ROW = 100;

/** Rows of steps behind one input, each of which gives back what it is given. */
function graph(steps: number) {
  return definePipeline("noop", (p) => {
    const input = p.input("input", text);
    for (let row = 0; row * ROW < steps; row++) {
      let edge: Edge<string> = input;
      for (let i = 0; i < ROW && row * ROW + i < steps; i++) {
        edge = p.map(`step-${row}-${i}`, edge, text, (value) => value, { version: "1" });
      }
    }
  });
}

const steps = Number(process.argv[2]);
const folder = mkdtempSync(join(tmpdir(), "assay-bench-pipeline-"));
try {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  const pipeline = graph(steps);
  const inputs = { input: ["nothing"] };
  const plan = await planPipeline(pipeline, { inputs });
  const plannedMs = performance.now() - startedAt;
  const store = join(folder, "store.sqlite");
  const report = await runPipeline(pipeline, { inputs, store });
  const totalMs = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(before);
  const cpuMs = (user + system) / 1_000;
  const done = report.steps.reduce((sum, step) => sum + step.done, 0);
  if (plan.steps.length !== steps + 1 || done !== steps) {
    throw new Error(`${done} of ${steps} steps were done`);
  }
  const againAt = performance.now();
  await runPipeline(pipeline, { inputs, store });
  const againMs = performance.now() - againAt;
  const rssMb = process.memoryUsage().rss / 2 ** 20;
  process.stdout.write(`${JSON.stringify({ totalMs, cpuMs, plannedMs, againMs, rssMb })}\n`);
} finally {
  rmSync(folder, { recursive: true });
}
