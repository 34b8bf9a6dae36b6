import { spawn } from "node:child_process";
import { once } from "node:events";
import { freePort } from "../../test/fixtures/freePort.ts";

export interface Redis {
  port: number;
  version: string;
  stop(): Promise<void>;
}

/** Starts a Redis of the bench's own, as durable as people run it; `undefined` where it is not installed. */
export async function startRedis(folder: string): Promise<Redis | undefined> {
  const port = await freePort();
  const child = spawn(
    "redis-server",
    [
      ...["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""],
      ...["--appendonly", "yes", "--appendfsync", "everysec"],
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const missing = once(child, "error").then(() => true);
  const started = await Promise.race([missing.then(() => undefined), ready(child.stdout)]);
  if (started === undefined) return undefined;
  return {
    port,
    version: started,
    async stop() {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** @returns the version that it says it is, once it accepts connections. */
async function ready(stdout: AsyncIterable<unknown>): Promise<string> {
  let said = "";
  for await (const text of stdout) {
    said += text;
    if (said.includes("Ready to accept connections")) break;
  }
  return /version=([\d.]+)/.exec(said)?.[1] ?? "?";
}
