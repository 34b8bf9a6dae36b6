import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import { startedThings, temporaryFolder } from "../../worker/test/network.ts";
import { openQueue } from "./index.ts";

const started = startedThings();
afterEach(() => started.end());

const program = fileURLToPath(new URL("../test/process.ts", import.meta.url));
const TASKS = 1_500;

/** Numbers in 0 … 1, the same for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Runs the program, for `liveMs` milliseconds at most. @returns what it said, and whether it came to its end. */
async function run(file: string, liveMs: number): Promise<{ lines: string[]; isOver: boolean }> {
  const child = spawn(process.execPath, [program, file, "0", String(TASKS)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  started.add(() => child.kill("SIGKILL"));
  const lines: string[] = [];
  const over = new AbortController();
  const output = createInterface(child.stdout);
  output.on("line", (line) => {
    // From the first sign of life on: starting is not what is to be killed.
    if (lines.push(line) === 1)
      sleep(liveMs, undefined, { signal: over.signal }).then(kill, () => {});
    if (line === "worked off") kill();
  });
  const kill = () => child.kill("SIGKILL");
  await Promise.all([once(child, "exit"), once(output, "close")]);
  over.abort();
  return { lines, isOver: lines.includes("worked off") };
}

test("killed at any moment, nothing is lost and nothing that was done is done again", async () => {
  const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
  process.stdout.write(`seed ${seed}\n`);
  const random = randomOf(seed);
  const file = join(await temporaryFolder(started), "queue.sqlite");
  const said: string[] = [];
  let kills = 0;
  for (let isOver = false; !isOver; kills++) {
    // Short lives at first, so that there are many; then longer ones, so that it ends.
    const life = await run(file, 5 + random() * (20 + 20 * kills));
    said.push(...life.lines);
    isOver = life.isOver;
  }
  expect(kills).toBeGreaterThan(3);

  const done = new Set<string>();
  const added = new Set<string>();
  for (const line of said) {
    const [what = "", n = ""] = line.split(" ");
    if (what === "run") expect(done, `task ${n} ran after it was done`).not.toContain(n);
    if (what === "done") done.add(n);
    if (what === "added") added.add(n);
  }
  const queue = openQueue<number>(file);
  started.add(() => queue.close());
  expect(queue.counts()).toEqual({ ready: 0, delayed: 0, leased: 0, done: TASKS, dead: 0 });
  expect(added.size).toBe(TASKS);
  for (const n of added) expect(queue.find(n)).toMatchObject({ state: "done", payload: Number(n) });
});

test("several processes share a queue, and what one leaves the others finish", async () => {
  const file = join(await temporaryFolder(started), "queue.sqlite");
  const queue = openQueue<number>(file, { attempts: 3 });
  started.add(() => queue.close());
  const child = spawn(
    process.execPath,
    [
      "--input-type=module",
      "-e",
      `import { openQueue } from ${JSON.stringify(new URL("index.ts", import.meta.url).href)};
       openQueue(${JSON.stringify(file)}).consume({
         slots: 3, leaseMs: 300, pollMs: 10,
         handler: ({ payload }) => new Promise(() => console.log("has", payload)),
       });`,
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  started.add(() => child.kill("SIGKILL"));
  queue.enqueueAll([0, 1, 2, 3, 4].map((payload) => ({ payload })));
  let said = "";
  for await (const text of child.stdout) {
    said += text;
    if (said.includes("has 2\n")) break;
  }
  const done: number[] = [];
  const lapsed: number[] = [];
  queue.events.on("lapsed", ({ attempt }) => lapsed.push(attempt));
  const consumer = queue.consume({
    leaseMs: 100,
    pollMs: 10,
    handler: ({ payload, attempt }) => void done.push(10 * payload + attempt),
  });
  started.add(() => consumer.stop());
  await expect.poll(() => done).toEqual([31, 41]);
  expect(queue.counts()).toMatchObject({ leased: 3, ready: 0 });
  // It lives, and its heartbeat keeps what it has, far beyond one lease.
  await expect.poll(() => queue.counts().leased).toBe(3);
  child.kill("SIGKILL");
  await queue.drain();
  expect(done).toEqual([31, 41, 2, 12, 22]);
  expect(lapsed).toEqual([1, 1, 1]);
});
