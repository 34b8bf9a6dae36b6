import type { FileSource } from "./fileSource.ts";

/** TIFF's whole numbers of 8, 16, 32 and 64 bits. */
const WHOLE = [1, 3, 4, 16];
const TEXT = [2];
/** Bytes of a value, by type. */
const SIZES: Readonly<Record<number, number>> = {
  3: 2,
  4: 4,
  5: 8,
  8: 2,
  9: 4,
  10: 8,
  11: 4,
  12: 8,
  13: 4,
  16: 8,
  17: 8,
  18: 8,
};
/** Tags of which a file has one value: sizes, compression, colours, order of bits, samples, rows, planes, predictor, tiles. */
const SINGLE = [256, 257, 259, 262, 266, 277, 278, 284, 317, 322, 323];
/** Tags of the offsets and sizes of blocks. */
const STRIPS = [273, 279];
const TILES = [324, 325];
/** One value a band: bits, further samples, types. */
const PER_BAND = [258, 338, 339];
const EXTRA = 338;
const TILE_WIDTH = 322;
const TILE_HEIGHT = 323;
const SAMPLES = 277;
const BITS = 258;
const GDAL_TEXTS = [42112, 42113];
const JPEG_TABLES = 347;
const LERC_PARAMETERS = 50674;
/** Bytes of no type. */
const OPAQUE = [7];

/**
 * Makes sure that the tags which decide how a TIFF file is read are there once, of the right type, and as many as there have to be.
 * The library takes the last of two and whatever type comes; other readers refuse such files.
 * @throws TypeError that names the tag.
 */
export async function checkDirectory(source: FileSource): Promise<void> {
  const entries = await readEntries(source);
  const checked = [
    ...SINGLE,
    ...STRIPS,
    ...TILES,
    ...PER_BAND,
    ...GDAL_TEXTS,
    JPEG_TABLES,
    LERC_PARAMETERS,
  ];
  const seen = new Set<number>();
  for (const { tag, type, count } of entries) {
    // The library makes room for all of them first.
    if (count * (SIZES[type] ?? 1) > source.fileSize)
      throw new TypeError(`${count} values of tag ${tag}`);
    if (!checked.includes(tag)) continue;
    if (seen.has(tag) || !typesOf(tag).includes(type))
      throw new TypeError(`tag ${tag} twice, or of type ${type}`);
    if (SINGLE.includes(tag) && count !== 1) throw new TypeError(`${count} values of tag ${tag}`);
    seen.add(tag);
  }
  const samples = entries.find(({ tag }) => tag === SAMPLES)?.value ?? 1;
  for (const { tag, count } of entries) {
    if (!PER_BAND.includes(tag)) continue;
    // Writers may leave out further samples, and say once what is every band's.
    const isShort = tag !== EXTRA && count !== 1 && count < samples;
    if (count > samples || isShort) {
      throw new TypeError(`${count} values of tag ${tag} for ${samples} bands`);
    }
  }
  if (STRIPS.some((tag) => seen.has(tag)) && TILES.some((tag) => seen.has(tag))) {
    throw new TypeError("strips and tiles");
  }
  if (seen.has(TILE_WIDTH) !== seen.has(TILE_HEIGHT)) throw new TypeError("half of a tile's size");
  if (samples > 1 && !seen.has(BITS)) throw new TypeError("bands of no size");
}

function typesOf(tag: number): readonly number[] {
  if (GDAL_TEXTS.includes(tag)) return TEXT;
  return tag === JPEG_TABLES ? OPAQUE : WHOLE;
}

interface Entry {
  tag: number;
  type: number;
  count: number;
  /** The value, if it is a single 16-bit number. */
  value: number;
}

async function readEntries(source: FileSource): Promise<Entry[]> {
  const header = viewOf(await source.read(0, 16));
  const little = header.getUint16(0) === 0x4949;
  const isBig = header.getUint16(2, little) === 43;
  const first = isBig ? Number(header.getBigUint64(8, little)) : header.getUint32(4, little);
  const [head, size] = isBig ? [8, 20] : [2, 12];
  const start = viewOf(await source.read(first, head));
  const count = isBig ? Number(start.getBigUint64(0, little)) : start.getUint16(0, little);
  const view = viewOf(await source.read(first + head, count * size));
  return Array.from({ length: Math.min(count, view.byteLength / size) }, (_, i) => {
    const at = i * size;
    return {
      tag: view.getUint16(at, little),
      type: view.getUint16(at + 2, little),
      count: isBig ? Number(view.getBigUint64(at + 4, little)) : view.getUint32(at + 4, little),
      value: view.getUint16(at + (isBig ? 12 : 8), little),
    };
  });
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
