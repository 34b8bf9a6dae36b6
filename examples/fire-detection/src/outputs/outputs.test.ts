import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCanvas, loadImage } from "@napi-rs/canvas";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OutputFolderError } from "../../../shared/src/outputFolder/outputFolder.ts";
import { hotmapReference } from "../../test/reference/hotmap.ts";
import { HOTMAP } from "../algorithms/sentinel2.ts";
import { evaluate } from "../evaluation/evaluate.ts";
import { pixelCentre } from "../scene/georeference.ts";
import { constantBand, type Scene } from "../scene/scene.ts";
import { makeScene } from "../synthetic/syntheticScene.ts";
import type { Detections } from "../tiles/detection.ts";
import { toGeoJson as geoJsonOf } from "./geojson.ts";
import { renderQuicklook } from "./quicklook/renderQuicklook.ts";
import { writeOutputs } from "./writeOutputs.ts";

const SIZE = { width: 200, height: 160 };
const { georeference, truth, acquired, ...nowhere } = makeScene({ seed: 4, ...SIZE, fires: 3 });
if (georeference === undefined) throw new TypeError("a synthetic scene has a place");
const scene = { ...nowhere, georeference, acquired: "2023-05-14" };

const detections = hotmapReference(scene);
const run = { scene, detections, tile: 32, algorithm: HOTMAP };
const toGeoJson = (of: Scene, found: Detections) => geoJsonOf(of, found, HOTMAP);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "assay-outputs-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("writeOutputs", () => {
  test("writes all its files into a folder that it makes", async () => {
    const out = join(folder, "a", "b");
    const files = await writeOutputs(out, run);
    expect(files).toEqual({
      geojson: join(out, "fires.geojson"),
      csv: join(out, "fires.csv"),
      png: join(out, "quicklook.png"),
      html: join(out, "map.html"),
      kml: join(out, "fires.kml"),
      stac: join(out, "item.json"),
    });
    const csv = (await readFile(join(out, "fires.csv"), "utf8")).trimEnd().split("\n");
    expect(csv[0]).toBe(
      "latitude,longitude,bright_ti4,scan,track,acq_date,acq_time,satellite,instrument,confidence,version,bright_ti5,frp,daynight",
    );
    expect(csv).toHaveLength(1 + detections.pixels.length);
    const [pixel] = detections.pixels;
    if (pixel === undefined) expect.unreachable("the scene must burn");
    const { lon, lat } = pixelCentre(georeference, pixel);
    expect(csv[1]).toBe(
      `${lat.toFixed(5)},${lon.toFixed(5)},,0.020,0.020,2023-05-14,1030,,,,assay-hotmap-1,,,`,
    );
  });

  test("writes no CSV for a scene whose place is unknown", async () => {
    const out = join(folder, "nowhere");
    const files = await writeOutputs(out, { ...run, scene: nowhere });
    expect([files.csv, files.kml, files.stac]).toEqual([undefined, undefined, undefined]);
    const { features, bbox } = JSON.parse(await readFile(files.geojson, "utf8"));
    expect(bbox).toBeUndefined();
    expect(features).toHaveLength(detections.pixels.length);
    expect(features[0].geometry).toBeNull();
    expect(features[0].properties).toMatchObject({ column: detections.pixels[0]?.x });
  });
});

describe("a disk that takes nothing", () => {
  test.skipIf(!existsSync("/dev/full"))(
    "is named in one line, with what to do, when it is full",
    async () => {
      const out = join(folder, "full");
      await mkdir(out);
      await symlink("/dev/full", join(out, "fires.csv"));
      const error = await writeOutputs(out, run).catch((reason) => reason);
      expect(error).toMatchObject({
        code: "OUTPUT_FOLDER",
        message: expect.stringMatching(/fires\.csv \(the disk is full\): make room.*--out/),
      });
      expect(error.message).not.toContain("\n");
      // Nothing is left that could be taken for a whole file.
      await expect(readFile(join(out, "fires.csv"))).rejects.toMatchObject({ code: "ENOENT" });
    },
  );

  test("nor where a file stands in the way", async () => {
    const out = join(folder, "way");
    await mkdir(join(out, "fires.geojson"), { recursive: true });
    await expect(writeOutputs(out, run)).rejects.toMatchObject({
      code: "OUTPUT_FOLDER",
      message: expect.stringContaining("it is a folder"),
    });
    await expect(writeOutputs(join(out, "quicklook.png"), run)).rejects.toMatchObject({
      code: "OUTPUT_FOLDER",
    });
  });

  test.each([
    ["EROFS", "the disk is read-only"],
    ["EACCES", "no permission"],
    ["EDQUOT", "make room"],
  ])("says what %s means", (code, says) => {
    expect(new OutputFolderError("out", Object.assign(new Error(), { code })).message).toContain(
      says,
    );
  });
});

describe("toGeoJson", () => {
  test("places every fire at the middle of its pixel", () => {
    const { type, features, bbox } = JSON.parse(toGeoJson(scene, detections));
    expect(type).toBe("FeatureCollection");
    expect(features).toHaveLength(detections.pixels.length);
    for (const [i, pixel] of detections.pixels.entries()) {
      const { lon, lat } = pixelCentre(georeference, pixel);
      const { geometry, properties } = features[i];
      expect(geometry.type).toBe("Point");
      expect(geometry.coordinates[0]).toBeCloseTo(lon, 6);
      expect(geometry.coordinates[1]).toBeCloseTo(lat, 6);
      expect(properties).toMatchObject({ column: pixel.x, row: pixel.y, rule: pixel.rule });
      expect(properties).toMatchObject({ acq_date: "2023-05-14", pixel_width_m: 20 });
      expect(geometry.coordinates[0]).toBeGreaterThanOrEqual(bbox[0]);
      expect(geometry.coordinates[1]).toBeLessThanOrEqual(bbox[3]);
    }
  });

  test("is a valid collection when nothing burns", () => {
    const { features, bbox } = JSON.parse(
      toGeoJson(scene, { pixels: [], validPixels: 5, unknownPixels: 0 }),
    );
    expect(features).toEqual([]);
    expect(bbox).toBeUndefined();
  });

  test("credits Copernicus where it is due", () => {
    const sensor = { satellite: "Sentinel-2B", instrument: "MSI" };
    expect(JSON.parse(toGeoJson({ ...scene, sensor }, detections)).attribution).toBe(
      "Contains modified Copernicus Sentinel data 2023",
    );
    expect(toGeoJson(scene, detections)).not.toContain("Copernicus");
  });
});

describe("renderQuicklook", () => {
  async function coloursOf(png: Uint8Array): Promise<Map<string, number>> {
    const image = await loadImage(Buffer.from(png));
    const context = createCanvas(image.width, image.height).getContext("2d");
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    const counts = new Map<string, number>();
    for (let i = 0; i < data.length; i += 4) {
      const colour = `${data[i]},${data[i + 1]},${data[i + 2]}`;
      counts.set(colour, (counts.get(colour) ?? 0) + 1);
    }
    return counts;
  }
  const FIRE = "255,210,31";
  const MISSED = "53,214,255";
  const FALSE = "255,79,216";

  test("marks fires, and with the truth also what was missed and what was none", async () => {
    const without = await coloursOf(await renderQuicklook(run));
    expect(without.get(FIRE)).toBeGreaterThan(100);
    expect(without.has(MISSED)).toBe(false);
    expect(without.has(FALSE)).toBe(false);

    const evaluation = evaluate(detections.pixels, truth);
    expect(evaluation.falseNegatives.length).toBeGreaterThan(0);
    expect(evaluation.falsePositives.length).toBeGreaterThan(0);
    const withTruth = await coloursOf(await renderQuicklook({ ...run, evaluation }));
    for (const colour of [FIRE, MISSED, FALSE]) expect(withTruth.get(colour)).toBeGreaterThan(30);
  });

  test.each([
    { width: 1, height: 1 },
    { width: 3, height: 700 },
    { width: 900, height: 2 },
  ])("draws scenes of any shape: $width × $height", async ({ width, height }) => {
    const band = (dn: number) => ({
      ...constantBand(0),
      scale: 1e-4,
      dn: new Float32Array(width * height).fill(dn),
    });
    const odd: Scene = {
      ...scene,
      width,
      height,
      bands: { "12": band(9_000), "11": band(4_000), nir: band(2_000) },
    };
    const found = hotmapReference(odd);
    expect(found.pixels).toHaveLength(width * height);
    const image = await loadImage(
      Buffer.from(await renderQuicklook({ ...run, scene: odd, detections: found })),
    );
    expect(image.width).toBeLessThan(1_500);
    expect(image.height).toBeLessThan(1_200);
  });

  test("draws a scene in which nothing was measured", async () => {
    const dn = new Float32Array(SIZE.width * SIZE.height).fill(Number.NaN);
    const band = { ...constantBand(0), dn };
    const blank: Scene = { ...nowhere, bands: { "12": band, "11": band, nir: band } };
    const colours = await coloursOf(
      await renderQuicklook({
        ...run,
        scene: blank,
        detections: { pixels: [], validPixels: 0, unknownPixels: 0 },
      }),
    );
    expect(colours.has("0,0,0")).toBe(true);
  });
});
