// All layers but convolutions.

function multiplyRows(op: usize): void {
  const rows = word(op, 2);
  const size = <usize>word(op, 3);
  const count = word(op, 4);
  let row = tensor(op, 0);
  let to = tensor(op, 1);
  for (let r = 0; r < rows; r++, row += size) {
    let weight = data(op, 6);
    for (let n = 0; n < count; n++, to++) {
      const c = <usize>n << 2;
      let sum = load<i32>(data(op, 7) + c);
      for (let x = row, end = row + size; x < end; x++, weight++) {
        sum += <i32>load<i8>(x) * <i32>load<i8>(weight);
      }
      store<u8>(to, requantised(sum, load<i32>(data(op, 8) + c), load<i32>(data(op, 9) + c), word(op, 5)));
    }
  }
}

/** Where a window's pixels in the image begin and end, in steps of the dilation. */
// @ts-ignore: decorator
@inline
function firstTap(start: i32, dilation: i32): i32 {
  return start < 0 ? (dilation - 1 - start) / dilation : 0;
}

// @ts-ignore: decorator
@inline
function endTap(start: i32, dilation: i32, size: i32, kernel: i32): i32 {
  return min(kernel, (size - start + dilation - 1) / dilation);
}

function largest(op: usize): void {
  pool(op, false);
}

function average(op: usize): void {
  pool(op, true);
}

function pool(op: usize, isAverage: bool): void {
  const height = word(op, 3);
  const width = word(op, 4);
  const rows = word(op, 5);
  const columns = word(op, 6);
  const down = word(op, 11);
  const right = word(op, 12);
  let plane = tensor(op, 0);
  let to = tensor(op, 1);
  for (let c = 0; c < word(op, 2); c++, plane += <usize>(height * width)) {
    for (let y = 0; y < rows; y++) {
      const top = y * word(op, 9) - word(op, 13);
      const firstRow = firstTap(top, down);
      const endRow = endTap(top, down, height, word(op, 7));
      for (let x = 0; x < columns; x++, to++) {
        const left = x * word(op, 10) - word(op, 14);
        const firstColumn = firstTap(left, right);
        const endColumn = endTap(left, right, width, word(op, 8));
        let most: i32 = -128;
        let sum: i32 = 0;
        for (let i = firstRow; i < endRow; i++) {
          const line = plane + <usize>((top + i * down) * width + left);
          for (let k = firstColumn; k < endColumn; k++) {
            const value = <i32>load<i8>(line + <usize>(k * right));
            most = max(most, value);
            sum += value;
          }
        }
        if (!isAverage) store<u8>(to, most);
        else {
          const count = (endRow - firstRow) * (endColumn - firstColumn);
          const multiplier = load<i32>(data(op, 17) + (<usize>(count - 1) << 2));
          store<u8>(to, requantised(sum - count * word(op, 15), multiplier, word(op, 18), word(op, 16)));
        }
      }
    }
  }
}

function add(op: usize): void {
  combine(op, false);
}

function multiply(op: usize): void {
  combine(op, true);
}

function combine(op: usize, isProduct: bool): void {
  const a = tensor(op, 0);
  const b = tensor(op, 1);
  let to = tensor(op, 2);
  const zeroA = <i64>word(op, 15);
  const zeroB = <i64>word(op, 16);
  const zero = <i64>word(op, 17);
  const first = <i64>word(op, 18);
  const second = <i64>word(op, 19);
  const shift = <i64>word(op, 20);
  const half = (<i64>1 << shift) >> 1;
  for (let i = 0; i < word(op, 3); i++) {
    for (let j = 0; j < word(op, 4); j++) {
      for (let k = 0; k < word(op, 5); k++) {
        let x = a + <usize>(i * word(op, 7) + j * word(op, 8) + k * word(op, 9));
        let y = b + <usize>(i * word(op, 11) + j * word(op, 12) + k * word(op, 13));
        for (let l = 0; l < word(op, 6); l++, x += word(op, 10), y += word(op, 14), to++) {
          const p = <i64>load<i8>(x) - zeroA;
          const q = <i64>load<i8>(y) - zeroB;
          const sum = isProduct ? p * q * first : p * first + q * second;
          store<u8>(to, byteOf(zero + ((sum + half) >> shift)));
        }
      }
    }
  }
}

function map(from: usize, to: usize, size: i32, table: usize): void {
  for (let i: usize = 0; i < <usize>size; i++) {
    store<u8>(to + i, load<u8>(table + <usize>(<i32>load<i8>(from + i) + 128)));
  }
}

function softmax(op: usize): void {
  const count = word(op, 3);
  const inner = word(op, 4);
  const table = data(op, 5);
  for (let o = 0; o < word(op, 2); o++) {
    for (let i = 0; i < inner; i++) {
      const start = <usize>(o * count * inner + i);
      const from = tensor(op, 0) + start;
      const to = tensor(op, 1) + start;
      let most: i32 = -128;
      for (let c = 0; c < count; c++) most = max(most, <i32>load<i8>(from + <usize>(c * inner)));
      let sum: i64 = 0;
      for (let c = 0; c < count; c++) sum += powerAt(table, from, c * inner, most);
      for (let c = 0; c < count; c++) {
        // 256ths of the sum, rounded, halves up.
        const share = (powerAt(table, from, c * inner, most) * 512 + sum) / (2 * sum);
        store<u8>(to + <usize>(c * inner), byteOf(share - 128));
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function powerAt(table: usize, from: usize, offset: i32, most: i32): i64 {
  return load<i32>(table + (<usize>(most - <i32>load<i8>(from + <usize>offset)) << 2));
}

function resize(op: usize): void {
  const height = word(op, 3);
  const width = word(op, 4);
  let plane = tensor(op, 0);
  let to = tensor(op, 1);
  for (let c = 0; c < word(op, 2); c++, plane += <usize>(height * width)) {
    for (let y = 0; y < word(op, 5); y++) {
      const row = data(op, 7) + <usize>(y * 12);
      const upper = plane + <usize>(word(row, 0) * width);
      const lower = plane + <usize>(word(row, 1) * width);
      const down = word(row, 2);
      for (let x = 0; x < word(op, 6); x++, to++) {
        const column = data(op, 8) + <usize>(x * 12);
        const first = <usize>word(column, 0);
        const second = <usize>word(column, 1);
        const right = word(column, 2);
        const above = <i32>load<i8>(upper + first) * (2048 - right) + <i32>load<i8>(upper + second) * right;
        const below = <i32>load<i8>(lower + first) * (2048 - right) + <i32>load<i8>(lower + second) * right;
        // Weights add up to 2²², and what lies between bytes is one.
        store<u8>(to, (above * (2048 - down) + below * down + (1 << 21)) >> 22);
      }
    }
  }
}

function concat(op: usize): void {
  let to = tensor(op, 0);
  for (let o = 0; o < word(op, 1); o++) {
    for (let i = 0; i < word(op, 2); i++) {
      const piece = op + (<usize>(3 + 3 * i) << 2);
      const size = word(piece, 1);
      map(tensor(piece, 0) + <usize>(o * size), to, size, data(piece, 2));
      to += size;
    }
  }
}
