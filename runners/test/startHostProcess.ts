import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("hostProcess.ts", import.meta.url));

/** A host of runners as a process of its own, with the token `secret`. */
export async function startHostProcess(): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [program], { stdio: ["ignore", "pipe", "inherit"] });
  const [url] = await once(createInterface(child.stdout), "line");
  return { child, url };
}
