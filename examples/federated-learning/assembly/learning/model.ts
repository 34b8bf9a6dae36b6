// A classifier with at most one hidden layer: softmax regression (hidden = 0), or one layer of rectified linear units. All
// numbers are f64, and every sum has one order. exp and log are AssemblyScript's own, in software: they give the same bits on
// every machine.
//
// Parameters, one after another: [W1: features × hidden, b1: hidden,] W: inputs × classes, b: classes.
import { forwardExample } from "./examples";

export class Shape {
  constructor(
    readonly features: u32,
    readonly hidden: u32,
    readonly classes: u32,
  ) {}

  @inline
  get inputs(): u32 {
    return this.hidden > 0 ? this.hidden : this.features;
  }

  /** Where the last layer's parameters begin. */
  @inline
  get lastLayer(): u32 {
    return this.hidden > 0 ? (this.features + 1) * this.hidden : 0;
  }

  @inline
  get parameters(): u32 {
    return this.lastLayer + (this.inputs + 1) * this.classes;
  }
}

/** out = b + x · W, where W and b are `inputs` × `outputs` and `outputs` numbers at `layer`. */
export function forward(layer: usize, x: usize, inputs: u32, outputs: u32, out: usize): void {
  const bytes = <usize>outputs * 8;
  memory.copy(out, layer + inputs * bytes, bytes);
  for (let k: u32 = 0; k < inputs; k++, layer += bytes) {
    const value = load<f64>(x + <usize>k * 8);
    if (value == 0) continue;
    for (let c: usize = 0; c < bytes; c += 8) {
      store<f64>(out + c, load<f64>(out + c) + value * load<f64>(layer + c));
    }
  }
}

/** Adds what one example contributes to the gradient of a layer. */
export function backward(gradient: usize, x: usize, delta: usize, inputs: u32, outputs: u32): void {
  const bytes = <usize>outputs * 8;
  for (let k: u32 = 0; k < inputs; k++, gradient += bytes) {
    const value = load<f64>(x + <usize>k * 8);
    if (value == 0) continue;
    for (let c: usize = 0; c < bytes; c += 8) {
      store<f64>(gradient + c, load<f64>(gradient + c) + value * load<f64>(delta + c));
    }
  }
  for (let c: usize = 0; c < bytes; c += 8) {
    store<f64>(gradient + c, load<f64>(gradient + c) + load<f64>(delta + c));
  }
}

/** max(0, x), in place. */
export function rectify(at: usize, count: u32): void {
  for (const end = at + <usize>count * 8; at < end; at += 8) {
    if (load<f64>(at) < 0) store<f64>(at, 0);
  }
}

/** Logits become probabilities, in place. Returns the cross-entropy of `label`. */
export function softmax(at: usize, classes: u32, label: u32): f64 {
  let largest = load<f64>(at);
  for (let c: u32 = 1; c < classes; c++) largest = max(largest, load<f64>(at + <usize>c * 8));
  const wanted = load<f64>(at + <usize>label * 8) - largest;
  let sum: f64 = 0;
  for (let c: u32 = 0; c < classes; c++) {
    const value = NativeMath.exp(load<f64>(at + <usize>c * 8) - largest);
    store<f64>(at + <usize>c * 8, value);
    sum += value;
  }
  for (let c: u32 = 0; c < classes; c++) {
    store<f64>(at + <usize>c * 8, load<f64>(at + <usize>c * 8) / sum);
  }
  return NativeMath.log(sum) - wanted;
}

/** Writes the logits of the example at `x` to `logits`, and its hidden layer to `hidden`. */
export function classify(shape: Shape, model: usize, x: usize, hidden: usize, logits: usize): void {
  if (shape.hidden == 0) return forwardExample(model, x, shape.features, shape.classes, logits);
  forwardExample(model, x, shape.features, shape.hidden, hidden);
  rectify(hidden, shape.hidden);
  forward(model + <usize>shape.lastLayer * 8, hidden, shape.hidden, shape.classes, logits);
}

/** Whether sizes are such that nothing below overflows. */
export function isSensible(features: u32, hidden: u32, classes: u32): bool {
  return features - 1 < 65_536 && hidden <= 4_096 && classes - 1 < 1_024;
}
