import { type ChildProcess, spawn } from "node:child_process";
import type { Writable } from "node:stream";

// A child that computes hears nothing: it would compute for nobody, up to its task's limit, after this process was killed. It may have no
// thread that watches, which its sandbox would not survive, and Node has no call for what Linux has (`PR_SET_PDEATHSIG`). So a shell waits
// for the end of a pipe that this process alone holds, and then ends the children of the last line that it read. It ignores what ends a
// terminal's or a service's processes together, since this one may take its time then.
const SCRIPT = `trap '' INT TERM HUP
while read -r line; do pids=$line; done
[ -z "$pids" ] || kill -9 $pids`;

const children = new Set<number>();
let shell: ChildProcess | undefined;

/** Ends a child when this process ends, however it does. Windows does so by itself; where there is no shell, its task's limit ends it. */
export function endWithThis(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined || process.platform === "win32") return;
  children.add(pid);
  tell();
  child.once("exit", () => {
    children.delete(pid);
    tell();
  });
}

function tell(): void {
  shell ??= start();
  shell.stdin?.write(`${[...children].join(" ")}\n`);
}

function start(): ChildProcess {
  const started = spawn("/bin/sh", ["-c", SCRIPT], {
    ...{ env: {}, cwd: "/", stdio: ["pipe", "ignore", "ignore"], detached: true },
  });
  const gone = () => {
    if (shell === started) shell = undefined;
  };
  started.on("error", gone).on("exit", gone);
  started.stdin?.on("error", gone);
  started.unref();
  (started.stdin as (Writable & { unref?(): void }) | null)?.unref?.();
  return started;
}
