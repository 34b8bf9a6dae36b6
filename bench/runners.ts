/**
 * What a task costs in every runner that needs no network of others: 1 KB of input, with next to no work and with some 10 ms. Beside ours,
 * piscina; what else is installed of Dask and Ray is named, and null where it is not.
 */
import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inProcessRunner, processRunner, type Runner, threadsRunner } from "@assay/runners";
import { httpRunner, serveRunner } from "@assay/runners/http";
import { queueRunner } from "@assay/runners/queue";
import { Outcome } from "@assay/sdk";
import { Piscina } from "piscina";
import { packed, programOf, type TestProgram } from "../test/fixtures/programs.ts";

const print = (text: string) => process.stdout.write(`${text}\n`);
/** Tasks of next to no work, and of some 10 ms. */
const TASKS = { quick: 20_000, slow: 400 };

const quick = programOf("quick", { run: packed("(local.get $ptr)", "(i32.const 8)") });
const slow = programOf("slow", {
  run: `(local $i i32)
    (loop $again
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $i) (i32.const 10000000))))
    ${packed("(local.get $ptr)", "(i32.const 8)")}`,
});

interface Figures {
  /** Wall clock, of tasks without work. */
  microsPerTask: number;
  tasksPerSecond: number;
  /** Of tasks with work: how much faster two places are than one. */
  speedup2: number | null;
}

function* inputs(count: number) {
  for (let i = 0; i < count; i++) {
    const input = new Uint8Array(1_024);
    new DataView(input.buffer).setUint32(0, i);
    yield input;
  }
}

async function secondsOf(runner: Runner, { wasm }: TestProgram, count: number): Promise<number> {
  const startedAt = performance.now();
  let done = 0;
  for await (const { outcome } of runner.run({ program: wasm, inputs: inputs(count) })) {
    if (outcome === Outcome.ok) done++;
  }
  if (done !== count) throw new Error(`${runner.name} did ${done} of ${count}`);
  return (performance.now() - startedAt) / 1_000;
}

/** @param start - makes a runner with so many places, and what ends it. */
async function measure(
  name: string,
  start: (places: number) => Promise<Runner> | Runner,
): Promise<Figures> {
  const slowSeconds: number[] = [];
  let quickSeconds = Number.NaN;
  for (const places of name === "inProcess" ? [1] : [1, 2]) {
    const runner = await start(places);
    await secondsOf(runner, quick, 200);
    if (places === 2 || name === "inProcess")
      quickSeconds = await secondsOf(runner, quick, TASKS.quick);
    slowSeconds.push(await secondsOf(runner, slow, TASKS.slow));
    await runner.close();
  }
  const [one = Number.NaN, two] = slowSeconds;
  const figures = {
    microsPerTask: Math.round((quickSeconds / TASKS.quick) * 1e7) / 10,
    tasksPerSecond: Math.round(TASKS.quick / quickSeconds),
    speedup2: two === undefined ? null : Math.round((one / two) * 100) / 100,
  };
  print(`${name.padEnd(10)} ${JSON.stringify(figures)}`);
  return figures;
}

/** The same kernel in piscina's threads, one instance each, nothing put back. */
async function piscinaFigures(): Promise<Figures> {
  const seconds = async (threads: number, { instrumented, id }: TestProgram, count: number) => {
    const piscina = new Piscina({
      filename: new URL("executor/piscinaThread.ts", import.meta.url).href,
      ...{ minThreads: threads, maxThreads: threads },
    });
    const module = new WebAssembly.Module(instrumented as Uint8Array<ArrayBuffer>);
    const run = (input: Uint8Array) => piscina.run({ id, module, input });
    await Promise.all([...inputs(200)].map(run));
    const startedAt = performance.now();
    // As many at a time as ours has.
    const left = inputs(count);
    const lane = async () => {
      for (const input of left) await run(input);
    };
    await Promise.all(Array.from({ length: threads * 128 }, lane));
    const taken = (performance.now() - startedAt) / 1_000;
    await piscina.destroy();
    return taken;
  };
  const quickSeconds = await seconds(2, quick, TASKS.quick);
  const [one, two] = [await seconds(1, slow, TASKS.slow), await seconds(2, slow, TASKS.slow)];
  const figures = {
    microsPerTask: Math.round((quickSeconds / TASKS.quick) * 1e7) / 10,
    tasksPerSecond: Math.round(TASKS.quick / quickSeconds),
    speedup2: Math.round((one / two) * 100) / 100,
  };
  print(`piscina    ${JSON.stringify(figures)}`);
  return figures;
}

function isInstalled(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: "ignore" }).status === 0;
}

export async function runners(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "assay-bench-"));
  const hosts = await Promise.all([1, 2].map(() => serveRunner({ processes: 1 })));
  const urls = hosts.map(({ url }) => url);
  let files = 0;
  const figures = {
    inProcess: await measure("inProcess", () => inProcessRunner()),
    threads: await measure("threads", (threads) => threadsRunner({ threads })),
    process: await measure("process", (processes) => processRunner({ processes })),
    queue: await measure("queue", (processes) =>
      queueRunner({ file: join(folder, `${files++}.sqlite`), processes }),
    ),
    http: await measure("http", (places) => httpRunner({ hosts: urls.slice(0, places) })),
    piscina: await piscinaFigures(),
    // Others than Node's are not measured here yet; what there is of them is printed.
    ...{ bullmq: null, dask: null, ray: null },
  };
  await Promise.all(hosts.map((host) => host.close()));
  await rm(folder, { recursive: true });
  const installed = {
    piscina: true,
    "redis-server": isInstalled("redis-server", "--version"),
    dask: isInstalled("python3", "-c", "import dask.distributed"),
    ray: isInstalled("python3", "-c", "import ray"),
  };
  print(`installed: ${JSON.stringify(installed)}`);
  print(JSON.stringify({ runners: figures }));
}
