import { type Layout, rowBytes, samplesInBlock } from "./layout.ts";

/**
 * Undoes a block's predictor in place.
 * @returns whether the samples are little-endian now.
 */
export function undoPredictor(block: Uint8Array, layout: Layout): boolean {
  const { predictor, bits, littleEndian } = layout;
  if (predictor === 1) return littleEndian;
  const [row, stride] = [rowBytes(layout), samplesInBlock(layout)];
  for (let start = 0; start + row <= block.length; start += row) {
    const line = block.subarray(start, start + row);
    if (predictor === 2) addUp(line, { bytes: bits / 8, stride, littleEndian });
    else joinFloats(line, { bytes: bits / 8, stride });
  }
  return predictor === 2 && littleEndian;
}

/** Predictor 2 (TIFF 6.0, section 14): differences of samples, which the file's byte order makes. */
function addUp(
  line: Uint8Array,
  { bytes, stride, littleEndian }: { bytes: number; stride: number; littleEndian: boolean },
): void {
  const view = new DataView(line.buffer, line.byteOffset, line.byteLength);
  const back = bytes * stride;
  for (let at = back; at < line.length; at += bytes) {
    const before = at - back;
    switch (bytes) {
      case 1:
        line[at] = (line[at] ?? 0) + (line[before] ?? 0);
        break;
      case 2: {
        const sum = view.getUint16(at, littleEndian) + view.getUint16(before, littleEndian);
        view.setUint16(at, sum, littleEndian);
        break;
      }
      case 4: {
        const sum = view.getUint32(at, littleEndian) + view.getUint32(before, littleEndian);
        view.setUint32(at, sum, littleEndian);
        break;
      }
      default: {
        const sum = view.getBigUint64(at, littleEndian) + view.getBigUint64(before, littleEndian);
        view.setBigUint64(at, sum, littleEndian);
      }
    }
  }
}

/** Predictor 3 (TIFF Technical Note 3): first all highest bytes of a row, then all second ones, whatever the file's byte order. */
function joinFloats(line: Uint8Array, { bytes, stride }: { bytes: number; stride: number }): void {
  for (let at = stride; at < line.length; at++) {
    line[at] = (line[at] ?? 0) + (line[at - stride] ?? 0);
  }
  const planes = line.slice();
  const count = line.length / bytes;
  for (let i = 0; i < count; i++) {
    for (let b = 0; b < bytes; b++) line[i * bytes + b] = planes[b * count + i] ?? 0;
  }
}
