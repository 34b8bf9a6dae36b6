import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineProgram } from "@assay/sdk/program";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { echo, endless, pickyEcho } from "../../../test/fixtures/programs.ts";
import { localRunner } from "../../test/localRunner.ts";
import {
  definePipeline,
  type Edge,
  type FailurePolicy,
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
const outputsOf = (outputs: Output[], step: string) =>
  outputs
    .filter((output) => output.step === step)
    .toSorted((a, b) => a.path.join().localeCompare(b.path.join(), "en", { numeric: true }))
    .map((output) => output.value);

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

describe("failures", () => {
  const failing = (onFailure: FailurePolicy, times: number) => {
    let calls = 0;
    return definePipeline("failing", (p) => {
      const numbers = p.input("numbers", number);
      p.map(
        "odd",
        numbers,
        number,
        (n) => {
          if (n === 2 && calls++ < times) throw new Error("two is wrong");
          return n;
        },
        { onFailure },
      );
    });
  };
  const inputs = { numbers: [1, 2, 3] };

  test("stop names step, item and reason", async () => {
    const run = runPipeline(failing("stop", 9), { inputs });
    await expect(run).rejects.toMatchObject({
      code: "STEP_FAILED",
      message: "Step odd failed for item 1 of epoch 0: two is wrong",
    });
  });

  test("skip leaves a gap", async () => {
    const outputs: Output[] = [];
    const report = await runPipeline(failing("skip", 9), {
      inputs,
      onOutput: (output) => outputs.push(output),
    });
    expect(outputs.map(({ value }) => value)).toEqual([1, 3]);
    expect(report.steps[1]).toMatchObject({ done: 2, skipped: 1, failed: 0 });
  });

  test("retry tries again, so many times", async () => {
    const policy = { retry: 2, backoffMs: 1 };
    const report = await runPipeline(failing(policy, 2), { inputs });
    expect(report.steps[1]).toMatchObject({ done: 3, retried: 2 });
    await expect(runPipeline(failing(policy, 3), { inputs })).rejects.toThrow("two is wrong");
    const skipped = await runPipeline(failing({ ...policy, otherwise: "skip" }, 3), { inputs });
    expect(skipped.steps[1]).toMatchObject({ done: 2, retried: 2, skipped: 1 });
  });

  test("a runner that fails is tried again with what it had; one that gives too little, too, is broken", async () => {
    let failures = 0;
    const flaky = localRunner({
      batch: 2,
      onTask() {
        if (failures++ < 3) throw new Error("the machine is gone");
      },
    });
    const pipeline = definePipeline("flaky", (p) => {
      p.program("echo", p.input("texts", text), echo.wasm, {
        onFailure: { retry: 5, backoffMs: 1 },
      });
    });
    const texts = ["a", "b", "c", "d", "e"];
    const outputs: Output[] = [];
    await runPipeline(pipeline, {
      inputs: { texts },
      runners: { flaky },
      onOutput: (output) => outputs.push(output),
    });
    expect(
      outputsOf(outputs, "echo").map((bytes) => new TextDecoder().decode(bytes as Uint8Array)),
    ).toEqual(texts);

    const lossy = { ...localRunner(), name: "lossy", async *run() {} };
    const stopping = definePipeline("lossy", (p) => {
      p.program("echo", p.input("texts", text), echo.wasm);
    });
    await expect(runPipeline(stopping, { inputs: { texts }, runners: { lossy } })).rejects.toThrow(
      "Step echo failed",
    );
  });

  test("an endless program is over its limit, and not tried again", async () => {
    const pipeline = definePipeline("endless", (p) => {
      const limits = { maxSteps: 10_000n };
      p.program("never", p.input("texts", text), endless.wasm, { limits, onFailure: { retry: 5 } });
    });
    const run = runPipeline(pipeline, {
      inputs: { texts: ["a"] },
      runners: { local: localRunner() },
    });
    await expect(run).rejects.toThrow(
      "Step never failed for item 0 of epoch 0: the task exceeded a limit",
    );
  });

  test("items without a partner are named", async () => {
    const pipeline = definePipeline("unmatched", (p) => {
      const [a, b] = [p.input("a", number), p.input("b", number)];
      p.join("both", { a, b }, number, ({ a, b }) => a + b);
    });
    await expect(runPipeline(pipeline, { inputs: { a: [1, 2], b: [1] } })).rejects.toMatchObject({
      code: "JOIN_UNMATCHED",
      message: expect.stringContaining(
        "Step both has nothing from b to join item 1 of epoch 0 with",
      ),
    });
  });
});

describe("effects", () => {
  test("happen once for an item and its content, also in later runs", async () => {
    const written: string[] = [];
    const pipeline = definePipeline("effects", (p) => {
      p.effect("write", p.input("texts", text), (line) => void written.push(line));
    });
    const store = join(folder, "store.sqlite");
    await runPipeline(pipeline, { inputs: { texts: ["a", "a", "b"] }, store });
    await runPipeline(pipeline, { inputs: { texts: ["a", "c", "b"] }, store });
    expect(written).toEqual(["a", "a", "b", "c"]);
  });

  test("are told apart by what they say they are, wherever they stand", async () => {
    const written: string[] = [];
    const pipeline = definePipeline("effects", (p) => {
      const write = (line: string) => void written.push(line);
      p.effect("write", p.input("texts", text), write, { identify: (line) => line });
    });
    const store = join(folder, "store.sqlite");
    await runPipeline(pipeline, { inputs: { texts: ["b", "c"] }, store });
    await runPipeline(pipeline, { inputs: { texts: ["a", "b", "c"] }, store });
    expect(written).toEqual(["b", "c", "a"]);
  });

  test("that fail are tried again, as throwing says that nothing happened", async () => {
    let failures = 0;
    const pipeline = definePipeline("effects", (p) => {
      const write = () => {
        if (failures++ === 0) throw new Error("no network");
      };
      p.effect("write", p.input("texts", text), write, { onFailure: { retry: 1, backoffMs: 1 } });
    });
    await runPipeline(pipeline, { inputs: { texts: ["a"] } });
    expect(failures).toBe(2);
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
