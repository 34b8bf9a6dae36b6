// Local training: a model and one client's shard in, the client's update out. src/learning/wire.ts documents both.
import { backwardExample, readExamples } from "./learning/examples";
import { Shape, backward, classify, isSensible, softmax } from "./learning/model";

const MAGIC: u32 = 0x4954_4c46; // "FLTI"
const RESULT_MAGIC: u32 = 0x5254_4c46; // "FLTR"
const VERSION: u32 = 2;
const HEADER: u32 = 64;
const RESULT_HEADER: u32 = 24;

export function main(input: Uint8Array): Uint8Array {
  const head = input.dataStart;
  const size = <u64>input.byteLength;
  // An input of another form has no result: the task traps.
  if (size < HEADER || load<u32>(head) != MAGIC || load<u32>(head, 4) != VERSION) unreachable();
  const features = load<u32>(head, 8);
  const hidden = load<u32>(head, 12);
  const classes = load<u32>(head, 16);
  const examples = load<u32>(head, 20);
  const steps = load<u32>(head, 24);
  const batch = min(load<u32>(head, 28), examples);
  let seed = load<u32>(head, 32);
  const rate = load<f64>(head, 40);
  const decay = load<f64>(head, 48);
  const proximal = load<f64>(head, 56);
  if (!isSensible(features, hidden, classes) || examples - 1 >= 1 << 24 || batch == 0) unreachable();
  const shape = new Shape(features, hidden, classes);
  const d = shape.parameters;
  const start = head + HEADER;
  if (size < <u64>HEADER + <u64>d * 8) unreachable();
  const data = readExamples(start + <usize>d * 8, head + <usize>size, examples, features, classes);

  const model = new Float64Array(d).dataStart;
  const gradient = new Float64Array(d).dataStart;
  const units = new Float64Array(hidden).dataStart;
  const unitDeltas = new Float64Array(hidden).dataStart;
  const logits = new Float64Array(classes).dataStart;
  const order = new Uint32Array(examples).dataStart;
  for (let i: u32 = 0; i < examples; i++) store<u32>(order + i * 4, i);
  memory.copy(model, start, <usize>d * 8);

  let loss: f64 = 0;
  for (let step: u32 = 0; step < steps; step++) {
    memory.fill(gradient, 0, <usize>d * 8);
    for (let k: u32 = 0; k < batch; k++) {
      // A batch holds no example twice: the next one of a shuffle that goes only as far as needed.
      seed = seed + 0x9e37_79b9;
      const other = k + <u32>((<u64>mix(seed) * (examples - k)) >>> 32);
      const example = load<u32>(order + other * 4);
      store<u32>(order + other * 4, load<u32>(order + k * 4));
      store<u32>(order + k * 4, example);

      const x = data.at(example);
      classify(shape, model, x, units, logits);
      const label = data.label(example);
      const lost = softmax(logits, classes, label);
      if (step == 0) loss += lost;
      store<f64>(logits + <usize>label * 8, load<f64>(logits + <usize>label * 8) - 1);
      learnFrom(shape, model, gradient, x, units, unitDeltas, logits);
    }
    for (let c: usize = 0; c < <usize>d * 8; c += 8) {
      const value = load<f64>(model + c);
      // What FedProx adds to the loss, mu / 2 times the squared distance from the model that the client was given, pulls back to it.
      const pull = proximal == 0 ? 0 : proximal * (value - load<f64>(start + c));
      store<f64>(model + c, value - rate * (load<f64>(gradient + c) / batch + decay * value + pull));
    }
  }

  const result = new Uint8Array(RESULT_HEADER + d * 4);
  const out = result.dataStart;
  store<u32>(out, RESULT_MAGIC);
  store<u32>(out, VERSION, 4);
  store<u32>(out, d, 8);
  store<u32>(out, examples, 12);
  store<f64>(out, loss / batch, 16);
  for (let c: u32 = 0; c < d; c++) {
    const change = load<f64>(model + <usize>c * 8) - load<f64>(start + <usize>c * 8);
    store<f32>(out + RESULT_HEADER + <usize>c * 4, <f32>change);
  }
  return result;
}

/** Backpropagation of one example; `delta` is the gradient of its loss by the logits. */
function learnFrom(
  shape: Shape, model: usize, gradient: usize, x: usize, units: usize, unitDeltas: usize, delta: usize,
): void {
  if (shape.hidden == 0) return backwardExample(gradient, x, delta, shape.features, shape.classes);
  const last = <usize>shape.lastLayer * 8;
  backward(gradient + last, units, delta, shape.hidden, shape.classes);
  let row = model + last;
  for (let h: u32 = 0; h < shape.hidden; h++, row += <usize>shape.classes * 8) {
    let sum: f64 = 0;
    for (let c: usize = 0; c < <usize>shape.classes * 8; c += 8) sum += load<f64>(row + c) * load<f64>(delta + c);
    store<f64>(unitDeltas + <usize>h * 8, load<f64>(units + <usize>h * 8) > 0 ? sum : 0);
  }
  backwardExample(gradient, x, unitDeltas, shape.features, shape.hidden);
}

/** MurmurHash3's finaliser. */
function mix(value: u32): u32 {
  value = (value ^ (value >>> 16)) * 0x85eb_ca6b;
  value = (value ^ (value >>> 13)) * 0xc2b2_ae35;
  return value ^ (value >>> 16);
}
