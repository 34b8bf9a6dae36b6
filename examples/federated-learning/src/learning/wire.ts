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
  /** mu of FedProx: the loss gets mu / 2 times the squared distance from the model that the client was given. Default: 0. */
  proximal?: number;
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
const VERSION = 2;

/**
 * One client's training as the program's input. Little-endian: u32 magic "FLTI", version 2, features, hidden, classes, examples,
 * steps, batch, seed, 0; f64 rate, decay, proximal; the parameters, f64; the labels, one byte each, filled up to 8; for each example
 * the number of features that are not 0, then for each of these u32 its number and f32 its value, in ascending order.
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
  const { steps, batch, rate, decay, proximal = 0 } = options;
  const sizes = [shape.features, shape.hidden, shape.classes, shard.labels.length];
  for (const [i, word] of [TRAIN_MAGIC, VERSION, ...sizes, steps, batch, seed].entries()) {
    head.setUint32(i * 4, word, true);
  }
  head.setFloat64(40, rate, true);
  head.setFloat64(48, decay, true);
  head.setFloat64(56, proximal, true);
  return join(new Uint8Array(head.buffer), bytesOf(model), examplesOf(shard));
}

/** u32 magic "FLTR", version 2, d, examples; f64 loss; the update, d × f32. */
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

/** u32 magic "FLEI", version 2, features, hidden, classes, examples, models, 0; then models, labels and examples as for training. */
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
  return join(bytesOf(head), ...models.map(bytesOf), examplesOf(data));
}

/** u32 magic "FLER", version 2, models, examples; for each model u32 right ones, 0, f64 loss. */
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

const encoded = new WeakMap<DataSet, Uint8Array>();

/** Labels and examples. They are written once for each data set: contributions evaluate thousands of models on the same one. */
function examplesOf(data: DataSet): Uint8Array {
  const known = encoded.get(data);
  if (known !== undefined) return known;
  const { features, values, labels } = data;
  const present = values.reduce((count, value) => (value === 0 ? count : count + 1), 0);
  const start = Math.ceil(labels.length / 8) * 8;
  const bytes = new Uint8Array(start + labels.length * 4 + present * 8);
  bytes.set(labels);
  const view = new DataView(bytes.buffer);
  let at = start;
  for (let i = 0; i < labels.length; i++) {
    const head = at;
    at += 4;
    for (let k = 0; k < features; k++) {
      const value = values[i * features + k] ?? 0;
      if (value === 0) continue;
      view.setUint32(at, k, true);
      view.setFloat32(at + 4, value, true);
      at += 8;
    }
    view.setUint32(head, (at - head - 4) / 8, true);
  }
  encoded.set(data, bytes);
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
