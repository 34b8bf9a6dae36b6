import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { startChain } from "./chain.ts";
import type { LocalnetError } from "./errors.ts";

const isPosix = process.platform !== "win32";

/** Processes of the chain that this one has started. */
function chainProcesses(): number[] {
  const rows = execFileSync("ps", ["-eo", "pid=,ppid=,args="], { encoding: "utf8" }).split("\n");
  return rows.flatMap((row) => {
    const [pid, parent, ...args] = row.trim().split(/\s+/);
    return Number(parent) === process.pid && args.join(" ").includes("chainProcess")
      ? [Number(pid)]
      : [];
  });
}

test.runIf(isPosix)("a chain that dies is told of, one that is stopped is not", async () => {
  const failures: LocalnetError[] = [];
  const start = () => startChain({ accounts: 1, onFailure: (error) => failures.push(error) });
  const stopped = await start();
  await stopped.stop();
  expect(failures).toEqual([]);

  const killed = await start();
  for (const pid of chainProcesses()) process.kill(pid, "SIGKILL");
  await expect.poll(() => failures.map(({ code }) => code)).toEqual(["CHAIN_FAILED"]);
  await killed.stop();
});
