// Labelled examples, without the features that are 0: text has thousands of features, of which a sentence has thirty.

/** Bytes of one feature of an example: its number and its value. */
const PAIR: usize = 8;

/** Where labels and examples lie in the input. */
export class Examples {
  constructor(
    readonly count: u32,
    private readonly labels: usize,
    private readonly starts: usize,
  ) {}

  @inline
  label(example: u32): u32 {
    return <u32>load<u8>(this.labels + example);
  }

  /** Address of an example: how many features it has, then the features. */
  @inline
  at(example: u32): usize {
    return load<usize>(this.starts + <usize>example * sizeof<usize>());
  }
}

/**
 * Reads `count` examples, which have to end where the input does. The task traps for anything else, for a label that is no class, and for
 * features that are not in ascending order.
 */
export function readExamples(labels: usize, end: usize, count: u32, features: u32, classes: u32): Examples {
  if (<u64>labels + count > end) unreachable();
  for (let i: u32 = 0; i < count; i++) if (load<u8>(labels + i) >= classes) unreachable();
  const starts = new Uint8Array(count * <u32>sizeof<usize>()).dataStart;
  let at = labels + ((count + 7) & ~7);
  for (let i: u32 = 0; i < count; i++) {
    if (<u64>at + 4 > end) unreachable();
    store<usize>(starts + <usize>i * sizeof<usize>(), at);
    const present = load<u32>(at);
    at += 4;
    if (present > features || <u64>at + <u64>present * PAIR > end) unreachable();
    let next: u32 = 0;
    for (let k: u32 = 0; k < present; k++, at += PAIR) {
      const feature = load<u32>(at);
      if (feature < next || feature >= features) unreachable();
      next = feature + 1;
    }
  }
  if (at != end) unreachable();
  return new Examples(count, labels, starts);
}

/** out = b + x · W for an example x. W and b are `features` × `outputs` and `outputs` numbers at `layer`. */
export function forwardExample(layer: usize, x: usize, features: u32, outputs: u32, out: usize): void {
  const bytes = <usize>outputs * 8;
  memory.copy(out, layer + features * bytes, bytes);
  const end = x + 4 + <usize>load<u32>(x) * PAIR;
  for (let at = x + 4; at < end; at += PAIR) {
    const row = layer + <usize>load<u32>(at) * bytes;
    const value = <f64>load<f32>(at, 4);
    for (let c: usize = 0; c < bytes; c += 8) {
      store<f64>(out + c, load<f64>(out + c) + value * load<f64>(row + c));
    }
  }
}

/** Adds what an example x contributes to the gradient of the layer that it enters. */
export function backwardExample(gradient: usize, x: usize, delta: usize, features: u32, outputs: u32): void {
  const bytes = <usize>outputs * 8;
  const end = x + 4 + <usize>load<u32>(x) * PAIR;
  for (let at = x + 4; at < end; at += PAIR) {
    const row = gradient + <usize>load<u32>(at) * bytes;
    const value = <f64>load<f32>(at, 4);
    for (let c: usize = 0; c < bytes; c += 8) {
      store<f64>(row + c, load<f64>(row + c) + value * load<f64>(delta + c));
    }
  }
  const biases = gradient + features * bytes;
  for (let c: usize = 0; c < bytes; c += 8) {
    store<f64>(biases + c, load<f64>(biases + c) + load<f64>(delta + c));
  }
}
