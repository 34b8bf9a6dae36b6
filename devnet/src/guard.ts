import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { compileCache } from "./compileCache.ts";
import { LocalnetError } from "./errors.ts";
import { inOwnGroup, isRunning, killGroup } from "./process.ts";

/** What the guard's process is told. */
export type GuardMessage =
  | { type: "watch" | "forget"; pid: number }
  /** A file is deleted if it has this content, a folder with all that is in it. */
  | { type: "remove"; path: string; content?: string | undefined }
  | { type: "keep"; path: string };

/**
 * Cleans up when this process cannot: a small process of its own, which outlives it, kills what it has started and deletes what it
 * has left. Children watch their parent themselves; but one that is stopped, busy or broken does not, nor do the children of one that was
 * killed.
 */
export interface Guard {
  /**
   * Kills the child's group when this process is gone; and, when the child ends, what is left of its group at once.
   * @param child - was forked with `inOwnGroup`.
   */
  watch(child: ChildProcess): void;
  /** Deletes this when our process is gone: a folder, or a file that still has this content. */
  remove(path: string, content?: string): void;
  /** Takes that back. */
  keep(path: string): void;
  /** Ends the guard. What it still watches is killed. */
  stop(): Promise<void>;
}

/** @param onFailure - is called when the guard ends without being asked to. */
export function startGuard({ onFailure }: { onFailure: (error: LocalnetError) => void }): Guard {
  const child = fork(fileURLToPath(new URL("guardProcess.ts", import.meta.url)), [], {
    ...inOwnGroup,
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    env: { ...process.env, ...compileCache() },
  });
  let isStopping = false;
  function fail(how: string): void {
    if (isStopping) return;
    isStopping = true;
    onFailure(
      new LocalnetError(
        "GUARD_FAILED",
        `The local network's guard, which cleans up after it, ended (${how}), and everything with it: start it again.`,
      ),
    );
  }
  child.once("exit", (code, signal) => fail(signal ?? `exit code ${code}`));
  child.once("error", ({ message }) => fail(message));

  function tell(message: GuardMessage): void {
    // A guard that is gone is told of by its exit.
    if (child.connected) child.send(message, () => {});
  }

  return {
    watch(watched) {
      const { pid } = watched;
      if (pid === undefined) return; // it did not start
      tell({ type: "watch", pid });
      watched.once("exit", () => {
        killGroup(pid);
        tell({ type: "forget", pid });
      });
    },
    remove: (path, content) => tell({ type: "remove", path, content }),
    keep: (path) => tell({ type: "keep", path }),
    async stop() {
      isStopping = true;
      if (!isRunning(child)) return;
      const gone = once(child, "exit");
      if (child.connected) child.disconnect();
      await gone;
    },
  };
}
