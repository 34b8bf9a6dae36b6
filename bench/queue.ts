/**
 * The durable queue beside BullMQ on a Redis of its own, each in a process of its own, in turns: adding in bulk, and doing it all
 * in 50 slots. Tasks of 200 bytes, 2 % of which fail once and come back after a backoff; every completion is an event.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Answer, Order } from "./queue/load.ts";
import { type Redis, startRedis } from "./queue/redis.ts";

const ROUNDS = 7;
const TASKS = 20_000;
const SMALL = 1_000;
const SMALL_ROUNDS = 300;
const LARGE = 1_000_000;

class Side {
  readonly #child: ChildProcess;
  readonly #gone: Promise<never>;
  rssMb = 0;

  constructor(program: string, argv: string[]) {
    const file = fileURLToPath(new URL(`queue/${program}.ts`, import.meta.url));
    this.#child = fork(file, argv, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    this.#gone = once(this.#child, "exit").then(() => {
      throw new Error(`the process of ${program} ended`);
    });
    this.#gone.catch(() => {});
  }

  /** @returns tasks a second. */
  async rate(type: "enqueue" | "process", count: number, failures = true): Promise<number> {
    this.#child.send({ type, count, failures } satisfies Order);
    const [{ ms, rssMb }] = (await Promise.race([once(this.#child, "message"), this.#gone])) as [
      Answer,
    ];
    this.rssMb = rssMb;
    return (count / ms) * 1_000;
  }

  async end(): Promise<void> {
    const ended = once(this.#child, "exit");
    this.#child.send({ type: "end" } satisfies Order);
    await ended;
  }
}

const median = (values: number[]) =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
const print = (text: string) => process.stdout.write(`${text}\n`);
const thousands = (rate: number) => `${(rate / 1_000).toFixed(1)}k/s`;

/** Medians of several rounds, in which the sides take turns; the first round warms up. */
async function race(sides: readonly Side[]): Promise<{ enqueue: number; complete: number }[]> {
  const rates = sides.map(() => ({ enqueue: [] as number[], complete: [] as number[] }));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [i, side] of sides.entries()) {
      const enqueue = await side.rate("enqueue", TASKS);
      const complete = await side.rate("process", TASKS);
      if (round === 0) continue;
      rates[i]?.enqueue.push(enqueue);
      rates[i]?.complete.push(complete);
    }
  }
  return rates.map(({ enqueue, complete }) => ({
    enqueue: median(enqueue),
    complete: median(complete),
  }));
}

/** How fast a queue that holds `LARGE` tasks is worked off, beside one that holds `SMALL`; each from full to empty, and
 * without failures: their pauses are most of the time of a small one. */
async function growth(side: Side) {
  let seconds = 0;
  for (let round = 0; round < SMALL_ROUNDS; round++) {
    await side.rate("enqueue", SMALL, false);
    seconds += SMALL / (await side.rate("process", SMALL, false));
  }
  const enqueue = await side.rate("enqueue", LARGE, false);
  const complete = await side.rate("process", LARGE, false);
  return { small: (SMALL_ROUNDS * SMALL) / seconds, enqueue, complete };
}

export async function queue(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "assay-bench-queue-"));
  let redis: Redis | undefined;
  try {
    redis = await startRedis(folder);
    const ours = new Side("ours", [join(folder, "queue.sqlite")]);
    const peer = redis && new Side("bullmq", [String(redis.port)]);
    const [mine, theirs] = await race([ours, ...(peer ? [peer] : [])]);
    await peer?.end();
    if (mine === undefined) throw new TypeError("no round was run");
    const line = (name: string, rates: { enqueue: number; complete: number }, rssMb: number) =>
      print(
        `${name.padEnd(28)} enqueue ×100 ${thousands(rates.enqueue).padStart(9)}   process, 50 slots ${thousands(rates.complete).padStart(9)}   ${rssMb.toFixed(0)} MB`,
      );
    line("ours, synchronous NORMAL", mine, ours.rssMb);
    if (redis && theirs && peer) {
      line(`BullMQ, Redis ${redis.version} everysec`, theirs, peer.rssMb);
      print(
        `ours is ${(mine.enqueue / theirs.enqueue).toFixed(1)}× in adding and ${(mine.complete / theirs.complete).toFixed(1)}× in processing (Redis' own memory is not counted)`,
      );
    } else {
      print("BullMQ is left out: redis-server is not installed (apt-get install redis-server).");
    }
    const full = new Side("ours", [join(folder, "full.sqlite"), "full"]);
    const [safest] = await race([full]);
    if (safest) line("ours, synchronous FULL", safest, full.rssMb);
    await full.end();

    await ours.end();
    const growing = new Side("ours", [join(folder, "growth.sqlite")]);
    const { small, enqueue, complete } = await growth(growing);
    const throughputAt1M = complete / small;
    print(
      `a queue of 1,000 is worked off at ${thousands(small)}, one of 1,000,000 at ${thousands(complete)} (${(100 * throughputAt1M).toFixed(0)} %), filled at ${thousands(enqueue)}; ${growing.rssMb.toFixed(0)} MB at most`,
    );
    await growing.end();
    const rounded = (rate?: number) => (rate === undefined ? null : Math.round(rate));
    print(
      JSON.stringify({
        enqueuePerSecond: rounded(mine.enqueue),
        completePerSecond: rounded(mine.complete),
        bullmqEnqueuePerSecond: rounded(theirs?.enqueue),
        bullmqCompletePerSecond: rounded(theirs?.complete),
        throughputAt1M: Number(throughputAt1M.toFixed(2)),
        rssMb: Math.round(growing.rssMb),
      }),
    );
  } finally {
    await redis?.stop();
    await rm(folder, { recursive: true });
  }
}
