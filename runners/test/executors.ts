import { execFileSync } from "node:child_process";
import { afterEach } from "vitest";
import { createExecutor, type Executor, type ExecutorOptions } from "../src/executor/executor.ts";

/** Limits that no test program comes near unless it is made to. */
export const ampleLimits = { maxResultBytes: 1 << 20, maxSteps: 1_000_000_000n };

/** Makes executors that end with the test that made them. Call it once in a test file. */
export function useExecutors(): (options?: ExecutorOptions) => Executor {
  const open: Executor[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((executor) => executor.close()));
  });
  return (options) => {
    const executor = createExecutor({ processes: 2, ...options });
    open.push(executor);
    return executor;
  };
}

/** Executor processes of this one. */
export const childPids = (): number[] => childPidsOf("executor/child/main.m");

/** Processes of this one that run a file. */
export function childPidsOf(file: string): number[] {
  const rows = execFileSync("ps", ["-o", "pid=,args=", "--ppid", String(process.pid)], {
    encoding: "utf8",
  });
  return rows
    .split("\n")
    .filter((row) => row.includes(file))
    .map((row) => Number.parseInt(row, 10));
}
