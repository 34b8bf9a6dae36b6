// The updates as a matrix of n rows and d columns, of f32 or f64, read in chunks that are promoted to f64 once.

/** Coordinates read at a time: n chunks of 100 rows fit a second-level cache. */
export const CHUNK: u32 = 256;

export class Rows {
  constructor(
    readonly count: u32,
    readonly dimension: u32,
    /** Bytes of a number: 4 or 8. */
    readonly width: u32,
    /** Where each row begins: `count` addresses. */
    readonly starts: usize,
  ) {}

  @inline
  start(row: u32): usize {
    return load<usize>(this.starts + row * sizeof<usize>());
  }
}

/** Room for `count` numbers. */
export function floats(count: u32): usize {
  return new Float64Array(count).dataStart;
}

export function words(count: u32): usize {
  return new Uint32Array(count).dataStart;
}

/** `count` rows of f64 that are yet to be written. */
export function newRows(count: u32, dimension: u32): Rows {
  const starts = words(count);
  const data = floats(count * dimension);
  for (let row: u32 = 0; row < count; row++) {
    store<usize>(starts + row * sizeof<usize>(), data + <usize>row * dimension * 8);
  }
  return new Rows(count, dimension, 8, starts);
}

/** Copies `count` numbers of a row, from column `first` on, to `out` as f64. */
export function readChunk(rows: Rows, row: u32, first: u32, count: u32, out: usize): void {
  const end = out + <usize>count * 8;
  let at = rows.start(row) + <usize>first * rows.width;
  if (rows.width == 4) {
    for (; out < end; out += 8, at += 4) store<f64>(out, <f64>load<f32>(at));
  } else {
    memory.copy(out, at, <usize>count * 8);
  }
}

/** The number at `index` of those of `width` bytes from `start` on. */
// @ts-ignore: decorator
@inline
export function numberAt(start: usize, width: u32, index: u32): f64 {
  return width == 4 ? <f64>load<f32>(start + (<usize>index << 2)) : load<f64>(start + (<usize>index << 3));
}

/** The number of columns in the chunk that begins at `first`. */
// @ts-ignore: decorator
@inline
export function chunkLength(dimension: u32, first: u32): u32 {
  return min(CHUNK, dimension - first);
}
