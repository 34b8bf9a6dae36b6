// A learned detector: a network of 5 x 5 x 3 inputs, 24 and 12 rectified units and one output, which is the logarithm of the odds that the pixel in
// the middle burns. It was trained on synthetic scenes alone (src/training), and its weights are data of this program.
//
//   level:      128 log2(2^9 rho), between octaves linear, of reflectances from 2^-9 to 8; 1536 where the band is saturated
//   planes:     L = level 12, C = level 12 - level 11, I = level 11 - level NIR
//   candidate:  C >= 0, or the sum of C - C_neighbour over the 8 neighbours is above 96
//   inputs:     of each plane the differences of the 5 x 5 pixels from the middle, and in the middle L - 768, C and I
//   layer:      unit = (sum of weight * input + bias) >> shift; a hidden unit is held between 0 and 32767
//   fire:       output >= THRESHOLD
//   confidence: how many of PERCENTS the output reaches
//
// A neighbour that was not measured counts like the middle. Everything from the levels on is a whole number: weights have 8 bits, sums fit in 32.
// The build joins this file with the weights (src/algorithms/learnedWeights.ts).

const VALUES: u32 = 4;
const HALO: i32 = 2;
const REACH: i32 = 2;
const SIDE: i32 = 2 * REACH + 1;
const INPUTS: i32 = 3 * SIDE * SIDE;

const SATURATED: i32 = 1536;
const MIDDLE: i32 = 768;
const STANDS_OUT: i32 = 96;
const LARGEST_UNIT: i32 = 32767;
/** Percentages are from 0 to 99. */
const MOST_PERCENT: i32 = 99;

/** L, C and I one after the other: i16 a pixel, halo included. */
let features: usize = 0;
/** Bytes of one of them. */
let feature: usize = 0;
/** u8 a pixel, for those that burn. */
let confidences: usize = 0;

const inputs: usize = memory.data(INPUTS << 2);
const hidden1: usize = memory.data(UNITS_1 << 2);
const hidden2: usize = memory.data(UNITS_2 << 2);
const output: usize = memory.data(UNITS_3 << 2);

function classify(): void {
  feature = <usize>pixels << 1;
  features = new Int16Array(3 * pixels).dataStart;
  confidences = new Uint8Array(pixels).dataStart;
  for (let i: i32 = 0; i < pixels; i++) measure(i);
  for (let y = halo; y < halo + height; y++) {
    for (let i = y * pitch + halo, end = i + width; i < end; i++) {
      if (markOf(i) & MEASURED && isCandidate(i)) judge(i);
    }
  }
}

function measure(i: i32): void {
  if (!(isMeasuredIn(B12, i) & isMeasuredIn(B11, i) & isMeasuredIn(NIR, i))) return;
  setMark(i, MEASURED);
  const level12 = levelOf(B12, i);
  const level11 = levelOf(B11, i);
  const at = features + (<usize>i << 1);
  store<i16>(at, <i16>level12);
  store<i16>(at + feature, <i16>(level12 - level11));
  store<i16>(at + 2 * feature, <i16>(level11 - levelOf(NIR, i)));
}

function levelOf(band: u32, i: i32): i32 {
  if (<f64>dnAt(band, i) >= saturationOf(band)) return SATURATED;
  const scaled = valueAt(band, i) * 65536;
  const fixed = !(scaled >= 128) ? 128 : scaled >= 0x7ffff ? 0x7ffff : <i32>scaled;
  const octave = 24 - clz(fixed);
  return (octave << 7) + ((fixed >> octave) & 127);
}

// @ts-ignore: decorator
@inline
function featureAt(plane: u32, i: i32): i32 {
  return load<i16>(features + <usize>plane * feature + (<usize>i << 1));
}

function isCandidate(i: i32): bool {
  const own = featureAt(1, i);
  if (own >= 0) return true;
  let above: i32 = 0;
  for (let dy: i32 = -1; dy <= 1; dy++) {
    for (let j = i + dy * pitch - 1, end = j + 2; j <= end; j++) {
      if (markOf(j) & MEASURED) above += own - featureAt(1, j);
    }
  }
  return above > STANDS_OUT;
}

function judge(i: i32): void {
  gather(0, i);
  gather(1, i);
  gather(2, i);
  store<i32>(inputs + (<usize>(REACH * SIDE + REACH) << 2), featureAt(0, i) - MIDDLE);
  layer(inputs, INPUTS, WEIGHTS_1, BIASES_1, SHIFTS_1, hidden1, UNITS_1);
  rectify(hidden1, UNITS_1);
  layer(hidden1, UNITS_1, WEIGHTS_2, BIASES_2, SHIFTS_2, hidden2, UNITS_2);
  rectify(hidden2, UNITS_2);
  layer(hidden2, UNITS_2, WEIGHTS_3, BIASES_3, SHIFTS_3, output, UNITS_3);
  const odds = load<i32>(output);
  if (odds < THRESHOLD) return;
  setClass(i, 1);
  let percent: i32 = 0;
  while (percent < MOST_PERCENT && odds >= load<i32>(PERCENTS + (<usize>percent << 2))) percent++;
  store<u8>(confidences + <usize>i, <u8>percent);
}

/** Writes a plane's differences from the pixel in the middle, and there the plane itself. */
function gather(plane: u32, i: i32): void {
  const own = featureAt(plane, i);
  let at = inputs + <usize>plane * (<usize>(SIDE * SIDE) << 2);
  for (let dy = -REACH; dy <= REACH; dy++) {
    for (let j = i + dy * pitch - REACH, end = j + 2 * REACH; j <= end; j++, at += 4) {
      const isSeen = markOf(j) & MEASURED;
      store<i32>(at, j == i ? own : isSeen ? featureAt(plane, j) - own : 0);
    }
  }
}

function layer(from: usize, count: i32, weights: usize, biases: usize, shifts: usize, to: usize, units: i32): void {
  let weight = weights;
  for (let unit: i32 = 0; unit < units; unit++) {
    let sum = load<i32>(biases + (<usize>unit << 2));
    for (let at = from, end = from + (<usize>count << 2); at < end; at += 4, weight++) {
      sum += <i32>load<i8>(weight) * load<i32>(at);
    }
    store<i32>(to + (<usize>unit << 2), sum >> <i32>load<u8>(shifts + <usize>unit));
  }
}

function rectify(values: usize, units: i32): void {
  for (let at = values, end = values + (<usize>units << 2); at < end; at += 4) {
    store<i32>(at, min(LARGEST_UNIT, max(0, load<i32>(at))));
  }
}

function valueOf(i: i32, k: u32): f64 {
  return k == 3 ? <f64>load<u8>(confidences + <usize>i) : valueAt(k, i);
}
