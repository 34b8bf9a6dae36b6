import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import SqliteDatabase from "better-sqlite3";
import { expect } from "vitest";
import { echo } from "../../test/fixtures/programs.ts";
import { seededRandom } from "../../test/fixtures/random.ts";

const program = fileURLToPath(new URL("killed.ts", import.meta.url));

interface Life {
  lines: string[];
  isOver: boolean;
}

/** Lines from which on the clock runs: the first one, the first computation, the first effect. */
const SIGNS = ["alive", "run", "did"];

/** Runs the process, for `liveMs` milliseconds at most from this line on. */
async function live(argv: string[], sign: string, liveMs: number): Promise<Life> {
  const child = spawn(process.execPath, [program, ...argv], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: string[] = [];
  const over = new AbortController();
  let isSeen = false;
  const output = createInterface(child.stdout);
  output.on("line", (line) => {
    lines.push(line);
    if (isSeen || !line.startsWith(sign)) return;
    isSeen = true;
    sleep(liveMs, undefined, { signal: over.signal }).then(
      () => child.kill("SIGKILL"),
      () => {},
    );
  });
  await Promise.all([once(child, "exit"), once(output, "close")]);
  over.abort();
  return { lines, isOver: lines.includes("over") };
}

/** Rows of a file that a process may have been killed before it made. */
function rowsOf<Row>(file: string, sql: string): Row[] {
  if (!existsSync(file)) return [];
  const database = new SqliteDatabase(file);
  try {
    const tables = database.prepare("SELECT count(*) FROM sqlite_master").pluck().get();
    return tables === 0 ? [] : database.prepare<[], Row>(sql).all();
  } finally {
    database.close();
  }
}

/** What was computed by what is committed: the records of tasks and the results are one transaction. */
function keptIn(file: string): Set<string> {
  const steps = ["numbers", "pieces", "echoed", "lengths"];
  const rows = rowsOf<{ step: number; position: number; piece: number }>(
    file,
    "SELECT step, position, piece FROM events WHERE kind = 1 AND step BETWEEN 1 AND 3",
  );
  return new Set(
    rows.map(
      ({ step, position, piece }) => `${steps[step]} ${position}${piece < 0 ? "" : `.${piece}`}`,
    ),
  );
}

/** How many effects were begun and not done. */
function doubtsIn(file: string): number {
  return rowsOf(file, "SELECT 1 FROM effects WHERE state = 1").length;
}

/**
 * Kills a pipeline's process at random instants, until it was killed `kills` times, then lets it end, and checks what it did: all of
 * it, no effect twice, and nothing that was committed again.
 */
export async function killAndCheck({
  kills,
  numbers,
}: {
  kills: number;
  numbers: number;
}): Promise<void> {
  const random = seededRandom();
  process.stdout.write(`seed ${random.seed}\n`);
  const folder = await mkdtemp(join(tmpdir(), "assay-kill-"));
  try {
    const wasm = join(folder, "echo.wasm");
    await writeFile(wasm, echo.wasm);
    const argv = [folder, String(numbers), wasm];
    const computed = new Map<string, number>();
    const again: string[] = [];
    let killed = 0;
    let doubts = 0;
    for (let isOver = false; !isOver; ) {
      const kept = keptIn(join(folder, "store.sqlite"));
      const sign = SIGNS[killed % SIGNS.length] ?? "";
      const life = await live(argv, sign, killed < kills ? random.below(100) : 2 ** 31 - 1);
      isOver = life.isOver;
      if (!isOver) {
        killed++;
        doubts += doubtsIn(join(folder, "store.sqlite"));
      }
      for (const line of life.lines) {
        const [what, step = "", input = ""] = line.split(" ");
        if (what !== "run") continue;
        const name = `${step} ${input}`;
        computed.set(name, (computed.get(name) ?? 0) + 1);
        if (kept.has(name)) again.push(name);
      }
    }
    process.stdout.write(`${killed} kills, ${doubts} effects in doubt\n`);
    expect(again, "what was remembered is not computed again").toEqual([]);
    expect(killed).toBe(kills);
    const lines = (await readFile(join(folder, "effects"), "utf8")).trimEnd().split("\n");
    const expected = Array.from(
      { length: numbers },
      (_, n) => `${n} ${3 * (String(n).length + 2)}`,
    );
    expect(lines.toSorted()).toEqual(expected.toSorted());
    for (const step of ["pieces", "echoed", "lengths"]) {
      const times = [...computed].filter(([name]) => name.startsWith(`${step} `));
      expect(times).toHaveLength(step === "pieces" ? numbers : 3 * numbers);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
