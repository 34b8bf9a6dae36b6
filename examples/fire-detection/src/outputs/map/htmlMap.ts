import { readFile } from "node:fs/promises";
import type { AbortOptions } from "@assay/sdk";
import { type Canvas, createCanvas } from "@napi-rs/canvas";
import { attribution } from "../../scene/attribution.ts";
import { pixelCentre, pixelSizeMetres, toLonLat } from "../../scene/georeference.ts";
import { round as roundDegrees } from "../../scene/outline.ts";
import type { Pixel } from "../../scene/scene.ts";
import { escapeMarkup } from "../markup/escapeMarkup.ts";
import { MAX_RINGS, ringsOf } from "../quicklook/clusters.ts";
import { compositeOf, falseColour } from "../quicklook/falseColour.ts";
import { marksOf } from "../quicklook/marks.ts";
import type { QuicklookContents } from "../quicklook/renderQuicklook.ts";
import { pageOf } from "./page.ts";

/** A larger scene is drawn smaller: a browser has to hold the picture in a line of text. */
const MAX_PICTURE_SIDE = 2_048;

/** The page has longitudes and latitudes at the corners of this many cells a side, and interpolates between them. */
const MESH_CELLS = 8;

/**
 * A map as one HTML file that needs no network and no other file: the scene in false colours, every fire on it, and a list of
 * them. Its policy forbids the browser to load or send anything.
 */
export async function renderHtmlMap(
  contents: QuicklookContents,
  { signal }: AbortOptions = {},
): Promise<string> {
  const part = (name: string) =>
    readFile(new URL(name, import.meta.url), { encoding: "utf8", signal });
  const [style, script] = await Promise.all([part("page.css"), part("page.js")]);
  const picture = shrink(falseColour(contents.scene));
  return pageOf({
    title: escapeMarkup(`Active fire: ${contents.scene.name}`),
    style,
    // "</script>" in a name would end the script that holds it.
    data: JSON.stringify(await dataOf(contents, picture)).replaceAll("<", "\\u003c"),
    script,
  });
}

function shrink(picture: Canvas): Canvas {
  const factor = Math.min(1, MAX_PICTURE_SIDE / Math.max(picture.width, picture.height));
  if (factor === 1) return picture;
  const smaller = createCanvas(
    Math.max(1, Math.round(picture.width * factor)),
    Math.max(1, Math.round(picture.height * factor)),
  );
  const context = smaller.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, smaller.width, smaller.height);
  return smaller;
}

/** The data of the page's script. */
async function dataOf(
  { scene, algorithm, detections, evaluation }: QuicklookContents,
  picture: Canvas,
) {
  const { georeference, width, height } = scene;
  const placeAt = (column: number, row: number) => {
    if (georeference === undefined) return undefined;
    const at = { x: (column * width) / MESH_CELLS, y: (row * height) / MESH_CELLS };
    const { lon, lat } = toLonLat(georeference, at);
    return [roundDegrees(lon), roundDegrees(lat)];
  };
  const along = Array.from({ length: MESH_CELLS + 1 }, (_, i) => i);
  const middle = { x: width / 2, y: height / 2 };
  const marks = marksOf(detections.pixels, evaluation);
  const wrong = new Set(marks.false);
  const place = new Map<Pixel, number>(detections.pixels.map((pixel, i) => [pixel, i]));
  return {
    name: scene.name,
    when: [scene.acquired, scene.acquiredAt && `${scene.acquiredAt} UTC`].filter(Boolean).join(" "),
    satellite: scene.sensor?.satellite ?? "",
    citation: algorithm.citation,
    credit: attribution(scene) ?? "",
    width,
    height,
    metresPerPixel: georeference === undefined ? null : pixelSizeMetres(georeference, middle).width,
    // Of a mesh over the picture, row by row.
    places:
      georeference === undefined
        ? null
        : along.map((row) => along.map((column) => placeAt(column, row))),
    validPixels: detections.validPixels,
    colours: compositeOf(scene).colours,
    picture: `data:image/png;base64,${(await picture.encode("png")).toString("base64")}`,
    fires: detections.pixels.map((pixel) => {
      const place = georeference && pixelCentre(georeference, pixel);
      const values = algorithm.values
        .filter(({ name }) => pixel.values[name] !== undefined)
        .map(({ name, decimals }) => [
          name.replaceAll("_", " "),
          (pixel.values[name] ?? 0).toFixed(decimals),
        ]);
      return {
        x: pixel.x,
        y: pixel.y,
        rule: pixel.rule,
        values,
        ...(place === undefined ? {} : { lon: place.lon, lat: place.lat }),
        ...(wrong.has(pixel) ? { wrong: true } : {}),
      };
    }),
    // As the quicklook rings them; `fires` are places in the list of fires.
    groups: ringsOf(scene, marks).map(({ x, y, radius, pixels }) => ({
      ...{ x, y, radius },
      fires: pixels.map((pixel) => place.get(pixel)).filter((i) => i !== undefined),
    })),
    rings: MAX_RINGS,
    missed: (evaluation?.falseNegatives ?? []).map(({ x, y }) => [x, y]),
    scores:
      evaluation === undefined
        ? null
        : { precision: evaluation.precision, recall: evaluation.recall, f1: evaluation.f1 },
  };
}
