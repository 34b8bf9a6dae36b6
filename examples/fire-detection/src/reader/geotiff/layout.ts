import { SceneError } from "../../scene/sceneError.ts";
import { compressionName, isReadable, usesPredictor } from "./compression.ts";
import type { Tags } from "./tags.ts";

/** The type of a sample. */
export interface SampleType {
  kind: "uint" | "int" | "float";
  bits: number;
}

/** The layout of the pixels of one image in a TIFF file. */
export interface Layout extends SampleType {
  width: number;
  height: number;
  /** Bands. */
  samples: number;
  /** Whether each band has blocks of its own; otherwise a block holds all bands, pixel by pixel. */
  separate: boolean;
  compression: number;
  /** 1 for none, 2 for differences, 3 for differences of floating-point numbers by byte. */
  predictor: number;
  littleEndian: boolean;
  /** Whether the bits of every byte run backwards (FillOrder 2). */
  reversed: boolean;
  /** Pixels of a strip or tile. */
  blockWidth: number;
  blockHeight: number;
  /** Rows that a strip has when its writer filled it up, whatever the image's height. */
  filledHeight: number;
  isTiled: boolean;
  blocksAcross: number;
  blocksDown: number;
  offsets: readonly number[];
  byteCounts: readonly number[];
  /** Parameters of the compression, besides the blocks' bytes. */
  jpegTables: readonly number[] | undefined;
  lercParameters: readonly number[] | undefined;
}

/** The maximum that the tag can hold in classic TIFF files. */
const MAX_BANDS = 65_535;
/** Larger blocks are not held in memory. */
const MAX_BLOCK_BYTES = 2 ** 30;

/** Photometric interpretations whose samples are the bands' numbers: grey both ways, RGB, palette, mask, separated inks. */
const PLAIN_COLOURS = [0, 1, 2, 3, 4, 5];
const COLOURS: Readonly<Record<number, string>> = {
  6: "YCbCr colours",
  8: "CIE L*a*b* colours",
  9: "ICC L*a*b* colours",
  10: "ITU L*a*b* colours",
  32803: "the colour filter pattern of a camera",
  32844: "LogL colours",
  32845: "LogLuv colours",
};

/**
 * Reads the layout of an image's pixels.
 * @throws {@link SceneError} that names what is not read here: a compression, a type of sample, a predictor, a kind of colour.
 * @throws TypeError when the tags contradict each other.
 */
export async function readLayout(
  tags: Tags,
  { name, littleEndian }: { name: string; littleEndian: boolean },
): Promise<Layout> {
  const number = (tag: string) => tags.number(tag);
  const width = positive(await number("ImageWidth"), "width");
  const height = positive(await number("ImageLength"), "height");
  const samples = positive((await number("SamplesPerPixel")) ?? 1, "number of bands");
  if (samples > MAX_BANDS) throw new TypeError(`${samples} bands`);
  const bits = same(await tags.numbers("BitsPerSample"), 1, "bits");
  const format = same(await tags.numbers("SampleFormat"), 1, "types");
  const compression = (await number("Compression")) ?? 1;
  const planar = (await number("PlanarConfiguration")) ?? 1;
  if (planar !== 1 && planar !== 2) throw new TypeError(`planar configuration ${planar}`);
  const fillOrder = (await number("FillOrder")) ?? 1;
  const kind = kindOf(format, bits);
  if (kind === undefined) throw unsupported(name, `samples of ${typeName(format, bits)}`);
  if (!isReadable(compression)) throw unsupported(name, `${compressionName(compression)} pixels`);
  const colours = (await number("PhotometricInterpretation")) ?? 1;
  if (!PLAIN_COLOURS.includes(colours)) {
    throw unsupported(name, COLOURS[colours] ?? `colours of kind ${colours}`);
  }
  const predictor = usesPredictor(compression) ? ((await number("Predictor")) ?? 1) : 1;
  if (!canPredict(predictor, kind, bits)) {
    throw unsupported(name, `predictor ${predictor} with samples of ${typeName(format, bits)}`);
  }
  if (compressionName(compression) === "JPEG" && (bits !== 8 || kind !== "uint")) {
    throw unsupported(name, `JPEG pixels with samples of ${typeName(format, bits)}`);
  }

  const isTiled = (await number("TileWidth")) !== undefined;
  const blockWidth = isTiled ? positive(await number("TileWidth"), "tile width") : width;
  const filledHeight = isTiled
    ? positive(await number("TileLength"), "tile height")
    : positive((await number("RowsPerStrip")) ?? height, "rows of a strip");
  const blockHeight = isTiled ? filledHeight : Math.min(height, filledHeight);
  const blocksAcross = Math.ceil(width / blockWidth);
  const blocksDown = Math.ceil(height / blockHeight);
  const separate = planar === 2;
  const block = isTiled ? "Tile" : "Strip";
  const offsets = await tags.numbers(`${block}Offsets`);
  const byteCounts = await tags.numbers(`${block}ByteCounts`);
  const blocks = blocksAcross * blocksDown * (separate ? samples : 1);
  if (offsets === undefined || byteCounts === undefined) throw new TypeError("no pixel data");
  if (offsets.length < blocks || byteCounts.length < blocks) {
    throw new TypeError(`${offsets.length} of ${blocks} blocks`);
  }
  // A block that is left out has neither place nor size; with one of them alone, readers differ about what it is.
  const half = offsets.findIndex(
    (offset, i) => i < blocks && (offset === 0) !== (byteCounts[i] === 0),
  );
  if (half >= 0) {
    throw new TypeError(`block ${half} of ${byteCounts[half]} bytes at ${offsets[half]}`);
  }
  const layout = {
    kind,
    bits,
    width,
    height,
    samples,
    separate,
    compression,
    predictor,
    littleEndian,
    blockWidth,
    blockHeight,
    filledHeight,
    isTiled,
    blocksAcross,
    blocksDown,
    offsets,
    byteCounts,
    reversed: fillOrder === 2,
    jpegTables: await tags.numbers("JPEGTables"),
    lercParameters: await tags.numbers("LercParameters"),
  };
  if (rowBytes(layout) * blockHeight > MAX_BLOCK_BYTES) {
    throw new SceneError(
      "SCENE_TOO_LARGE",
      `${name} keeps ${blockWidth} × ${blockHeight} pixels in one ${block.toLowerCase()}, more than is held in memory: rewrite it with gdal_translate -co TILED=YES.`,
    );
  }
  return layout;
}

/** Bands in one block. */
export function samplesInBlock({ separate, samples }: Pick<Layout, "separate" | "samples">) {
  return separate ? 1 : samples;
}

/** Bytes of a row of a block; rows begin at a byte. */
export function rowBytes(
  layout: Pick<Layout, "separate" | "samples" | "blockWidth" | "bits">,
): number {
  return Math.ceil((layout.blockWidth * samplesInBlock(layout) * layout.bits) / 8);
}

/** A kind of file that is not read here, in one line. */
export function unsupported(name: string, what: string): SceneError {
  return new SceneError(
    "SCENE_UNSUPPORTED",
    `${name} has ${what}, which cannot be read here: rewrite it with gdal_translate -co COMPRESS=DEFLATE ${name} readable.tif.`,
  );
}

function positive(value: number | undefined, what: string): number {
  if (value === undefined || !Number.isSafeInteger(value) || value < 1) {
    throw new TypeError(`${what} ${value}`);
  }
  return value;
}

/** All bands of a TIFF file that can be read are of one kind, and writers may say so once. */
function same(values: readonly number[] | undefined, otherwise: number, what: string): number {
  const [first = otherwise, ...rest] = values ?? [];
  if (rest.some((value) => value !== first)) throw new TypeError(`bands of different ${what}`);
  return first;
}

function kindOf(format: number, bits: number): SampleType["kind"] | undefined {
  const isWhole = Number.isSafeInteger(bits) && bits >= 1;
  switch (format) {
    case 1:
    case 4: // "undefined" is read as unsigned by everybody
      return isWhole && (bits <= 32 || bits === 64) ? "uint" : undefined;
    case 2:
      return [8, 16, 32, 64].includes(bits) ? "int" : undefined;
    case 3:
      return [16, 24, 32, 64].includes(bits) ? "float" : undefined;
    default:
      return undefined;
  }
}

function typeName(format: number, bits: number): string {
  const names = ["unsigned", "signed", "floating-point", "unsigned", "complex", "complex"];
  return `${bits} bits (${names[format - 1] ?? `type ${format}`})`;
}

function canPredict(predictor: number, kind: SampleType["kind"], bits: number): boolean {
  switch (predictor) {
    case 1:
      return true;
    case 2:
      return [8, 16, 32, 64].includes(bits);
    case 3:
      return kind === "float";
    default:
      return false;
  }
}
