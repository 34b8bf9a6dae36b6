import { readFile } from "node:fs/promises";
import type { AbortOptions } from "@assay/sdk";
import { CLASSES, drawDigit } from "../digits/drawDigit.ts";
import { TRAINING_SEED } from "../digits/train.ts";
import type { Graph } from "../graph/graph.ts";
import { ImageError } from "../images/imageError.ts";
import type { NamedImage } from "../images/namedImage.ts";
import { imageSize, normaliser } from "../images/normalise.ts";
import { checkImages, listImages, readImages } from "../images/readImages.ts";
import { workOfGraph } from "../layers/work.ts";
import type { InferenceOptions } from "./options.ts";

/** Images that calibrate, at most; fewer where they would take more multiplications in floats than this, a minute's. */
const SAMPLES = 32;
const SAMPLE_WORK = 3e10;

export interface OpenImages {
  images: NamedImage[];
  samples: NamedImage[];
  labels: string[];
  /** The least and the most that a pixel can become. */
  range: readonly [number, number];
  /** What the model takes of an image. */
  toInput: (image: NamedImage) => Float64Array;
}

/** Reads or draws the images, and those to calibrate with. */
export async function openImages(
  graph: Graph,
  options: InferenceOptions,
  { signal }: AbortOptions,
): Promise<OpenImages> {
  const size = imageSize(graph.inputShape);
  const { range, apply } = normaliser(options.normalisation, size);
  const read = async (folder: string, most: number) => {
    const names = (await listImages(folder)).slice(0, most);
    checkImages(names.length, size);
    const found: NamedImage[] = [];
    for await (const image of readImages(folder, names, { size, signal })) found.push(image);
    return found;
  };
  const { images: folder, calibration } = options;
  const sampled = Math.min(Math.max(Math.floor(SAMPLE_WORK / workOfGraph(graph)), 1), SAMPLES);
  const images =
    folder === undefined
      ? drawn(options.seed, options.count)
      : await read(folder, Number.POSITIVE_INFINITY);
  // Digits are calibrated with those that the model was trained with, as a model's owner would.
  const own = folder === undefined ? drawn(TRAINING_SEED, sampled) : images.slice(0, sampled);
  return {
    images,
    samples: calibration === undefined ? own : await read(calibration, sampled),
    labels: await readLabels(options, { signal }),
    range,
    toInput: ({ planes }) => apply(planes),
  };
}

function drawn(seed: number, count: number): NamedImage[] {
  return Array.from({ length: count }, (_, i) => {
    const { label, pixels } = drawDigit(seed, i);
    return { name: `digit-${seed}-${i}`, planes: pixels, label };
  });
}

async function readLabels({ labels, model }: InferenceOptions, { signal }: AbortOptions) {
  if (labels === undefined) {
    return model === undefined ? Array.from({ length: CLASSES }, (_, i) => String(i)) : [];
  }
  try {
    const text = await readFile(labels, { encoding: "utf8", signal });
    return text.trimEnd().split(/\r?\n/);
  } catch (cause) {
    signal?.throwIfAborted();
    throw new ImageError(`${labels} cannot be read: give a file with a class a line to --labels.`, {
      cause,
    });
  }
}
