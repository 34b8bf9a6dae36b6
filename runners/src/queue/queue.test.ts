import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { echo, pickyEcho } from "../../../test/fixtures/programs.ts";
import { collect, expected, inputsOf, limits, manifold, testRunner } from "../../test/contract.ts";
import { killQueueAndCheck } from "../../test/queueKills.ts";
import { type QueueRunnerOptions, queueRunner, serveQueue } from "./index.ts";

const ended: (() => unknown)[] = [];
let file: string;
beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), "assay-queue-"));
  file = join(folder, "queue.sqlite");
  ended.push(() => rm(folder, { recursive: true, force: true }));
});
afterEach(async () => {
  for (const end of ended.splice(0).toReversed()) await end();
});

function open(options: Partial<QueueRunnerOptions> = {}) {
  const runner = queueRunner({ file, processes: 2, pollMs: 10, ...options });
  ended.push(() => runner.close());
  return runner;
}

const tasksIn = (path: string) => {
  const database = new SqliteDatabase(path, { readonly: true });
  try {
    return database
      .prepare("SELECT count(*) AS all_, count(outcome) AS done FROM runner_tasks")
      .get();
  } finally {
    database.close();
  }
};

describe("as every runner", () => {
  testRunner(() => open());
});

test("whoever is killed, of those that work and of those that wait, the run ends complete", () =>
  killQueueAndCheck({ kills: 3, count: 1_000 }));

test("what is done is not computed again, and the same input is computed once", async () => {
  const inputs = [...inputsOf(50), ...inputsOf(50)];
  const distinct = new Set(inputs.map((input) => Buffer.from(input).toString("hex"))).size;
  expect(await collect(open().run({ program: manifold.wasm, inputs, limits }))).toEqual(
    expected(inputs),
  );
  expect(tasksIn(file)).toEqual({ all_: distinct, done: distinct });
  // Nobody works, and yet it is all there.
  const idle = open({ work: false });
  expect(await collect(idle.run({ program: manifold.wasm, inputs, limits }))).toEqual(
    expected(inputs),
  );
  expect(tasksIn(file)).toEqual({ all_: distinct, done: distinct });
});

test("tasks go to those that have their tags", async () => {
  const plain = serveQueue(file, { processes: 1, pollMs: 10 });
  ended.push(() => plain.close());
  const asking = open({ work: false, taskTags: ["gpu"] });
  const reading = collect(asking.run({ program: echo.wasm, inputs: [Uint8Array.of(1)] }));
  const other = open({ work: false });
  expect(await collect(other.run({ program: echo.wasm, inputs: [Uint8Array.of(2)] }))).toHaveLength(
    1,
  );
  expect(tasksIn(file)).toEqual({ all_: 2, done: 1 });
  const tagged = serveQueue(file, { processes: 1, tags: ["gpu"], pollMs: 10 });
  ended.push(() => tagged.close());
  expect(await reading).toHaveLength(1);
});

test("tasks that come to no end are told once all others have, and are tried again by the next run", async () => {
  const never = { maxSteps: 10n ** 15n, maxResultBytes: 100 };
  const inputs = [Uint8Array.of(0, 1), Uint8Array.of(2), Uint8Array.of(0, 3)];
  const options = { attempts: 1, timeoutMs: 8_000, backoff: { firstMs: 1 } };
  const seen: number[] = [];
  const reading = async () => {
    for await (const { position } of open(options).run({
      program: manifold.wasm,
      inputs,
      limits: never,
    })) {
      seen.push(position);
    }
  };
  const dead = expect.objectContaining({ position: 1, reason: expect.stringContaining("8000 ms") });
  await expect(reading()).rejects.toMatchObject({
    code: "RUNNER_DEAD_LETTERS",
    count: 1,
    dead: [dead],
  });
  expect(seen.toSorted()).toEqual([0, 2]);
  await expect(reading()).rejects.toMatchObject({ code: "RUNNER_DEAD_LETTERS", count: 1 });
  expect(seen).toHaveLength(4);
});

test("several programs and limits share a file", async () => {
  const runner = open();
  const inputs = [new Uint8Array(), Uint8Array.of(1, 2, 3)];
  const outcomes = async (wasm: Uint8Array, maxResultBytes: number) =>
    (await collect(runner.run({ program: wasm, inputs, limits: { maxResultBytes } }))).map(
      ({ outcome }) => outcome,
    );
  expect(await outcomes(echo.wasm, 100)).toEqual(["ok", "ok"]);
  expect(await outcomes(echo.wasm, 2)).toEqual(["ok", "over-limit"]);
  expect(await outcomes(pickyEcho.wasm, 100)).toEqual(["trap", "ok"]);
});

function createTable(sql: string): void {
  const database = new SqliteDatabase(file);
  database.exec(sql);
  database.close();
}

describe("a file that is none of a queue is refused in one line, and left as it is", () => {
  test.each([
    [
      "text",
      () => writeFile(file, "hello ".repeat(1_000)),
      /cannot be used \(file is not a database\)/,
    ],
    [
      "another program's database",
      () => createTable("CREATE TABLE theirs (x)"),
      /is a database of something else/,
    ],
    ["another version's", () => createTable("CREATE TABLE runner_tasks (x)"), /cannot be used \(/],
    ["a folder", () => mkdir(file), /cannot be opened/],
  ] as const)("%s", async (_, make, line) => {
    await make();
    for (const opened of [() => void queueRunner({ file }), () => void serveQueue(file)]) {
      expect(opened).toThrow(
        expect.objectContaining({
          code: "RUNNER_QUEUE_FILE",
          message: expect.stringMatching(line),
        }),
      );
    }
  });
});

test("a path in any script will do", async () => {
  const runner = open({ file: join(dirname(file), "очередь ☃ #1?.sqlite") });
  const inputs = inputsOf(20);
  expect(await collect(runner.run({ program: manifold.wasm, inputs, limits }))).toEqual(
    expected(inputs),
  );
});
