// Convolutions. Two channels share a multiplication: x · (w + v · 2³²) = x · w + (x · v) · 2³², and the same holds for sums of such
// products as long as each sum fits 32 bits, which is checked when the model is made. The lower half is a sum itself; the upper half
// lacks what the lower one borrowed.

/** Of a tap: where its pixel is from the window's first, and the weights of four channels. */
const TAP_BYTES: usize = 24;

let taps: usize = 0;
let tapsEnd: usize = 0;

function convolve(op: usize): void {
  const inputs = word(op, 2);
  const channels = word(op, 5);
  const rows = word(op, 6);
  const columns = word(op, 7);
  const groups = word(op, 8);
  const kernelRows = word(op, 9);
  const kernelColumns = word(op, 10);
  const strideRows = word(op, 11);
  const strideColumns = word(op, 12);
  const padded = word(op, 18);
  const out = tensor(op, 1);
  let image = tensor(op, 0);
  let pitch = word(op, 4);
  let plane = word(op, 3) * pitch;
  if (padded >= 0) {
    pitch = (columns - 1) * strideColumns + (kernelColumns - 1) * word(op, 14) + 1;
    const height = (rows - 1) * strideRows + (kernelRows - 1) * word(op, 13) + 1;
    plane = height * pitch;
    pad(image, arena + <usize>padded, op, height, pitch);
    image = arena + <usize>padded;
  }
  taps = arena + <usize>word(op, 19);
  const depth = inputs / groups;
  const perGroup = channels / groups;
  const each = depth * kernelRows * kernelColumns;
  tapsEnd = taps + <usize>each * TAP_BYTES;
  placeTaps(depth, kernelRows, kernelColumns, plane, word(op, 13) * pitch, word(op, 14));
  for (let m = 0; m < channels; m += min(4, perGroup - m % perGroup)) {
    const count = min(4, perGroup - m % perGroup);
    weighTaps(data(op, 20) + <usize>(m * each), each, count);
    const first = image + <usize>((m / perGroup) * depth * plane);
    for (let y = 0; y < rows; y++) {
      let pixel = first + <usize>(y * strideRows * pitch);
      let to = out + <usize>((m * rows + y) * columns);
      for (let x = 0; x < columns; x++, pixel += strideColumns, to++) {
        if (count > 2) sumFour(op, m, count, pixel, to, rows * columns);
        else sumTwo(op, m, count, pixel, to, rows * columns);
      }
    }
  }
}

/** Copies an image into a larger one, or a part of it, around which it is zero. */
function pad(from: usize, to: usize, op: usize, height: i32, pitch: i32): void {
  const rows = word(op, 3);
  const columns = word(op, 4);
  const top = word(op, 15);
  const left = word(op, 16);
  memory.fill(to, <u8>word(op, 17), <usize>(word(op, 2) * height * pitch));
  const width = max(0, min(columns, pitch - left));
  const end = min(rows, height - top);
  for (let c = 0; c < word(op, 2); c++) {
    for (let y = 0; y < end; y++) {
      memory.copy(
        to + <usize>((c * height + top + y) * pitch + left),
        from + <usize>((c * rows + y) * columns),
        width,
      );
    }
  }
}

function placeTaps(depth: i32, rows: i32, columns: i32, plane: i32, down: i32, right: i32): void {
  let tap = taps;
  for (let d = 0; d < depth; d++) {
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++, tap += TAP_BYTES) {
        store<i32>(tap, d * plane + y * down + x * right);
      }
    }
  }
}

/** Puts the weights of up to four channels together, by tap. */
function weighTaps(weights: usize, each: i32, count: i32): void {
  let tap = taps;
  for (let i = 0; i < each; i++, tap += TAP_BYTES, weights++) {
    store<i64>(tap, pairOf(weights, each, 0, count), 8);
    store<i64>(tap, pairOf(weights, each, 2, count), 16);
  }
}

// @ts-ignore: decorator
@inline
function pairOf(weights: usize, each: i32, first: i32, count: i32): i64 {
  const low = first < count ? <i64>load<i8>(weights + <usize>(first * each)) : 0;
  const high = first + 1 < count ? <i64>load<i8>(weights + <usize>((first + 1) * each)) : 0;
  return low + (high << 32);
}

function sumFour(op: usize, m: i32, count: i32, pixel: usize, to: usize, plane: i32): void {
  let a: i64 = 0;
  let b: i64 = 0;
  for (let tap = taps; tap < tapsEnd; tap += TAP_BYTES) {
    const x = <i64>load<i8>(pixel + load<u32>(tap));
    a += x * load<i64>(tap, 8);
    b += x * load<i64>(tap, 16);
  }
  finish(op, m, <i32>a, to);
  finish(op, m + 1, upper(a), to + <usize>plane);
  finish(op, m + 2, <i32>b, to + <usize>(2 * plane));
  if (count > 3) finish(op, m + 3, upper(b), to + <usize>(3 * plane));
}

function sumTwo(op: usize, m: i32, count: i32, pixel: usize, to: usize, plane: i32): void {
  let a: i64 = 0;
  for (let tap = taps; tap < tapsEnd; tap += TAP_BYTES) {
    a += <i64>load<i8>(pixel + load<u32>(tap)) * load<i64>(tap, 8);
  }
  finish(op, m, <i32>a, to);
  if (count > 1) finish(op, m + 1, upper(a), to + <usize>plane);
}

// @ts-ignore: decorator
@inline
function upper(sums: i64): i32 {
  return <i32>((sums - <i64><i32>sums) >> 32);
}

/** The result of a channel, from its sum without bias. */
// @ts-ignore: decorator
@inline
function finish(op: usize, m: i32, sum: i32, to: usize): void {
  const c = <usize>m << 2;
  const zero = <i64>word(op, 24);
  const total = <i64>(sum + load<i32>(data(op, 21) + c));
  store<u8>(to, requantised(total, load<i32>(data(op, 22) + c), load<i32>(data(op, 23) + c), zero));
}
