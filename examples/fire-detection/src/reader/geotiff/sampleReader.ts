import type { SampleType } from "./layout.ts";

/** The number of sample `index` in the row that begins at byte `row`. */
export type SampleReader = (view: DataView, row: number, index: number) => number;

export function sampleReader({ kind, bits }: SampleType, littleEndian: boolean): SampleReader {
  switch (`${kind}${bits}`) {
    case "uint8":
      return (view, row, index) => view.getUint8(row + index);
    case "uint16":
      return (view, row, index) => view.getUint16(row + 2 * index, littleEndian);
    case "uint24":
      // Like other odd sizes, highest byte first; TIFF libraries then turn the bytes around where the file is big-endian.
      return (view, row, index) => uint24(view, row + 3 * index, !littleEndian);
    case "uint32":
      return (view, row, index) => view.getUint32(row + 4 * index, littleEndian);
    case "uint64":
      return (view, row, index) => Number(view.getBigUint64(row + 8 * index, littleEndian));
    case "int8":
      return (view, row, index) => view.getInt8(row + index);
    case "int16":
      return (view, row, index) => view.getInt16(row + 2 * index, littleEndian);
    case "int32":
      return (view, row, index) => view.getInt32(row + 4 * index, littleEndian);
    case "int64":
      return (view, row, index) => Number(view.getBigInt64(row + 8 * index, littleEndian));
    case "float16":
      return (view, row, index) => view.getFloat16(row + 2 * index, littleEndian);
    case "float24":
      return (view, row, index) => float24(view, row + 3 * index, littleEndian);
    case "float32":
      return (view, row, index) => view.getFloat32(row + 4 * index, littleEndian);
    case "float64":
      return (view, row, index) => view.getFloat64(row + 8 * index, littleEndian);
    default:
      return (view, row, index) => packedBits(view, row, { from: index * bits, bits });
  }
}

/** Samples of odd sizes follow each other without a gap, highest bit first, in whatever byte order the file has. */
function packedBits(
  view: DataView,
  row: number,
  { from, bits }: { from: number; bits: number },
): number {
  let value = 0;
  for (let bit = from; bit < from + bits; ) {
    const inByte = bit & 7;
    const take = Math.min(8 - inByte, from + bits - bit);
    const byte = view.getUint8(row + (bit >>> 3));
    value = value * 2 ** take + ((byte >>> (8 - inByte - take)) & ((1 << take) - 1));
    bit += take;
  }
  return value;
}

function uint24(view: DataView, at: number, littleEndian: boolean): number {
  return littleEndian
    ? view.getUint8(at + 2) * 65_536 + view.getUint16(at, true)
    : view.getUint8(at) * 65_536 + view.getUint16(at + 1, false);
}

/** One bit of sign, 7 of exponent, 16 of mantissa (TIFF Technical Note 3). */
function float24(view: DataView, at: number, littleEndian: boolean): number {
  const word = uint24(view, at, littleEndian);
  const sign = word & 0x80_0000 ? -1 : 1;
  const exponent = (word >>> 16) & 0x7f;
  const mantissa = word & 0xffff;
  if (exponent === 0x7f) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * mantissa * 2 ** (-62 - 16);
  return sign * (1 + mantissa / 65_536) * 2 ** (exponent - 63);
}
