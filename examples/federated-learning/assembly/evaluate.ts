// Models and labelled examples in; how often each model is right, and its loss, out. src/learning/wire.ts documents both.
import { readExamples } from "./learning/examples";
import { Shape, classify, isSensible, softmax } from "./learning/model";

const MAGIC: u32 = 0x4945_4c46; // "FLEI"
const RESULT_MAGIC: u32 = 0x5245_4c46; // "FLER"
const VERSION: u32 = 2;
const HEADER: u32 = 32;
const RESULT_HEADER: u32 = 16;

export function main(input: Uint8Array): Uint8Array {
  const head = input.dataStart;
  const size = <u64>input.byteLength;
  if (size < HEADER || load<u32>(head) != MAGIC || load<u32>(head, 4) != VERSION) unreachable();
  const features = load<u32>(head, 8);
  const hidden = load<u32>(head, 12);
  const classes = load<u32>(head, 16);
  const examples = load<u32>(head, 20);
  const models = load<u32>(head, 24);
  if (!isSensible(features, hidden, classes) || examples - 1 >= 1 << 24 || models - 1 >= 65_536) unreachable();
  const shape = new Shape(features, hidden, classes);
  const d = shape.parameters;
  if (size < <u64>HEADER + <u64>models * d * 8) unreachable();
  const labels = head + HEADER + <usize>models * d * 8;
  const data = readExamples(labels, head + <usize>size, examples, features, classes);

  const units = new Float64Array(hidden).dataStart;
  const logits = new Float64Array(classes).dataStart;
  const result = new Uint8Array(RESULT_HEADER + models * 16);
  const out = result.dataStart;
  store<u32>(out, RESULT_MAGIC);
  store<u32>(out, VERSION, 4);
  store<u32>(out, models, 8);
  store<u32>(out, examples, 12);
  for (let m: u32 = 0; m < models; m++) {
    const model = head + HEADER + <usize>m * d * 8;
    let right: u32 = 0;
    let loss: f64 = 0;
    for (let i: u32 = 0; i < examples; i++) {
      classify(shape, model, data.at(i), units, logits);
      const label = data.label(i);
      // Of equal logits the first counts.
      let best: u32 = 0;
      for (let c: u32 = 1; c < classes; c++) {
        if (load<f64>(logits + <usize>c * 8) > load<f64>(logits + <usize>best * 8)) best = c;
      }
      right += u32(best == label);
      loss += softmax(logits, classes, label);
    }
    store<u32>(out + RESULT_HEADER + m * 16, right);
    store<f64>(out + RESULT_HEADER + m * 16, loss / examples, 8);
  }
  return result;
}
