import { type AbortOptions, AssayError } from "@assay/sdk";
import { loadProgram, MAX_FUEL, Outcome } from "@assay/sdk/program";
import { TaskFailedError } from "../../../shared/src/programs/taskFailedError.ts";
import { MAX_IMAGES_PER_TASK } from "../graph/room.ts";
import { at } from "../graph/tensors.ts";
import { compileModel, type ModelProgram } from "../program/compileModel.ts";
import { type QuantisedGraph, quantiseValues } from "../quantise/quantise.ts";

/** Images as a job: its program, its inputs, and what becomes of its results. */
export interface InferenceJob {
  program: Uint8Array;
  imageCount: number;
  taskCount: number;
  limits: { memoryPages: number; maxResultBytes: number; maxSteps: bigint };
  /** Of one image. */
  fuelPerImage: bigint;
  /** All inputs in order. */
  inputs(): Iterable<Uint8Array>;
  /**
   * Keeps the result of task `position`. Results may come in any order.
   * @throws {@link MalformedResultError} when it is not as long as it must be.
   */
  collect(position: number, result: Uint8Array): void;
  /**
   * The outputs' integers by image, once all results are there.
   * @throws {@link ImagesMissingError}
   */
  finish(): Int8Array[];
}

/** A task's result is not as long as its images ask for. */
export class MalformedResultError extends AssayError {
  readonly code = "MALFORMED_RESULT";
  readonly retryable = true;

  constructor(position: number, length: number, expected: number) {
    super(`Task ${position} gave ${length} bytes and not ${expected}: run the job again.`);
  }
}

/** A job was finished before every image had its result. */
export class ImagesMissingError extends AssayError {
  readonly code = "IMAGES_MISSING";
  readonly retryable = true;

  constructor(missing: number, count: number) {
    super(`${missing} of ${count} images have no result: run the job again.`);
  }
}

export interface PrepareInferenceJobOptions extends AbortOptions {
  /** The model's inputs in floats, one an image; at least one. They are asked for again and again. */
  images: { count: number; at: (index: number) => Float64Array };
  /** Images a task, 1 to {@link MAX_IMAGES_PER_TASK}. */
  group: number;
  /** The result of `compileModel`, to compile once for many jobs. Default: the model is compiled. */
  program?: ModelProgram | undefined;
}

/** Of the fuel of a first task: how much a task takes hardly depends on its images. */
const SPARE_FUEL = 2n;

/**
 * Compiles a model and asks what a task of it takes.
 * @throws {@link ModelError} when the model does not fit a program.
 */
export async function prepareInferenceJob(
  model: QuantisedGraph,
  { images, group, program, signal }: PrepareInferenceJobOptions,
): Promise<InferenceJob> {
  if (!Number.isInteger(group) || group < 1 || group > MAX_IMAGES_PER_TASK) {
    throw new RangeError(`a task has 1 to ${MAX_IMAGES_PER_TASK} images, not ${group}`);
  }
  const { wasm, memoryPages, inputBytes, resultBytes } =
    program ?? (await compileModel(model, { signal }));
  const quantisation = at(model.quantisations, model.graph.input);
  const taskCount = Math.ceil(images.count / group);
  const inGroup = (position: number) => Math.min(group, images.count - position * group);
  const input = (position: number) => {
    const bytes = new Int8Array(inGroup(position) * inputBytes);
    for (let i = 0; i < inGroup(position); i++) {
      bytes.set(quantiseValues(images.at(position * group + i), quantisation), i * inputBytes);
    }
    return new Uint8Array(bytes.buffer);
  };
  const first = loadProgram(wasm).run({
    input: input(0),
    maxSteps: MAX_FUEL,
    maxResultBytes: group * resultBytes,
  });
  if (first.outcome !== Outcome.ok) throw new TaskFailedError("The first task", first.outcome);
  const found = new Map<number, Int8Array>();
  return {
    program: wasm,
    imageCount: images.count,
    taskCount,
    fuelPerImage: first.fuelUsed / BigInt(inGroup(0)),
    limits: {
      memoryPages,
      maxResultBytes: group * resultBytes,
      maxSteps: first.fuelUsed * SPARE_FUEL,
    },
    *inputs() {
      for (let position = 0; position < taskCount; position++) yield input(position);
    },
    collect(position, result) {
      const expected = inGroup(position) * resultBytes;
      if (result.length !== expected) {
        throw new MalformedResultError(position, result.length, expected);
      }
      for (let i = 0; i < inGroup(position); i++) {
        found.set(
          position * group + i,
          Int8Array.from(result.subarray(i * resultBytes, (i + 1) * resultBytes), (byte) => byte),
        );
      }
    },
    finish() {
      if (found.size < images.count) {
        throw new ImagesMissingError(images.count - found.size, images.count);
      }
      return Array.from({ length: images.count }, (_, i) => found.get(i) ?? new Int8Array());
    },
  };
}
