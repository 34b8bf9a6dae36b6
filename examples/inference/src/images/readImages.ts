import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { AbortOptions } from "@assay/sdk";
import { createCanvas, loadImage } from "@napi-rs/canvas";
import { ImageError } from "./imageError.ts";
import type { NamedImage } from "./namedImage.ts";
import { problemOf } from "./pictureFormat.ts";

const EXTENSIONS = /\.(png|jpe?g|webp|gif|bmp|avif)$/i;
const MAX_FILE_BYTES = 64 << 20;
/** So large a picture takes 400 MB once it is decoded. */
const MAX_PIXELS = 100e6;
/** All images of a run are in memory, in the size that the model takes. */
const MAX_BYTES = 2 ** 31;
/** Of a model's image. Canvases are no larger. */
const MAX_SIDE = 1 << 14;

/** Channels × rows × columns that a model takes. */
export interface ImageSize {
  channels: number;
  rows: number;
  columns: number;
}

/**
 * The names of a folder's images, sorted.
 * @throws {@link ImageError} when there is none.
 */
export async function listImages(folder: string): Promise<string[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (cause) {
    throw new ImageError(`The folder ${folder} cannot be read: give another one.`, { cause });
  }
  const images = names.filter((name) => EXTENSIONS.test(name)).toSorted();
  if (images.length > 0) return images;
  throw new ImageError(`The folder ${folder} has no images: put PNG, JPEG or WebP files into it.`);
}

/**
 * Refuses what would not fit memory, before anything is read.
 * @throws {@link ImageError}
 */
export function checkImages(count: number, { channels, rows, columns }: ImageSize): void {
  const bytes = channels * rows * columns;
  if (Math.max(rows, columns) > MAX_SIDE) {
    throw new ImageError(
      `The model takes images of ${rows} × ${columns}, and at most ${MAX_SIDE} rows and columns are supported: export it for smaller ones.`,
    );
  }
  if (count * bytes <= MAX_BYTES) return;
  throw new ImageError(
    `${count} images of ${bytes} bytes each are more than the ${MAX_BYTES} bytes that a run has room for: run on ${Math.floor(MAX_BYTES / bytes)} at a time.`,
  );
}

/**
 * Decodes images one after another and scales each to the model's size.
 * @param names - files of `folder`.
 * @throws {@link ImageError} that names the file which cannot be decoded.
 */
export async function* readImages(
  folder: string,
  names: readonly string[],
  { size, signal }: { size: ImageSize } & AbortOptions,
): AsyncGenerator<NamedImage> {
  for (const name of names) {
    signal?.throwIfAborted();
    yield { name, planes: await readPlanes(join(folder, name), size) };
  }
}

async function readPlanes(path: string, size: ImageSize): Promise<Uint8Array> {
  const { channels, rows, columns } = size;
  const image = await decode(path);
  const context = createCanvas(columns, rows).getContext("2d");
  // What is transparent is black.
  context.fillStyle = "#000";
  context.fillRect(0, 0, columns, rows);
  context.imageSmoothingQuality = "high";
  context.drawImage(image, 0, 0, columns, rows);
  const { data } = context.getImageData(0, 0, columns, rows);
  const area = rows * columns;
  const planes = new Uint8Array(channels * area);
  for (let i = 0; i < area; i++) {
    const [red = 0, green = 0, blue = 0] = data.subarray(i * 4, i * 4 + 3);
    // Rec. 601, as picture libraries make grey of colours.
    if (channels === 1) planes[i] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
    else [planes[i], planes[area + i], planes[2 * area + i]] = [red, green, blue];
  }
  return planes;
}

async function decode(path: string) {
  const refuse = (why: string, cause?: unknown) =>
    new ImageError(
      `${path} is no picture that can be read${why && ` (${why})`}: give a PNG, JPEG or WebP of at most ${MAX_PIXELS / 1e6} million pixels, or take it away.`,
      { cause },
    );
  try {
    const found = await stat(path);
    if (!found.isFile()) throw refuse("no file"); // a pipe may have no end
    if (found.size > MAX_FILE_BYTES) throw refuse(`${found.size} bytes are too large`);
    const bytes = await readFile(path);
    const problem = problemOf(bytes);
    if (problem !== undefined) throw refuse(problem);
    const image = await loadImage(bytes);
    const { width, height } = image;
    if (width * height > MAX_PIXELS) throw refuse(`${width} × ${height} is too large`);
    return image;
  } catch (cause) {
    throw cause instanceof ImageError ? cause : refuse("", cause);
  }
}
