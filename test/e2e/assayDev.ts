import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Started, temporaryFolder } from "../../worker/test/network.ts";
import { ROOT } from "./processes.ts";

/** A local network in a process of its own. */
export interface AssayDev {
  /** What it says that a script needs. */
  environment: Record<string, string>;
  /** Address of the explorer's pages. */
  explorer: string;
}

/** Starts `assay dev` as a person does, and waits until it is ready. It ends with the test. */
export async function assayDev(started: Started, ...flags: string[]): Promise<AssayDev> {
  const cli = join(ROOT, "cli/src/main.mjs");
  const child = spawn(process.execPath, [cli, "dev", ...flags], {
    cwd: ROOT,
    env: { ...process.env, XDG_STATE_HOME: await temporaryFolder(started) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exit = once(child, "exit");
  started.add(async () => {
    child.kill("SIGINT");
    await exit;
  });
  const environment: Record<string, string> = {};
  let explorer = "";
  for await (const line of createInterface(child.stdout)) {
    const [, name, value = ""] = /^export (\w+)=(\S+)/.exec(line) ?? [];
    if (name !== undefined) environment[name] = value;
    explorer = /^# Explorer: (\S+)/.exec(line)?.[1] ?? explorer;
    if (!line.includes("Ctrl-C")) continue;
    child.stdout.resume();
    return { environment, explorer };
  }
  throw new Error("assay dev ended before it was ready");
}
