import { memoryContent, putBytes } from "@assay/sdk/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  collect,
  expected,
  inputsOf,
  limits,
  manifold,
  testRunner,
  testStreaming,
} from "../../test/contract.ts";
import type { Runner } from "../runner/runner.ts";
import { inProcessRunner } from "./inProcess.ts";
import { processRunner } from "./process.ts";
import { threadsRunner } from "./threads.ts";

const kinds = {
  inProcessRunner,
  threadsRunner: (options: object = {}) => threadsRunner({ threads: 2, ...options }),
  processRunner: (options: object = {}) => processRunner({ processes: 2, ...options }),
};

describe.each(Object.entries(kinds))("%s", (name, make) => {
  let runner: Runner;
  beforeAll(() => {
    runner = make();
  });
  afterAll(() => runner.close());

  testRunner(() => runner);
  // Nothing interrupts a task that has the thread of whoever would abort it.
  if (name !== "inProcessRunner") testStreaming(() => runner);

  test("inputs may be CIDs of a content", async () => {
    const content = memoryContent();
    const inputs = inputsOf(20);
    const cids = await Promise.all(inputs.map((input) => putBytes(content, input)));
    const reading = make({ content });
    expect(await collect(reading.run({ program: manifold.wasm, inputs: cids, limits }))).toEqual(
      expected(inputs),
    );
    await reading.close();
    const without = collect(runner.run({ program: manifold.wasm, inputs: cids, limits }));
    await expect(without).rejects.toMatchObject({ code: "RUNNER_CONTENT_REQUIRED" });
  });

  test("several runs at a time, of several programs, do not meet", async () => {
    const other = { ...limits, maxSteps: 1n };
    const inputs = inputsOf(200);
    const [one, all, two] = await Promise.all([
      collect(runner.run({ program: manifold.wasm, inputs, limits })),
      collect(runner.run({ program: manifold.wasm, inputs, limits: other })),
      collect(runner.run({ program: manifold.wasm, inputs, limits })),
    ]);
    expect(one).toEqual(expected(inputs));
    expect(two).toEqual(one);
    expect(all.every(({ outcome }) => outcome === "over-limit")).toBe(true);
  });

  test("a runner that is closed ends what is under way, and says so afterwards", async () => {
    const closing = make();
    async function* endless() {
      for (;;) yield Uint8Array.of(0);
    }
    const reading = (async () => {
      const results = closing.run({ program: manifold.wasm, inputs: endless(), limits });
      for await (const _ of results) void closing.close();
    })();
    await expect(reading).rejects.toMatchObject({ code: "RUNNER_CLOSED" });
    const after = collect(closing.run({ program: manifold.wasm, inputs: [], limits }));
    await expect(after).rejects.toMatchObject({ code: "RUNNER_CLOSED" });
    await closing.close();
  });
});

test("limits that no job can have are refused", async () => {
  const runner = inProcessRunner();
  for (const wrong of [{ maxSteps: -1n }, { maxResultBytes: 1.5 }]) {
    const run = runner.run({ program: manifold.wasm, inputs: [], limits: wrong });
    await expect(collect(run)).rejects.toThrow(RangeError);
  }
});
