import { inflateSync, zstdDecompressSync } from "node:zlib";
import { decode, getBlobInfo, load, type PixelTypedArray } from "lerc";

/** Compressions around a LERC blob, by the second of TIFF's LERC parameters. */
const PACKED_BY = ["nothing", "Deflate", "Zstandard"] as const;

/**
 * Undoes LERC.
 * @param wanted - bytes that the block has uncompressed.
 * @param size - pixels of the block; a blob that claims another one is not decoded.
 */
export async function decodeLerc(
  bytes: Uint8Array,
  {
    wanted,
    size,
    parameters,
  }: {
    wanted: number;
    size: { width: number; height: number };
    parameters: readonly number[] | undefined;
  },
): Promise<Uint8Array> {
  const blob = unpack(bytes, PACKED_BY[parameters?.[1] ?? 0], 2 * wanted + 65_536);
  await load();
  const { width, height, bandCount, depthCount } = getBlobInfo(blob);
  const count = width * height * bandCount * depthCount;
  // A sample has 8 bytes at most.
  if (width !== size.width || height !== size.height || count > wanted) {
    throw new TypeError(`${count} numbers in ${wanted} bytes`);
  }
  const { pixels, mask, bandMasks } = decode(blob, { returnInterleaved: true });
  for (const [band, numbers] of pixels.entries()) {
    hideMasked(numbers, { mask: bandMasks?.[band] ?? mask, depth: depthCount });
  }
  const numbers = pixels.length === 1 ? pixels[0] : interleave(pixels);
  if (numbers === undefined) throw new TypeError("no bands");
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

function hideMasked(
  numbers: PixelTypedArray,
  { mask, depth }: { mask: Uint8Array | null; depth: number },
): void {
  const isFloat = numbers instanceof Float32Array || numbers instanceof Float64Array;
  if (mask === null || !isFloat) return;
  for (const [i, measured] of mask.entries()) {
    if (measured === 0) numbers.fill(Number.NaN, i * depth, (i + 1) * depth);
  }
}

/** One plane a band becomes one pixel after the other, as TIFF has it. */
function interleave(planes: readonly PixelTypedArray[]): Uint8Array | undefined {
  const [first] = planes;
  if (first === undefined) return undefined;
  const size = first.BYTES_PER_ELEMENT;
  const bytes = new Uint8Array(first.byteLength * planes.length);
  for (const [band, plane] of planes.entries()) {
    const from = new Uint8Array(plane.buffer, plane.byteOffset, plane.byteLength);
    for (let i = 0; i < plane.length; i++) {
      bytes.set(from.subarray(i * size, (i + 1) * size), (i * planes.length + band) * size);
    }
  }
  return bytes;
}

function unpack(
  bytes: Uint8Array,
  by: (typeof PACKED_BY)[number] | undefined,
  maxOutputLength: number,
): Uint8Array {
  switch (by) {
    case "nothing":
      return bytes;
    case "Deflate":
      return inflateSync(bytes, { maxOutputLength });
    case "Zstandard":
      return zstdDecompressSync(bytes, { maxOutputLength });
    default:
      throw new TypeError("LERC in an unknown packing");
  }
}
