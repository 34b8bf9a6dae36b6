import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openRaster, type Raster } from "../../src/reader/geotiff/openRaster.ts";
import { createRandom } from "../../src/synthetic/random.ts";
import { mutated, startingFiles } from "../fuzz/geotiff.ts";

/** Another one than the system's may have rasterio: give its path. */
const PYTHON = process.env.PYTHON ?? "python3";
const hasRasterio = spawnSync(PYTHON, ["-c", "import rasterio"]).status === 0;

const SEED = Number(process.env.TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));
const MUTANTS = 1_000;

describe("pixels and masks are those that GDAL reads", () => {
  beforeEach((context) => {
    if (!hasRasterio) context.skip(`${PYTHON} has no rasterio: pip install rasterio`);
  });
  let all: string;
  beforeAll(async () => {
    all = await mkdtemp(join(tmpdir(), "assay-rasterio-"));
  });
  afterAll(() => rm(all, { recursive: true }));

  test.each([
    {
      script: "matrix.py",
      what: "byte order, compression, predictor, layout and type",
      least: 700,
    },
    { script: "masks.py", what: "nodata, masks, transparency and what lies beside", least: 1_100 },
  ])("$what", async ({ script, least }) => {
    const folder = await mkdtemp(join(all, "files-"));
    runScript(script, folder);
    const names = (await readdir(folder)).filter((name) => name.endsWith(".f32"));
    expect(names.length).toBeGreaterThan(least);
    for (const name of names) {
      const path = join(folder, name.replace(".f32", ".tif"));
      await using raster = await openRaster(path);
      const want = normalised(await readFile(join(folder, name)));
      expect(Buffer.compare(await pixelsOf(raster), want) === 0, name).toBe(true);
    }
  });

  test(`${MUTANTS} damaged files: what GDAL refuses is refused, and the rest read as it does (TEST_SEED=${SEED})`, async () => {
    const folder = await mkdtemp(join(all, "files-"));
    const random = createRandom(SEED);
    const files = await startingFiles();
    const accepted = new Map<string, Buffer>();
    for (let i = 0; i < MUTANTS; i++) {
      const path = join(folder, `${i}.tif`);
      await writeFile(path, mutated(random, files));
      try {
        await using raster = await openRaster(path);
        accepted.set(`${i}`, await pixelsOf(raster));
      } catch {
        await rm(path);
      }
    }
    runScript("mutants.py", folder);
    expect(accepted.size).toBeGreaterThan(MUTANTS / 10);
    for (const [name, got] of accepted) {
      const bytes = await readFile(join(folder, `${name}.f32`)).catch(() => undefined);
      expect(bytes, `${name}.tif, which GDAL refuses`).toBeDefined();
      const want = normalised(bytes ?? Buffer.alloc(0));
      // Odd numbers of bits in a strip that its writer filled up are zeros to GDAL 3.10, without a word.
      const isGivenUp = want.every((byte) => byte === 0);
      expect(Buffer.compare(got, want) === 0 || isGivenUp, `${name}.tif`).toBe(true);
    }
  });
});

function runScript(script: string, folder: string): void {
  const run = spawnSync(PYTHON, ["-B", fileURLToPath(new URL(script, import.meta.url)), folder]);
  expect(run.status, String(run.stderr)).toBe(0);
}

async function pixelsOf(raster: Raster): Promise<Buffer> {
  const read = await raster.read(raster.bands.map((_, i) => i));
  return Buffer.concat(read.map((band) => normalised(Buffer.from(band.buffer))));
}

/** Numbers of 32 bits with one NaN and one zero: their bits are nobody's promise. */
function normalised(bytes: Buffer): Buffer {
  const values = new Float32Array(new Uint8Array(bytes).buffer);
  return Buffer.from(values.map((value) => (value === 0 ? 0 : value)).buffer);
}
