import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { flat, UTM_10N, writeTiff } from "../../test/writeTiff.ts";
import { pixelCentre } from "../scene/georeference.ts";
import { readScene } from "./readScene.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "assay-scene-"));
});
afterAll(() => rm(folder, { recursive: true }));

const bands = [flat(3_000), flat(2_000), flat(1_000)];

function refused(path: string, options?: Parameters<typeof readScene>[1]) {
  return readScene(path, options).then(
    () => expect.unreachable("it was read"),
    (error) => error,
  );
}

/** Changes entries of a file's first directory in place; the writer of these tests is big-endian. */
async function editTags(
  path: string,
  edit: (tag: number, view: DataView, entry: number) => void,
): Promise<void> {
  const bytes = await readFile(path);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const directory = view.getUint32(4);
  for (let i = 0; i < view.getUint16(directory); i++) {
    const entry = directory + 2 + 12 * i;
    edit(view.getUint16(entry), view, entry);
  }
  await writeFile(path, bytes);
}

describe("readScene", () => {
  test("reads bands, size, place and day", async () => {
    const path = await writeTiff(join(folder, "T10_20230514.tif"), bands);
    const scene = await readScene(path);
    expect(scene).toMatchObject({
      name: "T10_20230514.tif",
      width: 4,
      height: 3,
      acquired: "2023-05-14",
      kind: "sentinel-2",
      warnings: [],
      bands: { "12": { scale: 1e-4, offset: 0, nodata: 0, saturation: 65_535 } },
      georeference: { epsg: 32610, originX: 500_000, originY: 6_400_000, columnX: 20, rowY: -20 },
    });
    expect([...(scene.bands["12"]?.dn ?? [])]).toEqual(Array(12).fill(3_000));
    expect([...(scene.bands["11"]?.dn ?? [])]).toEqual(Array(12).fill(2_000));
    expect([...(scene.bands.nir?.dn ?? [])]).toEqual(Array(12).fill(1_000));
  });

  test("takes bands from where it is told", async () => {
    const path = await writeTiff(join(folder, "order.tif"), [flat(1), flat(2), flat(3), flat(4)]);
    const scene = await readScene(path, { bands: { "12": 3, "11": 0, nir: 1 }, scale: 1 });
    expect([scene.bands["12"]?.dn[0], scene.bands["11"]?.dn[0], scene.bands.nir?.dn[0]]).toEqual([
      4, 1, 2,
    ]);
  });

  test("keeps rows and columns apart", async () => {
    const rows = [
      [10, 11],
      [20, 21],
      [30, 31],
    ];
    const path = await writeTiff(join(folder, "rows.tif"), [rows, rows, rows]);
    expect([...((await readScene(path, { scale: 0.01 })).bands["12"]?.dn ?? [])]).toEqual([
      10, 11, 20, 21, 30, 31,
    ]);
  });

  test("places pixels where the projection has them", async () => {
    // On its central meridian UTM is exact: easting 500,000 is 123° W.
    const path = await writeTiff(join(folder, "place.tif"), bands, {
      ...UTM_10N,
      ModelTiepoint: [0, 0, 0, 499_990, 0, 0],
    });
    const { georeference } = await readScene(path);
    if (georeference === undefined) expect.unreachable("no georeference");
    const { lon, lat } = pixelCentre(georeference, { x: 0, y: 0 });
    expect(lon).toBeCloseTo(-123, 9);
    expect(lat).toBeCloseTo(-10 / 110_574 / 0.9996, 8);
  });

  test("leaves out what the file says was not measured", async () => {
    const row = [[77, 0, 3_000]];
    const path = await writeTiff(join(folder, "nodata.tif"), [row, row, row], {
      ...UTM_10N,
      GDAL_NODATA: "77",
    });
    const scene = await readScene(path);
    // Where the file says it, 0 is a number like any other.
    expect([...(scene.bands["12"]?.dn ?? [])]).toEqual([Number.NaN, 0, 3_000]);
    expect(scene.bands["12"]?.nodata).toBeNaN();
  });

  test("places rasters of points half a pixel off", async () => {
    const path = await writeTiff(join(folder, "point.tif"), bands, {
      ...UTM_10N,
      GTRasterTypeGeoKey: 2,
    });
    expect((await readScene(path)).georeference).toMatchObject({
      originX: 499_990,
      originY: 6_400_010,
    });
  });

  test("reads a file without georeference, and warns", async () => {
    const path = await writeTiff(join(folder, "nowhere.tif"), bands);
    // The writer adds a georeference of its own where it is given none: hide the tie point under an unknown tag.
    await editTags(path, (tag, view, entry) => {
      if (tag === 33_922) view.setUint16(entry, 33_921);
    });
    const scene = await readScene(path);
    expect(scene.georeference).toBeUndefined();
    expect(scene.warnings).toEqual([expect.stringContaining("column and row only")]);
  });

  test.each([
    { scale: 1e-9, offset: 0 },
    { scale: 1, offset: 0 },
    { scale: 1e-4, offset: -60_000 },
  ])("warns of reflectances that cannot be: $scale, $offset", async (options) => {
    const path = await writeTiff(join(folder, "scale.tif"), bands);
    expect((await readScene(path, options)).warnings).toEqual([expect.stringContaining("--scale")]);
  });

  test("refuses a scene in which nothing was measured", async () => {
    const zeros = await writeTiff(join(folder, "empty.tif"), [flat(0), flat(0), flat(0)]);
    const nans = await writeTiff(join(folder, "nan.tif"), [flat(0), flat(5), flat(5)]);
    for (const path of [zeros, nans]) {
      expect(await refused(path)).toMatchObject({
        code: "SCENE_EMPTY",
        message: expect.stringContaining("nothing to search"),
      });
    }
  });

  test("says what to do when it cannot", async () => {
    const good = await writeTiff(join(folder, "two.tif"), [flat(1), flat(2)]);
    const text = join(folder, "text.tif");
    await writeFile(text, "This is no image.");
    const empty = join(folder, "zero.tif");
    await writeFile(empty, "");
    const unknown = await writeTiff(join(folder, "crs.tif"), bands, {
      ...UTM_10N,
      ProjectedCSTypeGeoKey: 31_370,
    });
    const errors = await Promise.all([
      refused(join(folder, "none.tif")),
      refused(join(good, "below.tif")),
      refused(folder),
      refused(text),
      refused(empty),
      refused(good),
      refused(good, { bands: { "12": 0, "11": 1, nir: 9 } }),
      refused(unknown),
    ]);
    expect(errors.map((error) => error.code)).toEqual([
      "SCENE_NOT_FOUND",
      "SCENE_NOT_FOUND",
      "SCENE_IS_A_DIRECTORY",
      "SCENE_NOT_A_GEOTIFF",
      "SCENE_NOT_A_GEOTIFF",
      "BAND_MISSING",
      "BAND_MISSING",
      "SCENE_UNKNOWN_CRS",
    ]);
    for (const error of errors) expect(error.message).not.toContain("\n");
    expect(errors[5].message).toContain("has 2 bands (0 to 1)");
    expect(errors[5].message).toContain("--bands 12=0,11=1,nir=2");
  });

  test("calls a user-defined coordinate system by its own name, and by no code", async () => {
    const path = await writeTiff(join(folder, "own-crs.tif"), bands, {
      ...UTM_10N,
      ProjectedCSTypeGeoKey: 32_767,
      GTCitationGeoKey: "Mine grid of the north",
    });
    const error = await refused(path);
    expect(error).toMatchObject({
      code: "SCENE_UNKNOWN_CRS",
      message: expect.stringMatching(/user-defined.*"Mine grid of the north"/),
    });
    expect(error.message).not.toContain("32767");
  });

  test("refuses a file that claims more pixels than a scene can have, before it reads them", async () => {
    const path = await writeTiff(join(folder, "huge.tif"), bands);
    await editTags(path, (tag, view, entry) => {
      if (tag !== 256 && tag !== 257) return; // width and height
      view.setUint16(entry + 2, 4);
      view.setUint32(entry + 8, 1_000_000);
    });
    expect((await refused(path)).code).toBe("SCENE_TOO_LARGE");
  });

  test("never takes a cut file for a whole one, wherever it is cut", async () => {
    const path = await writeTiff(join(folder, "cut.tif"), [
      flat(9, 20, 20),
      flat(8, 20, 20),
      flat(7, 20, 20),
    ]);
    const { length } = await readFile(path);
    const codes = new Set<string>();
    for (let size = length - 1; size >= 0; size -= size > 1_200 ? 150 : 29) {
      await truncate(path, size);
      codes.add((await refused(path)).code);
    }
    expect([...codes].sort()).toEqual(["SCENE_NOT_A_GEOTIFF", "SCENE_TRUNCATED"]);
  });

  test("stops when it is told to", async () => {
    const path = await writeTiff(join(folder, "abort.tif"), bands);
    await expect(readScene(path, { signal: AbortSignal.abort() })).rejects.toThrow(
      expect.objectContaining({ name: "AbortError" }),
    );
  });
});
