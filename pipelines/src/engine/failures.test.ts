import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { echo, endless } from "../../../test/fixtures/programs.ts";
import { localRunner } from "../../test/localRunner.ts";
import { outputsOf } from "../../test/outputs.ts";
import { definePipeline, type FailurePolicy, runPipeline, text, value } from "../index.ts";
import type { Output } from "./outputStep.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "assay-run-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const number = value<number>("number");

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
