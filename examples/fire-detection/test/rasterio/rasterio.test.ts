import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openRaster } from "../../src/reader/geotiff/openRaster.ts";

/** Another one than the system's may have rasterio: give its path. */
const PYTHON = process.env.PYTHON ?? "python3";
const hasRasterio = spawnSync(PYTHON, ["-c", "import rasterio"]).status === 0;

/** Ten seconds on a machine that does nothing else. */

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
    const run = spawnSync(PYTHON, ["-B", fileURLToPath(new URL(script, import.meta.url)), folder]);
    expect(run.status, String(run.stderr)).toBe(0);
    const names = (await readdir(folder)).filter((name) => name.endsWith(".f32"));
    expect(names.length).toBeGreaterThan(least);
    for (const name of names) {
      const path = join(folder, name.replace(".f32", ".tif"));
      await using raster = await openRaster(path);
      const bytes = await readFile(join(folder, name));
      const read = await raster.read(raster.bands.map((_, i) => i));
      const got = Buffer.concat(read.map((band) => new Uint8Array(normalised(band).buffer)));
      const want = new Float32Array(new Uint8Array(bytes).buffer);
      const isSame = Buffer.compare(got, Buffer.from(normalised(want).buffer)) === 0;
      expect(isSame, name).toBe(true);
    }
  });
});

/** One NaN and one zero: their bits are nobody's promise. */
function normalised(values: Float32Array): Float32Array<ArrayBuffer> {
  return Float32Array.from(values, (value) => (value === 0 ? 0 : value));
}
