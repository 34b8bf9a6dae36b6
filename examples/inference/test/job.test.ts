import { beforeAll, describe, expect, test } from "vitest";
import { createLocalProgram } from "../../shared/src/programs/localProgram.ts";
import { openModel } from "../src/cli/openModel.ts";
import { drawDigit } from "../src/digits/drawDigit.ts";
import {
  ImagesMissingError,
  type InferenceJob,
  MalformedResultError,
  prepareInferenceJob,
} from "../src/job/inferenceJob.ts";
import { compileModel, type ModelProgram } from "../src/program/compileModel.ts";
import { type QuantisedGraph, quantise } from "../src/quantise/quantise.ts";

const IMAGES = Array.from({ length: 7 }, (_, i) =>
  Float64Array.from(drawDigit(5, i).pixels, (value) => value / 255),
);
const images = { count: IMAGES.length, at: (i: number) => IMAGES[i] ?? new Float64Array() };

let model: QuantisedGraph;
let program: ModelProgram;
beforeAll(async () => {
  model = quantise(await openModel(undefined), { samples: IMAGES });
  program = await compileModel(model);
});

function runAll(job: InferenceJob): Int8Array[] {
  const program = createLocalProgram(job.program);
  const inputs = [...job.inputs()];
  expect(inputs).toHaveLength(job.taskCount);
  // From the last to the first: results come in any order.
  for (const [position, input] of [...inputs.entries()].toReversed()) {
    job.collect(position, program.run(input));
  }
  return job.finish();
}

describe("prepareInferenceJob", () => {
  test("images have the same results, alone or several in a task", async () => {
    const single = await prepareInferenceJob(model, { images, group: 1, program });
    const grouped = await prepareInferenceJob(model, { images, group: 3, program });
    expect([single.taskCount, grouped.taskCount]).toEqual([7, 3]);
    const results = runAll(single);
    expect(results.map((bytes) => bytes.length)).toEqual(Array(7).fill(10));
    expect(runAll(grouped)).toEqual(results);

    const [input = new Uint8Array()] = single.inputs();
    const task = createLocalProgram(single.program);
    expect(() => task.run(input.subarray(1))).toThrow("trap");
    expect(() => task.run(new Uint8Array())).toThrow("trap");

    expect(() => grouped.collect(0, new Uint8Array(29))).toThrow(MalformedResultError);
    const unfinished = await prepareInferenceJob(model, { images, group: 64, program });
    expect(() => unfinished.finish()).toThrow(ImagesMissingError);
    expect(() => unfinished.finish()).toThrow("7 of 7 images have no result");
    for (const group of [0, 1.5, 65]) {
      await expect(prepareInferenceJob(model, { images, group, program })).rejects.toThrow(
        RangeError,
      );
    }
  });
});
