import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import SqliteDatabase from "better-sqlite3";
import { expect } from "vitest";
import { seededRandom } from "../../test/fixtures/random.ts";
import type { RunResult } from "../src/index.ts";
import { expected, inputsOf } from "./contract.ts";

const program = fileURLToPath(new URL("queueProcess.ts", import.meta.url));
/** A process lives so many milliseconds more, at most, once there are results. */
const MOST_MS = 60;

interface Started {
  child: ChildProcess;
  lines: string[];
  over: Promise<unknown>;
  said(): Promise<unknown>;
}

function start(...args: string[]): Started {
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: string[] = [];
  const output = createInterface(child.stdout);
  output.on("line", (line) => lines.push(line));
  const over = Promise.all([once(child, "exit"), once(output, "close")]);
  return { child, lines, over, said: () => once(output, "line") };
}

async function kill({ child, over }: Started): Promise<void> {
  child.kill("SIGKILL");
  await over;
}

/** What a process printed, by position; a line that was cut off with it is none. */
function parsed(lines: readonly string[]): RunResult[] {
  return lines
    .filter((line) => /^\d/.test(line))
    .map((line): RunResult => {
      const [position, outcome, bytes = ""] = line.split(" ");
      const of = { position: Number(position) };
      return outcome === "ok"
        ? { ...of, outcome, bytes: new Uint8Array(Buffer.from(bytes, "base64")) }
        : { ...of, outcome: outcome as "trap" };
    })
    .toSorted((a, b) => a.position - b.position);
}

/** When each task that is done was written down as done. */
function doneIn(file: string): [number, number][] {
  const database = new SqliteDatabase(file, { readonly: true });
  try {
    const sql = "SELECT id, done_at FROM runner_tasks WHERE outcome IS NOT NULL";
    return database.prepare<[], [number, number]>(sql).raw().all();
  } finally {
    database.close();
  }
}

/**
 * Kills, in turns, a process that works on a queue's file and one that waits for its results, `kills` times in all, and lets a last one end:
 * everything is right, and nothing that was done is done again.
 */
export async function killQueueAndCheck({
  kills,
  count,
}: {
  kills: number;
  count: number;
}): Promise<void> {
  const { seed, below } = seededRandom();
  process.stdout.write(`SEED=${seed}\n`);
  const folder = await mkdtemp(join(tmpdir(), "assay-queue-kills-"));
  const file = join(folder, "queue.sqlite");
  const right = expected(inputsOf(count, seed));
  const done = new Map<number, number>();
  const again: number[] = [];
  const look = () => {
    for (const [id, at] of doneIn(file)) {
      if ((done.get(id) ?? at) !== at) again.push(id);
      done.set(id, at);
    }
  };
  const doneAtKills: number[] = [];
  let server = start(file, "serve");
  try {
    await server.said();
    for (let killed = 0; killed < kills; killed++) {
      const asker = start(file, "wait", String(count), String(seed));
      // Its first results, and then a moment more.
      await asker.said();
      await sleep(below(MOST_MS));
      const isServer = killed % 2 === 0;
      await kill(isServer ? server : asker);
      look();
      doneAtKills.push(done.size);
      await kill(asker);
      for (const result of parsed(asker.lines)) expect(result).toEqual(right[result.position]);
      if (!isServer) continue;
      server = start(file, "serve");
      await server.said();
    }
    const last = start(file, "wait", String(count), String(seed));
    await last.over;
    expect(last.lines.at(-1)).toBe("over");
    expect(parsed(last.lines)).toEqual(right);
    look();
  } finally {
    await kill(server);
    await rm(folder, { recursive: true, force: true });
  }
  const early = doneAtKills.filter((size) => size < done.size).length;
  process.stdout.write(
    `${kills} kills, ${early} of them before all of ${done.size} tasks were done\n`,
  );
  expect(again, "what was done is not computed again").toEqual([]);
}
