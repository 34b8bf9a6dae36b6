import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { inProcessRunner, processRunner, type Runner, threadsRunner } from "@assay/runners";
import { httpRunner } from "@assay/runners/http";
import { queueRunner } from "@assay/runners/queue";
import { Outcome } from "@assay/sdk";
import { inputs, programs, type Site } from "./work.ts";

/** A runner, and what else has to end with it. */
function siteOf(runner: Runner, close: () => unknown = () => {}): Site {
  let from = 0;
  return {
    async seconds(work, count) {
      const given = inputs(from, count);
      from += count;
      const startedAt = performance.now();
      let done = 0;
      for await (const { outcome } of runner.run({ program: programs[work].wasm, inputs: given })) {
        if (outcome === Outcome.ok) done++;
      }
      if (done !== count) throw new Error(`${runner.name} did ${done} of ${count}`);
      return (performance.now() - startedAt) / 1_000;
    },
    async close() {
      await runner.close();
      await close();
    },
  };
}

/** A machine of one's own: `assay runner serve`, as a process. */
async function startHost() {
  const main = fileURLToPath(new URL("../../cli/src/main.ts", import.meta.url));
  const options = ["--listen", "127.0.0.1:0", "--processes", "1", "--json"];
  const child = spawn(process.execPath, [main, "runner", "serve", ...options], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(createInterface(child.stdout), "line");
  const { url } = JSON.parse(line) as { url: string };
  return {
    url,
    async stop() {
      const exit = once(child, "exit");
      child.kill("SIGTERM");
      await exit;
    },
  };
}

/** @param depth - tasks of a host at a time. */
async function openHttp(places: number, depth = 32): Promise<Site> {
  const hosts = await Promise.all(Array.from({ length: places }, startHost));
  const runner = httpRunner({ hosts: hosts.map(({ url }) => url), depth });
  return siteOf(runner, () => Promise.all(hosts.map((host) => host.stop())));
}

/** Ours that need no network of others, by name: what opens each in one place or in two. */
export function ours(folder: string): Record<string, (places: 1 | 2) => Promise<Site> | Site> {
  let files = 0;
  return {
    inProcess: () => siteOf(inProcessRunner()),
    threads: (threads) => siteOf(threadsRunner({ threads })),
    process: (processes) => siteOf(processRunner({ processes })),
    queue: (processes) =>
      siteOf(queueRunner({ file: join(folder, `${files++}.sqlite`), processes })),
    http: (places) => openHttp(places),
  };
}
