const CLEAR = 256;
const END = 257;
const FIRST = 258;
const MAX_BITS = 12;

/**
 * Undoes LZW as TIFF has it (TIFF 6.0, section 13): most significant bit first, codes widened one early.
 * @param wanted - bytes after which the rest is not looked at.
 * @returns fewer bytes where the input ends before.
 * @throws TypeError for codes that nothing defines, for a stream that does not begin with a clear table, and for the order of bits
 *   that TIFF had before version 5.
 */
export function decodeLzw(input: Uint8Array, wanted: number): Uint8Array {
  if (input[0] === 0 && ((input[1] ?? 0) & 1) === 1) {
    throw new TypeError("LZW with the least significant bit first");
  }
  const out = new Uint8Array(wanted);
  const size = 1 << MAX_BITS;
  // Where in the output each code's string was last written, and its length.
  const start = new Uint32Array(size);
  const length = new Uint32Array(size);
  let [filled, next, bits] = [0, FIRST, 9];
  let isCleared = false;
  let previous = -1;
  let [buffer, held, at] = [0, 0, 0];
  while (filled < wanted) {
    while (held < bits && at < input.length) {
      buffer = ((buffer << 8) | (input[at++] ?? 0)) & 0xff_ffff;
      held += 8;
    }
    if (held < bits) break;
    held -= bits;
    const code = (buffer >>> held) & ((1 << bits) - 1);
    if (code === END) break;
    if (code === CLEAR) {
      [next, bits, previous] = [FIRST, 9, -1];
      isCleared = true;
      continue;
    }
    if (!isCleared) throw new TypeError("LZW that does not begin with a clear table");
    const begin = filled;
    const put = (from: number, count: number) => {
      for (let i = 0; i < count && filled < wanted; i++) out[filled++] = out[from + i] ?? 0;
    };
    const last = previous < CLEAR ? 1 : (length[previous] ?? 0);
    if (code < CLEAR) out[filled++] = code;
    else if (code < next) put(start[code] ?? 0, length[code] ?? 0);
    else if (code === next && previous >= 0) {
      // The string before and its own first byte once more.
      put(begin - last, last + 1);
    } else throw new TypeError(`LZW code ${code} of ${next}`);
    if (previous >= 0 && next < size) {
      // A string and the byte that followed it lie side by side in the output already.
      start[next] = begin - last;
      length[next] = last + 1;
      next++;
    }
    if (next + 1 >= 1 << bits && bits < MAX_BITS) bits++;
    previous = code;
  }
  return out.subarray(0, filled);
}
