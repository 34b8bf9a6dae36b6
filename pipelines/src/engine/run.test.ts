import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineProgram } from "@assay/sdk/program";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { echo, pickyEcho } from "../../../test/fixtures/programs.ts";
import { localRunner } from "../../test/localRunner.ts";
import { outputsOf } from "../../test/outputs.ts";
import {
  definePipeline,
  type Edge,
  planPipeline,
  readStatus,
  runPipeline,
  text,
  value,
} from "../index.ts";
import type { Output } from "./outputStep.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "assay-run-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const number = value<number>("number");

/** Counts words by page and in all, with what every kind of step does. */
function wordCount(calls: string[]) {
  return definePipeline("word-count", (p) => {
    const note = <T>(name: string, result: T): T => {
      calls.push(name);
      return result;
    };
    const pages = p.input("pages", text);
    const words = p.flatMap("words", pages, text, (page) => note("words", page.split(" ")), {
      version: "1",
    });
    const long = p.filter("long", words, (word) => note("long", word.length > 3), { version: "1" });
    const lengths = p.map("lengths", long, number, async (word) => note("lengths", word.length), {
      version: "1",
    });
    const sum = (all: number[]) =>
      note(
        "sum",
        all.reduce((a, b) => a + b, 0),
      );
    const perPage = p.reduce("perPage", lengths, sum, { per: pages, arity: 2, version: "1" });
    const total = p.reduce("total", perPage, sum, { version: "1" });
    p.join(
      "shares",
      { page: perPage, total },
      text,
      ({ page, total }) => note("shares", `${page}/${total}`),
      { version: "1" },
    );
  });
}

const PAGES = ["the quick brown fox jumps", "a b c", "", "over the lazy dog and away"];

test("items go through every kind of step, and what has no long word is a gap", async () => {
  const outputs: Output[] = [];
  await runPipeline(wordCount([]), {
    inputs: { pages: PAGES },
    onOutput: (output) => outputs.push(output),
  });
  expect(outputsOf(outputs, "shares")).toEqual(["15/27", "12/27"]);
  expect(outputs.map(({ path }) => path)).toContainEqual([0, 3]);
});

test("a second run computes what changed and nothing else", async () => {
  const calls: string[] = [];
  const pipeline = wordCount(calls);
  const store = join(folder, "store.sqlite");
  await runPipeline(pipeline, { inputs: { pages: PAGES }, store });
  expect(calls.length).toBeGreaterThan(20);
  calls.length = 0;
  const outputs: Output[] = [];
  await runPipeline(pipeline, {
    inputs: { pages: PAGES },
    store,
    onOutput: (output) => outputs.push(output),
  });
  expect([calls, outputsOf(outputs, "shares")]).toEqual([[], ["15/27", "12/27"]]);

  // One page has other words: its own, its sums, and the shares of all.
  const changed = PAGES.with(3, "over the lazy dog and elsewhere");
  const plan = await planPipeline(pipeline, { inputs: { pages: changed }, store });
  expect(calls).toEqual([]);
  expect(plan.steps.find(({ name }) => name === "words")).toMatchObject({
    reused: 3,
    toRun: 1,
    isOpen: false,
  });
  const report = await runPipeline(pipeline, { inputs: { pages: changed }, store });
  expect(calls.toSorted()).toEqual(["lengths", "long", "shares", "shares", "sum", "sum", "words"]);
  expect(report.steps.find(({ name }) => name === "lengths")).toMatchObject({ done: 1, reused: 5 });
  expect(readStatus(store)).toMatchObject({ pipeline: "word-count", run: 3, outcome: "done" });
});

test("programs run on their runners, typed and by their bytes, and a trap is remembered", async () => {
  const typed = defineProgram({
    wasm: pickyEcho.wasm,
    encode: (words: string[]) => new TextEncoder().encode(words.join()),
    decode: (bytes) => new TextDecoder().decode(bytes).split(","),
  });
  let tasks = 0;
  const pipeline = definePipeline("programs", (p) => {
    const lists = p.input("lists", value<string[]>("words"));
    const same: Edge<string[]> = p.program("same", lists, typed, { onFailure: "skip" });
    p.map("count", same, number, (words) => words.length);
    p.program("again", p.program("raw", p.map("text", same, text, String), echo.wasm), echo.wasm);
  });
  const outputs: Output[] = [];
  const options = {
    inputs: { lists: [["a"], [], ["b", "c"], ["a"]] },
    store: join(folder, "store.sqlite"),
    runners: { batches: localRunner({ batch: 1_000, onTask: () => tasks++ }) },
    onOutput: (output: Output) => outputs.push(output),
  };
  const report = await runPipeline(pipeline, options);
  expect(outputsOf(outputs, "count")).toEqual([1, 2, 1]);
  expect(
    outputsOf(outputs, "again").map((bytes) => new TextDecoder().decode(bytes as Uint8Array)),
  ).toEqual(["a", "b,c", "a"]);
  expect(report.steps.find(({ name }) => name === "same")).toMatchObject({
    done: 3,
    reused: 1,
    skipped: 1,
  });
  // The echo of a and of b,c is the same task in both steps that run it.
  expect(tasks).toBe(5);
  await runPipeline(pipeline, options);
  expect(tasks).toBe(5);
});

test("one program with two ways to write its input has two results", async () => {
  const typed = (upper: boolean) =>
    defineProgram({
      wasm: echo.wasm,
      encode: (word: string) => new TextEncoder().encode(upper ? word.toUpperCase() : word),
      decode: (bytes) => new TextDecoder().decode(bytes),
    });
  const outputs: Output[] = [];
  const pipeline = definePipeline("ways", (p) => {
    const words = p.input("words", text);
    p.program("plain", words, typed(false));
    p.program("upper", words, typed(true));
  });
  const runners = { local: localRunner() };
  await runPipeline(pipeline, {
    inputs: { words: ["a"] },
    runners,
    onOutput: (o) => outputs.push(o),
  });
  expect(outputs.map(({ value }) => value).toSorted()).toEqual(["A", "a"]);
});

test("a function without a version is not remembered once a run has failed or ended", async () => {
  let calls = 0;
  let isBroken = true;
  const pipeline = definePipeline("unversioned", (p) => {
    const same = p.map("same", p.input("numbers", number), number, (n) => {
      calls++;
      return n;
    });
    p.map("check", same, number, (n) => {
      if (isBroken && n === 3) throw new Error("three is wrong");
      return n;
    });
  });
  const options = { inputs: { numbers: [1, 2, 3] }, store: join(folder, "store.sqlite") };
  await expect(runPipeline(pipeline, options)).rejects.toThrow("three is wrong");
  isBroken = false;
  await runPipeline(pipeline, options);
  await runPipeline(pipeline, options);
  expect(calls).toBe(9);
});

test("a reduce by a program gets its parts, on a runner that wants whole batches", async () => {
  const outputs: Output[] = [];
  const pipeline = definePipeline("parts", (p) => {
    p.reduce("joined", p.input("texts", text), { wasm: echo.wasm }, { arity: 2, runner: "far" });
  });
  const runners = { far: localRunner({ batch: 5 }), near: localRunner() };
  await runPipeline(pipeline, {
    inputs: { texts: ["a", "bb", "c"] },
    runners,
    onOutput: (o) => outputs.push(o),
  });
  expect(Buffer.from(outputs[0]?.bytes ?? []).toString("latin1")).toBe(
    "\x02\0\0\0\x0f\0\0\0\x02\0\0\0\x01\0\0\0a\x02\0\0\0bb\x01\0\0\0c",
  );
});

describe("epochs", () => {
  async function* stream(from: number) {
    for (let i = from; i < 10; i++) yield { epoch: i >> 2, value: i };
  }
  const sums = definePipeline("sums", (p) => {
    p.reduce("sum", p.input("numbers", number), (all) => all.reduce((a, b) => a + b, 0));
  });

  test("each ends by itself", async () => {
    const outputs: Output[] = [];
    const inputs = { numbers: { open: stream } };
    await runPipeline(sums, { inputs, onOutput: (output) => outputs.push(output) });
    expect(outputs.map(({ epoch, value }) => [epoch, value])).toEqual([
      [0, 6],
      [1, 22],
      [2, 17],
    ]);
  });

  test("a stream that cannot be read again goes on where it was", async () => {
    const store = join(folder, "store.sqlite");
    const failing = async function* () {
      for await (const one of stream(0)) {
        if (one.value === 6) throw new Error("the line is dead");
        yield one;
      }
    };
    const first = runPipeline(sums, { inputs: { numbers: { open: failing } }, store });
    await expect(first).rejects.toThrow("the line is dead");
    const opened: number[] = [];
    const outputs: Output[] = [];
    const open = (from: number) => {
      opened.push(from);
      return stream(from);
    };
    await runPipeline(sums, {
      inputs: { numbers: { open } },
      store,
      onOutput: (output) => outputs.push(output),
    });
    expect(opened).toEqual([6]);
    expect(outputs.map(({ value }) => value)).toEqual([6, 22, 17]);
    expect(
      readStatus(store)?.epochs.map(({ epoch, counts }) => [epoch, counts.done + counts.reused]),
    ).toEqual([
      [0, 1],
      [1, 1],
      [2, 1],
    ]);
  });

  test("that go down are refused", async () => {
    const open = () => [
      { epoch: 1, value: 1 },
      { epoch: 0, value: 2 },
    ];
    await expect(runPipeline(sums, { inputs: { numbers: { open } } })).rejects.toThrow(
      "gives epoch 0 after 1: epochs go up",
    );
  });
});

describe("memory", () => {
  test("an input is read no further ahead than there is room, and all of it is right", async () => {
    let read = 0;
    let ahead = 0;
    let written = 0;
    const count = 3_000;
    const pipeline = definePipeline("long", (p) => {
      const pieces = p.flatMap("pieces", p.input("numbers", number), number, function* (n) {
        for (let i = 0; i < 4; i++) yield 4 * n + i;
      });
      const same = p.map("same", pieces, number, (n) => n);
      p.reduce("sum", same, (all) => all.reduce((a, b) => a + b, 0), { arity: 64 });
      p.effect(
        "slow",
        same,
        async () => {
          ahead = Math.max(ahead, 4 * read - written++);
          await new Promise((resolve) => setImmediate(resolve));
        },
        { concurrency: 64 },
      );
    });
    const numbers = function* () {
      for (let n = 0; n < count; n++) {
        read++;
        yield n;
      }
    };
    const outputs: Output[] = [];
    await runPipeline(pipeline, {
      inputs: { numbers: numbers() },
      onOutput: (output) => outputs.push(output),
    });
    expect(outputs.map(({ value }) => value)).toEqual([(4 * count * (4 * count - 1)) / 2]);
    expect(written).toBe(4 * count);
    expect(ahead).toBeLessThan(8_000);
  });

  test("an epoch's one result is joined with more items than any step takes in ahead", async () => {
    const outputs: Output[] = [];
    const pipeline = definePipeline("wide", (p) => {
      const numbers = p.input("numbers", number);
      const most = p.reduce("most", numbers, (all) => Math.max(...all));
      p.join("left", { numbers, most }, number, ({ numbers, most }) => most - numbers);
    });
    const numbers = Array.from({ length: 3_000 }, (_, i) => i);
    await runPipeline(pipeline, {
      inputs: { numbers },
      onOutput: (output) => outputs.push(output),
    });
    expect(outputsOf(outputs, "left")).toEqual(numbers.toReversed());
  });
});

test("two processes do not run on one file", async () => {
  const store = join(folder, "store.sqlite");
  const { promise, resolve } = Promise.withResolvers<void>();
  const pipeline = definePipeline("long", (p) => {
    p.map("wait", p.input("texts", text), text, async (one) => promise.then(() => one));
  });
  const first = runPipeline(pipeline, { inputs: { texts: ["a"] }, store });
  const second = runPipeline(pipeline, { inputs: { texts: ["a"] }, store });
  await expect(second).rejects.toMatchObject({ code: "PIPELINE_STORE_BUSY" });
  expect(readStatus(store)).toMatchObject({ outcome: null });
  resolve();
  await first;
});

test("an abort ends a run with its own reason", async () => {
  const abort = new AbortController();
  const pipeline = definePipeline("long", (p) => {
    p.map(
      "wait",
      p.input("texts", text),
      text,
      () => new Promise<string>(() => abort.abort(new Error("enough"))),
    );
  });
  const run = runPipeline(pipeline, { inputs: { texts: ["a"] }, signal: abort.signal });
  await expect(run).rejects.toThrow("enough");
});
