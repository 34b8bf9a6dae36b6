// Runs a quantised model over one image or several. What it computes is in MODEL, which src/program/modelImage.ts writes: words that say
// what to do, then weights and tables. An image is the bytes of the model's input, a result those of its outputs, one after the other.

// @ts-ignore: decorator
@inline
function word(op: usize, i: i32): i32 {
  return load<i32>(op + (<usize>i << 2));
}

/** An address inside the model. */
// @ts-ignore: decorator
@inline
function data(op: usize, i: i32): usize {
  return MODEL + <usize>word(op, i);
}

let arena: usize = 0;

/** The address of a tensor: in the arena, or for a constant in the model. */
function tensor(op: usize, i: i32): usize {
  const place = word(op, i);
  return place < 0 ? MODEL + <usize>~place : arena + <usize>place;
}

const HEADER_WORDS: i32 = 6;

export function main(input: Uint8Array): Uint8Array {
  const inputBytes = word(MODEL, 0);
  const resultBytes = word(MODEL, 1);
  // An input of another length has no result: the task traps.
  if (input.length == 0 || input.length % inputBytes != 0) unreachable();
  const images = input.length / inputBytes;
  arena = new Uint8Array(word(MODEL, 2)).dataStart;
  const result = new Uint8Array(images * resultBytes);
  const outputs = word(MODEL, 5);
  let to = result.dataStart;
  for (let i = 0; i < images; i++) {
    memory.copy(tensor(MODEL, 4), input.dataStart + <usize>(i * inputBytes), inputBytes);
    let op = MODEL + (<usize>(HEADER_WORDS + 2 * outputs) << 2);
    for (let left = word(MODEL, 3); left > 0; left--) {
      carryOut(op + 8, word(op, 0));
      op += <usize>word(op, 1);
    }
    for (let o = 0; o < outputs; o++) {
      const size = word(MODEL, HEADER_WORDS + 2 * o + 1);
      memory.copy(to, tensor(MODEL, HEADER_WORDS + 2 * o), size);
      to += size;
    }
  }
  return result;
}

function carryOut(op: usize, code: i32): void {
  switch (code) {
    case 1: return convolve(op);
    case 2: return multiplyRows(op);
    case 3: return largest(op);
    case 4: return average(op);
    case 5: return add(op);
    case 6: return multiply(op);
    case 7: return map(tensor(op, 0), tensor(op, 1), word(op, 2), data(op, 3));
    case 8: return softmax(op);
    case 9: return resize(op);
    case 10: return concat(op);
    default: unreachable();
  }
}
