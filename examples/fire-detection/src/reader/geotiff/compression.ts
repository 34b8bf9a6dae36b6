import { inflateSync, zstdDecompressSync } from "node:zlib";
import { getDecoder } from "geotiff";
import type { Layout } from "./layout.ts";
import { decodeLerc } from "./lerc.ts";
import { decodeLzw } from "./lzw.ts";

const NAMES: Readonly<Record<number, string>> = {
  1: "uncompressed",
  2: "CCITT RLE",
  3: "CCITT Group 3 fax",
  4: "CCITT Group 4 fax",
  5: "LZW",
  6: "old-style JPEG",
  7: "JPEG",
  8: "Deflate",
  32766: "NeXT",
  32771: "CCITT RLE",
  32773: "PackBits",
  32809: "ThunderScan",
  32946: "Deflate",
  33003: "JPEG 2000",
  33005: "JPEG 2000",
  34661: "JBIG",
  34676: "SGI LogLuv",
  34677: "SGI LogLuv",
  34712: "JPEG 2000",
  34887: "LERC",
  34925: "LZMA",
  34926: "Zstandard",
  34927: "WebP",
  50000: "Zstandard",
  50001: "WebP",
  50002: "JPEG XL",
  52546: "JPEG XL",
};

export function compressionName(compression: number): string {
  return NAMES[compression] ?? `compression ${compression}`;
}

export const isReadable = (compression: number) =>
  [1, 5, 7, 8, 32773, 32946, 34887, 50000].includes(compression);

/** Elsewhere the tag has no meaning, and other readers pass it over. */
export const usesPredictor = (compression: number) => [5, 8, 32946, 50000].includes(compression);

/**
 * Undoes a block's compression.
 * @param wanted - bytes that the block has uncompressed; more of them are left out, so that no small file fills the memory.
 * @param size - pixels of the block.
 * @returns fewer where the block is damaged.
 */
export async function decompress(
  bytes: Uint8Array,
  {
    compression,
    wanted,
    jpegTables,
    lercParameters,
    size,
  }: Pick<Layout, "compression" | "jpegTables" | "lercParameters"> & {
    wanted: number;
    size: { width: number; height: number };
  },
): Promise<Uint8Array> {
  // Some writers fill up the last strip, so that there may be more than is wanted, but not much more than twice that.
  const maxOutputLength = 2 * wanted + 65_536;
  switch (compression) {
    case 1:
      return bytes;
    case 5:
      return decodeLzw(bytes, wanted);
    case 32773:
      return decodePackBits(bytes, wanted);
    case 50000:
      return plain(zstdDecompressSync(bytes, { maxOutputLength }));
    case 7:
      checkJpegSize(bytes, wanted);
      return decodeWith(compression, bytes, {
        JPEGTables: jpegTables && Uint8Array.from(jpegTables),
      });
    case 34887:
      return decodeLerc(bytes, { wanted, size, parameters: lercParameters });
    default:
      return plain(inflateSync(bytes, { maxOutputLength }));
  }
}

async function decodeWith(compression: number, bytes: Uint8Array, parameters: object) {
  const decoder = await getDecoder(compression, {
    tileWidth: 0,
    tileHeight: 0,
    predictor: 1,
    bitsPerSample: 8,
    planarConfiguration: 1,
    ...parameters,
  });
  return new Uint8Array(await decoder.decode(bytes.slice().buffer));
}

/** A Buffer's `slice` is no copy, an array's is. */
function plain({ buffer, byteOffset, length }: Buffer): Uint8Array {
  return new Uint8Array(buffer, byteOffset, length);
}

/** TIFF 6.0, section 9. */
function decodePackBits(bytes: Uint8Array, wanted: number): Uint8Array {
  const out = new Uint8Array(wanted);
  let filled = 0;
  for (let at = 0; at < bytes.length && filled < wanted; ) {
    const header = bytes[at++] ?? 0;
    if (header === 128) continue;
    if (header < 128) {
      const literal = bytes.subarray(at, at + header + 1).subarray(0, wanted - filled);
      out.set(literal, filled);
      filled += literal.length;
      at += header + 1;
    } else if (at < bytes.length) {
      const end = Math.min(wanted, filled + 257 - header);
      out.fill(bytes[at++] ?? 0, filled, end);
      filled = end;
    }
  }
  return out.subarray(0, filled);
}

/** The decoder makes room for the size that a JPEG claims before it reads a pixel. */
function checkJpegSize(bytes: Uint8Array, wanted: number): void {
  for (let at = 2; at + 9 < bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1] ?? 0;
    const word = (i: number) => ((bytes[at + i] ?? 0) << 8) | (bytes[at + i + 1] ?? 0);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) {
      if (word(5) * word(7) * (bytes[at + 9] ?? 0) === wanted) return;
      throw new TypeError("its JPEG has another size than the file");
    }
    at += 2 + word(2);
  }
  throw new TypeError("its JPEG has no frame");
}
