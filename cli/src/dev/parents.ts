import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

const hasProc = existsSync("/proc/self/stat");
/** How often the processes above are looked for, in milliseconds: `ps` costs more than a file. */
const LOOK_MS = hasProc ? 250 : 1_000;

/** A process and the one that started it. */
interface Link {
  child: number;
  parent: number;
}

/**
 * Calls `onGone` when a process that started this one is gone: its parent, or any above it in the same process group, such as npm and
 * the shell that runs a package's script. A process that outlives its parent gets another one; that is how it shows. A shell's window
 * or a service manager is in another group and may go.
 */
export function watchParents(onGone: () => void): void {
  const links = linksAbove();
  const timer = setInterval(() => {
    const isBroken = ({ child, parent }: Link) => {
      const now = parentOf(child);
      // One of which nothing is known may be gone: then the link below it is broken.
      return now !== undefined && now !== parent;
    };
    if (!links.some(isBroken)) return;
    clearInterval(timer);
    onGone();
  }, LOOK_MS);
  timer.unref();
}

function linksAbove(): Link[] {
  const group = readProcess(process.pid)?.group;
  const links = [{ child: process.pid, parent: process.ppid }];
  for (let child = process.ppid; ; ) {
    const { parent } = readProcess(child) ?? {};
    if (parent === undefined || group === undefined) return links;
    if (readProcess(parent)?.group !== group) return links;
    links.push({ child, parent });
    child = parent;
  }
}

function parentOf(pid: number): number | undefined {
  return pid === process.pid ? process.ppid : readProcess(pid)?.parent;
}

/** Nothing of a process that is gone, or where there are no groups. */
function readProcess(pid: number): { parent: number; group: number } | undefined {
  try {
    const [parent, group] = hasProc ? fromProc(pid) : fromPs(pid);
    return { parent: Number(parent), group: Number(group) };
  } catch {
    return undefined;
  }
}

function fromProc(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // Its name stands in brackets, and may hold anything; its state follows.
  return stat.slice(stat.lastIndexOf(")") + 4).split(" ");
}

function fromPs(pid: number): string[] {
  const stdio: ("ignore" | "pipe")[] = ["ignore", "pipe", "ignore"];
  const row = execFileSync("ps", ["-o", "ppid=,pgid=", "-p", String(pid)], { stdio });
  return row.toString().trim().split(/\s+/);
}
