import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";

/** The repository. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Run {
  child: ChildProcess;
  ended: Promise<Ended>;
  /** Lines of `ps` for every process of this run that is still there, its children's children included. */
  alive(): string[];
}

/** Starts a TypeScript file of the repository as a person would: a process of its own, no terminal. */
export function startRun(
  file: string,
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): Run {
  // Every process of a run inherits this, so that none can hide.
  const mark = `TEST_RUN_${Math.random().toString(36).slice(2)}`;
  const child = spawn(process.execPath, [file, ...args], {
    cwd: ROOT,
    env: { ...process.env, ...env, [mark]: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  return {
    child,
    ended: once(child, "close").then(([code]) => ({ code, stdout, stderr })),
    alive() {
      const rows = execFileSync("ps", ["eww", "-eo", "pid,args"], {
        encoding: "utf8",
        maxBuffer: 1 << 26,
      });
      return rows.split("\n").filter((row) => row.includes(`${mark}=1`));
    },
  };
}

/** Starts a file likewise, and waits for its end, at which none of its processes may be left. */
export async function finishRun(file: string, args: readonly string[]): Promise<Ended> {
  const { ended, alive } = startRun(file, args);
  const result = await ended;
  expect(alive()).toEqual([]);
  return result;
}
