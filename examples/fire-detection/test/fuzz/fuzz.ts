import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { expect } from "vitest";
import { MODIS_COLUMNS, toFirmsCsv } from "../../src/outputs/firmsCsv.ts";
import { openRaster } from "../../src/reader/geotiff/openRaster.ts";
import { readLandsatMetadata } from "../../src/reader/landsatMtl.ts";
import { SceneError } from "../../src/scene/sceneError.ts";
import { createRandom, type Random } from "../../src/synthetic/random.ts";
import { inTheGulf } from "../../src/synthetic/syntheticScene.ts";
import { writeProduct } from "../landsatProduct.ts";
import { patch } from "../patch.ts";
import { mutated, startingFiles } from "./geotiff.ts";
import { mutatedMetadata } from "./mtl.ts";

export interface FuzzOptions {
  seed: number;
  inputs: number;
}

/** One input takes no longer, on a machine that has other things to do as well. */
const MOST_MS = 20_000;
/** What all inputs together may leave behind or take at a time. */
const MOST_BYTES = 2 ** 30;

/** Runs a reader on an input: it gives something, or one line that says why not, soon and without much memory. */
async function survives<T>(label: string, read: () => Promise<T>): Promise<T | undefined> {
  const started = performance.now();
  let result: T | undefined;
  try {
    result = await read();
  } catch (error) {
    if (!(error instanceof SceneError))
      throw new Error(`${label}: not a refusal`, { cause: error });
    expect(error.message, label).not.toContain("\n");
  }
  expect(performance.now() - started, label).toBeLessThan(MOST_MS);
  const { rss } = process.memoryUsage();
  expect(rss - BEFORE, label).toBeLessThan(MOST_BYTES);
  return result;
}

const BEFORE = process.memoryUsage().rss;

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "assay-fuzz-"));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function* streams({ seed, inputs }: FuzzOptions): Generator<{ n: number; random: Random }> {
  const all = createRandom(seed);
  for (let n = 0; n < inputs; n++) yield { n, random: all.fork(n) };
}

/** @param onAccepted - hears of every input that was read as a picture, with what was read. */
export async function fuzzGeotiff(
  options: FuzzOptions,
  onAccepted?: (input: { n: number; bytes: Buffer; bands: Float32Array[] }) => Promise<void>,
): Promise<{ accepted: number }> {
  const files = await startingFiles();
  let accepted = 0;
  await inFolder(async (folder) => {
    const path = join(folder, "input.tif");
    for (const { n, random } of streams(options)) {
      const bytes = mutated(random, files);
      await writeFile(path, bytes);
      const bands = await survives(`TEST_SEED=${options.seed}, input ${n}`, async () => {
        await using raster = await openRaster(path);
        const read = await raster.read(raster.bands.map((_, i) => i));
        for (const band of read) expect(band).toHaveLength(raster.width * raster.height);
        return read;
      });
      if (bands === undefined) continue;
      accepted++;
      await onAccepted?.({ n, bytes, bands });
    }
  });
  return { accepted };
}

export async function fuzzMetadata(options: FuzzOptions): Promise<{ accepted: number }> {
  let accepted = 0;
  await inFolder(async (folder) => {
    const product = await writeProduct(folder);
    const starts = await Promise.all(
      [product.text, product.json].map((path) => readFile(path, "utf8")),
    );
    const path = join(folder, "input_MTL.txt");
    for (const { n, random } of streams(options)) {
      await writeFile(path, mutatedMetadata(random, starts));
      const label = `TEST_SEED=${options.seed}, input ${n}`;
      const found = await survives(label, () => readLandsatMetadata(path));
      if (found === undefined) continue;
      accepted++;
      const moment = `${found.acquired}T${found.acquiredAt}.000Z`;
      expect(new Date(moment).toISOString(), label).toBe(moment);
      expect(found.sunElevation > 0 && found.sunElevation <= 90, label).toBe(true);
      for (const { multiplier, addend } of Object.values(found.reflectance)) {
        expect(multiplier > 0 && Number.isFinite(multiplier + addend), label).toBe(true);
      }
      for (const file of Object.values(found.files))
        expect(file.startsWith(folder), label).toBe(true);
    }
  });
  return { accepted };
}

/** What is written as CSV is read back by a strict reader, whatever satellites are called and however large numbers are. */
export async function fuzzCsv(options: FuzzOptions): Promise<void> {
  const base = { ...patch("modis", 8, { t4: 300 }), georeference: inTheGulf(8, 8, 1_000) };
  for (const { n, random } of streams(options)) {
    const sensor = { satellite: word(random), instrument: word(random) };
    const scene = { ...base, sensor, acquired: "2023-05-14", acquiredAt: "19:29:01" };
    const number = () => random.normal() * 10 ** (30 * random.next());
    const pixels = Array.from({ length: Math.floor(4 * random.next()) }, (_, i) => ({
      x: i,
      y: Math.floor(8 * random.next()),
      rule: word(random),
      values: { brightness_t4_k: number(), frp_mw: number(), confidence_percent: 50, is_day: 1 },
    }));
    const found = { pixels, validPixels: 64, unknownPixels: 0 };
    const csv = toFirmsCsv(scene, found, { name: "modis" });
    const rows: Record<string, string>[] = parse(csv, { columns: true, record_delimiter: "\n" });
    const label = `TEST_SEED=${options.seed}, input ${n}`;
    expect(rows, label).toHaveLength(pixels.length);
    for (const [i, row] of rows.entries()) {
      expect(Object.keys(row), label).toEqual([...MODIS_COLUMNS]);
      expect(row, label).toMatchObject(sensor);
      const power = pixels[i]?.values.frp_mw ?? 0;
      expect(Math.abs(Number(row.frp) - power), label).toBeLessThan(0.01 + 1e-9 * Math.abs(power));
    }
  }
}

/** Letters and everything that means something in CSV. */
function word(random: Random): string {
  const letters = ['"', ",", "\n", "\r", ";", " ", "\t", "'", "=", "é", "火", "A", "1"];
  const length = Math.floor(random.next() * 8);
  const text = Array.from({ length }, () => letters[Math.floor(random.next() * letters.length)]);
  return `x${text.join("")}`;
}
