/** The peers of our runners, each where it is installed. */
import { fork, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Queue, QueueEvents } from "bullmq";
import { Piscina } from "piscina";
import { ordersTo } from "../ordered.ts";
import { startRedis } from "../queue/redis.ts";
import { type Counts, type Figures, inputs, measure, programs, type Site } from "./work.ts";

/** The Python that has Dask, Ray and wasmtime: `python3 -m venv peers; peers/bin/pip install dask distributed ray wasmtime`. */
const PYTHON = process.env.ASSAY_BENCH_PYTHON ?? "python3";
/** They take a millisecond a task and more. */
const PYTHON_QUICK = 3_000;

export interface Peer {
  /** What is installed, with versions; `null` where it is not. */
  installed: string | null;
  figures: Figures | null;
}

const pathOf = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const versionOf = (name: string): string =>
  JSON.parse(readFileSync(pathOf(`../../node_modules/${name}/package.json`), "utf8")).version;

/** Runs tasks so many at a time, each when one has ended. */
async function inLanes(
  given: Iterable<Uint8Array>,
  lanes: number,
  run: (input: Uint8Array) => Promise<unknown>,
): Promise<void> {
  const left = given[Symbol.iterator]();
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (let next = left.next(); !next.done; next = left.next()) await run(next.value);
    }),
  );
}

/** Two processes without any scheduler, beside one: what the machine can give. */
export async function bareSpeedup({ slow, rounds }: Counts): Promise<number> {
  const children = [1, 2].map(() => fork(pathOf("bare.ts")));
  const orders = children.map((child) => ordersTo(child));
  const open = (places: number): Site => ({
    async seconds(work, count) {
      const startedAt = performance.now();
      const each = count / places;
      await Promise.all(orders.slice(0, places).map((order) => order({ work, count: each })));
      return (performance.now() - startedAt) / 1_000;
    },
    close: async () => {},
  });
  const { speedup2 } = await measure(open, { quick: 100, slow, rounds });
  for (const child of children) child.disconnect();
  return speedup2 ?? Number.NaN;
}

/** The same kernel in piscina's threads, one instance each, nothing put back. */
export async function piscinaPeer(counts: Counts): Promise<Peer> {
  const open = (threads: number): Site => {
    const piscina = new Piscina({
      filename: new URL("../executor/piscinaThread.ts", import.meta.url).href,
      ...{ minThreads: threads, maxThreads: threads },
    });
    return {
      async seconds(work, count) {
        const { id, instrumented } = programs[work];
        const module = new WebAssembly.Module(instrumented as Uint8Array<ArrayBuffer>);
        const startedAt = performance.now();
        // As many at a time as ours has.
        await inLanes(inputs(0, count), threads * 128, (input) =>
          piscina.run({ id, module, input }),
        );
        return (performance.now() - startedAt) / 1_000;
      },
      close: () => piscina.destroy(),
    };
  };
  return { installed: versionOf("piscina"), figures: await measure(open, counts) };
}

/** BullMQ with a worker process a place, on a Redis that syncs its log every second; results come back by its events. */
export async function bullmqPeer(folder: string, counts: Counts): Promise<Peer> {
  const redis = await startRedis(folder);
  if (redis === undefined) return { installed: null, figures: null };
  const connection = { host: "127.0.0.1", port: redis.port, maxRetriesPerRequest: null };
  const open = async (places: number): Promise<Site> => {
    const name = `bench${places}`;
    const queue = new Queue(name, { connection, defaultJobOptions: { removeOnComplete: true } });
    const events = new QueueEvents(name, { connection });
    await events.waitUntilReady();
    const workers = Array.from({ length: places }, () =>
      fork(pathOf("bullmqWorker.ts"), [name, String(redis.port)]),
    );
    await Promise.all(workers.map((worker) => once(worker, "message")));
    return {
      seconds: (work, count) => bullmqSeconds(queue, events, { work, count }),
      async close() {
        const exits = workers.map((worker) => once(worker, "exit"));
        for (const worker of workers) worker.disconnect();
        await Promise.all(exits);
        await events.close();
        await queue.close();
      },
    };
  };
  try {
    const figures = await measure(open, counts);
    return { installed: `${versionOf("bullmq")}, redis-server ${redis.version}`, figures };
  } finally {
    await redis.stop();
  }
}

/** Tasks that are added by one call. */
const BULK = 100;
/** Tasks in the queue at a time, as our queue's runner has. */
const WINDOW = 2_048;

async function bullmqSeconds(
  queue: Queue,
  events: QueueEvents,
  { work, count }: { work: keyof typeof programs; count: number },
): Promise<number> {
  let done = 0;
  let change = Promise.withResolvers<void>();
  const onCompleted = ({ returnvalue }: { returnvalue: string }) => {
    if (Buffer.from(returnvalue, "base64").length === 8) done++;
    change.resolve();
    change = Promise.withResolvers();
  };
  events.on("completed", onCompleted);
  const startedAt = performance.now();
  let batch: { name: string; data: { work: string; input: string } }[] = [];
  let added = 0;
  for (const input of inputs(0, count)) {
    batch.push({ name: "task", data: { work, input: Buffer.from(input).toString("base64") } });
    added++;
    if (batch.length < BULK && added < count) continue;
    while (added - done > WINDOW) await change.promise;
    await queue.addBulk(batch);
    batch = [];
  }
  while (done < count) await change.promise;
  const seconds = (performance.now() - startedAt) / 1_000;
  events.off("completed", onCompleted);
  return seconds;
}

/** Dask or Ray with a worker process a place, each with the same module in wasmtime. */
export async function pythonPeer(
  library: "dask" | "ray",
  folder: string,
  { slow, rounds }: Counts,
): Promise<Peer> {
  const module = library === "dask" ? "distributed" : "ray";
  const version = spawnSync(
    PYTHON,
    [
      "-c",
      `import ${module}, wasmtime; from importlib.metadata import version; print(version("${module}"), version("wasmtime"))`,
    ],
    { encoding: "utf8" },
  );
  if (version.status !== 0) return { installed: null, figures: null };
  const [own, wasmtime] = version.stdout.trim().split(" ");
  const files = await Promise.all(
    (["quick", "slow"] as const).map(async (work) => {
      const file = join(folder, `${work}.wasm`);
      await writeFile(file, programs[work].instrumented);
      return file;
    }),
  );
  const argv = [pathOf("peer.py"), library, ...files, ...[PYTHON_QUICK, slow, rounds].map(String)];
  const { status, stdout, stderr } = spawnSync(PYTHON, argv, {
    encoding: "utf8",
    env: { ...process.env, RAY_USAGE_STATS_ENABLED: "0" },
  });
  if (status !== 0) throw new Error(`${library} came to no end: ${stderr.slice(-2_000)}`);
  const taken = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as Record<string, number>;
  const { quick = Number.NaN, slowOne = Number.NaN, slowTwo = Number.NaN } = taken;
  return {
    installed: `${own}, wasmtime ${wasmtime}, ${PYTHON}`,
    figures: {
      microsPerTask: Math.round((quick / PYTHON_QUICK) * 1e7) / 10,
      tasksPerSecond: Math.round(PYTHON_QUICK / quick),
      speedup2: Math.round((slowOne / slowTwo) * 100) / 100,
    },
  };
}
