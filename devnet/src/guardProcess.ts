/** The process of a guard (`guard.ts`): it is told over IPC what there is, and acts when its parent is gone. */
import { readFileSync, rmSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { GuardMessage } from "./guard.ts";
import { isGroupAlive, killGroup } from "./process.ts";

/** How long those who watch the parent themselves may take to end by themselves. */
const GRACE_MS = 1_500;
/** How long killed processes may take to be gone: some systems never collect them. */
const KILLED_MS = 1_500;
const LOOK_MS = 50;

const groups = new Set<number>();
const remains = new Map<string, string | undefined>();

process.on("message", (message: GuardMessage) => {
  switch (message.type) {
    case "watch":
      groups.add(message.pid);
      return;
    case "forget":
      groups.delete(message.pid);
      return;
    case "remove":
      remains.set(message.path, message.content);
      return;
    case "keep":
      remains.delete(message.path);
  }
});

async function untilGone(limitMs: number): Promise<void> {
  const until = performance.now() + limitMs;
  while ([...groups].some(isGroupAlive) && performance.now() < until) await delay(LOOK_MS);
}

function remove(path: string, content: string | undefined): void {
  try {
    // Somebody else's by now.
    if (content !== undefined && readFileSync(path, "utf8") !== content) return;
    rmSync(path, { recursive: true, force: true });
  } catch {
    // It is gone already, or is not ours to delete.
  }
}

async function cleanUp(): Promise<never> {
  await untilGone(GRACE_MS);
  for (const pid of groups) killGroup(pid);
  await untilGone(KILLED_MS);
  for (const [path, content] of remains) remove(path, content);
  process.exit(0);
}

process.once("disconnect", cleanUp);
// The parent may have been gone before we listened. What it had told us comes first.
setImmediate(() => process.connected || cleanUp());
