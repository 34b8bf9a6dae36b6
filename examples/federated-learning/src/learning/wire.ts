import { TaskFailedError } from "../../../shared/src/programs/taskFailedError.ts";
import type { DataSet } from "../data/dataSet.ts";
import { type ModelShape, parameterCount } from "./model.ts";

export interface TrainingOptions {
  /** Steps of stochastic gradient descent. */
  steps: number;
  /** Examples a step, none of them twice; at most all. */
  batch: number;
  rate: number;
  /** Weight decay (L2). */
  decay: number;
}

export interface TrainingResult {
  /** Change of the parameters, rounded to f32. */
  update: Float32Array;
  /** Number of training examples. */
  examples: number;
  /** Mean cross-entropy of the first batch, before any step. */
  loss: number;
}

export interface Evaluation {
  accuracy: number;
  /** Mean cross-entropy. */
  loss: number;
}

const TRAIN_MAGIC = 0x49544c46;
const TRAIN_RESULT_MAGIC = 0x52544c46;
const EVALUATE_MAGIC = 0x49454c46;
const EVALUATE_RESULT_MAGIC = 0x52454c46;
const VERSION = 1;

/**
 * One client's training as the program's input. Little-endian: u32 magic "FLTI", version 1, features, hidden, classes, examples,
 * steps, batch, seed, 0; f64 rate, decay, 0; the parameters, f64; the labels, one byte each, filled up to 8; the features, f32, example
 * by example.
 */
export function encodeTraining({
  shape,
  model,
  shard,
  seed,
  options,
}: {
  shape: ModelShape;
  model: Float64Array;
  shard: DataSet;
  seed: number;
  options: TrainingOptions;
}): Uint8Array {
  const head = new DataView(new ArrayBuffer(64));
  const { steps, batch, rate, decay } = options;
  const sizes = [shape.features, shape.hidden, shape.classes, shard.labels.length];
  for (const [i, word] of [TRAIN_MAGIC, VERSION, ...sizes, steps, batch, seed].entries()) {
    head.setUint32(i * 4, word, true);
  }
  head.setFloat64(40, rate, true);
  head.setFloat64(48, decay, true);
  return join(
    new Uint8Array(head.buffer),
    bytesOf(model),
    padded(shard.labels),
    bytesOf(shard.values),
  );
}

/** u32 magic "FLTR", version 1, d, examples; f64 loss; the update, d × f32. */
export function decodeTraining(result: Uint8Array, shape: ModelShape): TrainingResult {
  const d = parameterCount(shape);
  const view = new DataView(result.buffer, result.byteOffset, result.byteLength);
  if (result.length !== 24 + d * 4 || view.getUint32(0, true) !== TRAIN_RESULT_MAGIC) {
    throw new TaskFailedError("A client's training", "a malformed result");
  }
  return {
    update: new Float32Array(result.slice(24).buffer),
    examples: view.getUint32(12, true),
    loss: view.getFloat64(16, true),
  };
}

/** u32 magic "FLEI", version 1, features, hidden, classes, examples, models, 0; then models, labels and features as for training. */
export function encodeEvaluation({
  shape,
  models,
  data,
}: {
  shape: ModelShape;
  models: readonly Float64Array[];
  data: DataSet;
}): Uint8Array {
  const head = new Uint32Array([
    EVALUATE_MAGIC,
    VERSION,
    shape.features,
    shape.hidden,
    shape.classes,
    data.labels.length,
    models.length,
    0,
  ]);
  return join(bytesOf(head), ...models.map(bytesOf), padded(data.labels), bytesOf(data.values));
}

/** u32 magic "FLER", version 1, models, examples; for each model u32 right ones, 0, f64 loss. */
export function decodeEvaluation(result: Uint8Array): Evaluation[] {
  const view = new DataView(result.buffer, result.byteOffset, result.byteLength);
  if (result.length < 16 || view.getUint32(0, true) !== EVALUATE_RESULT_MAGIC) {
    throw new TaskFailedError("An evaluation", "a malformed result");
  }
  const examples = view.getUint32(12, true);
  return Array.from({ length: view.getUint32(8, true) }, (_, m) => ({
    accuracy: view.getUint32(16 + m * 16, true) / examples,
    loss: view.getFloat64(24 + m * 16, true),
  }));
}

function bytesOf(array: Float64Array | Float32Array | Uint32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function padded(labels: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(labels.length / 8) * 8);
  bytes.set(labels);
  return bytes;
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
