/** `npm run bench -- gas-growth`: no call gets dearer with the number of tasks, and jurors are found in a tree. */
import { growthGas } from "../test/contracts/jury/juryGas.ts";
import { type LifecycleGas, Lifecycles } from "./lifecycle.ts";

export interface GrowthReport {
  /** Of a job in one batch, by its number of tasks. */
  tasks: Record<string, LifecycleGas>;
  /** Of a call, by the number of jurors. */
  jurors: Record<string, { deposit: bigint; unbond: bigint; draw: bigint }>;
}

export async function measureGrowth(): Promise<GrowthReport> {
  const lifecycles = await Lifecycles.start();
  const tasks: GrowthReport["tasks"] = {};
  for (const taskCount of [100, 10_000, 1_000_000]) {
    tasks[taskCount] = await lifecycles.run({ taskCount, batchSize: taskCount });
  }
  const growth = await growthGas([10, 100, 1000, 10_000]);
  return {
    tasks,
    jurors: Object.fromEntries(growth.map(({ jurors, ...gas }) => [jurors, gas])),
  };
}

export async function gasGrowth(): Promise<void> {
  const report = await measureGrowth();
  console.table(report.tasks);
  console.table(report.jurors);
  console.log(
    JSON.stringify(report, (_, value) => (typeof value === "bigint" ? Number(value) : value)),
  );
}
