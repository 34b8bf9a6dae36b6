import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { detect } from "../../test/detect.ts";
import {
  dnOf,
  mtlGroups,
  mtlText,
  SUN_ELEVATION,
  writeProduct,
} from "../../test/landsatProduct.ts";
import { flat, UTM_10N, writeTiff } from "../../test/writeTiff.ts";
import { VOTE } from "../algorithms/landsat.ts";
import { valueAt } from "../scene/scene.ts";
import { type ReadSceneOptions, readScene, type SceneSource } from "./readScene.ts";

let folder: string;
let product: { text: string; json: string };
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "assay-landsat-"));
  product = await writeProduct(folder);
});
afterAll(() => rm(folder, { recursive: true }));

const landsat = (source: SceneSource | undefined, options: ReadSceneOptions = {}) =>
  readScene(source, { kind: "landsat", ...options });

function refused(source: SceneSource | undefined, options?: ReadSceneOptions) {
  return landsat(source, options).then(
    () => expect.unreachable("it was read"),
    (error) => error,
  );
}

/** Writes metadata that differ from the product's own. */
async function otherMetadata(changes: Parameters<typeof mtlGroups>[1]): Promise<string> {
  const path = join(await mkdtemp(join(folder, "other-")), "other_MTL.txt");
  const id = "LC08_L1TP_047022_20230818_20230823_02_T1";
  await writeFile(path, mtlText(mtlGroups(id, changes)));
  return path;
}

describe("a Landsat product", () => {
  test("is read from its metadata alone, as text and as JSON alike", async () => {
    const scene = await landsat(undefined, { mtl: product.text });
    expect(scene).toMatchObject({
      kind: "landsat",
      width: 8,
      height: 6,
      warnings: [],
      sunElevation: SUN_ELEVATION,
      acquired: "2023-08-18",
      acquiredAt: "18:42:11",
      sensor: { satellite: "Landsat 8", instrument: "OLI" },
      georeference: { epsg: 32610, columnX: 30 },
    });
    expect(await landsat(undefined, { mtl: product.json })).toEqual(scene);
    // Corrected for the sun: 0.1 measured at 30 degrees is 0.2.
    const [band7, band5] = [scene.bands["7"], scene.bands["5"]];
    if (band7 === undefined || band5 === undefined) expect.unreachable("bands are missing");
    expect(valueAt(band7, 0)).toBeCloseTo(0.1 / Math.sin(Math.PI / 6), 9);
    expect(valueAt(band5, 0)).toBeCloseTo(0.3 / Math.sin(Math.PI / 6), 4);
  });

  test("burns where it burns", async () => {
    const { pixels } = await detect(await landsat(undefined, { mtl: product.text }), VOTE, 64);
    expect(pixels.map(({ x, y, rule }) => ({ x, y, rule }))).toEqual([
      { x: 3, y: 2, rule: "schroeder+murphy+kumar-roy" },
    ]);
  });

  test("may lie in one file as well", async () => {
    const bands = [0.1, 0.08, 0.08, 0.06, 0.3, 0.18, 0.1].map((rho) => flat(dnOf(rho)));
    const path = await writeTiff(join(folder, "stack.tif"), bands);
    const scene = await landsat(path, { mtl: product.text });
    expect(valueAt(scene.bands["6"] ?? expect.unreachable("no band 6"), 5)).toBeCloseTo(0.36, 9);
    const bare = await landsat(path, { scale: 2e-5, offset: -5_000 });
    expect(bare.sunElevation).toBeUndefined();
    expect(bare.warnings).toEqual([expect.stringContaining("sun's elevation")]);
  });

  test("needs its metadata, or to be told", async () => {
    const path = await writeTiff(join(folder, "bare.tif"), Array(7).fill(flat(9_000)));
    expect(await refused(path)).toMatchObject({
      code: "METADATA_NEEDED",
      message: expect.stringContaining("--mtl"),
    });
  });
});

describe("what cannot be read says so, and what to do", () => {
  test("metadata that are missing, none, or of something else", async () => {
    const text = join(folder, "text_MTL.txt");
    await writeFile(text, "This is no metadata.");
    const json = join(folder, "half_MTL.json");
    await writeFile(json, '{"LANDSAT_METADATA_FILE": {');
    const cases: [string, string, string][] = [
      [join(folder, "none_MTL.txt"), "METADATA_NOT_FOUND", "_MTL.txt"],
      [folder, "METADATA_NOT_FOUND", "_MTL.txt"],
      [text, "METADATA_MALFORMED", "SPACECRAFT_ID"],
      [json, "METADATA_MALFORMED", "JSON"],
      [await otherMetadata({ SPACECRAFT_ID: "LANDSAT_7" }), "SCENE_WRONG_SENSOR", "LANDSAT_7"],
      [await otherMetadata({ SENSOR_ID: "TIRS" }), "SCENE_WRONG_SENSOR", "TIRS"],
      [await otherMetadata({ PROCESSING_LEVEL: "L2SP" }), "SCENE_WRONG_LEVEL", "level 1"],
      [await otherMetadata({ SUN_ELEVATION: -12.5 }), "SCENE_AT_NIGHT", "-12.5"],
      [await otherMetadata({ SUN_ELEVATION: "high" }), "METADATA_MALFORMED", "SUN_ELEVATION"],
      [await otherMetadata({ REFLECTANCE_MULT_BAND_7: 0 }), "METADATA_MALFORMED", "BAND_7"],
      [await otherMetadata({ DATE_ACQUIRED: "yesterday" }), "METADATA_MALFORMED", "yesterday"],
      [await otherMetadata({ FILE_NAME_BAND_1: "gone.TIF" }), "SCENE_NOT_FOUND", "gone.TIF"],
    ];
    for (const [mtl, code, says] of cases) {
      const error = await refused(undefined, { mtl });
      expect(error.code, mtl).toBe(code);
      expect(error.message).toContain(says);
      expect(error.message).not.toContain("\n");
    }
  });

  test("metadata do not choose files elsewhere", async () => {
    const mtl = await otherMetadata({ FILE_NAME_BAND_1: "../../../../etc/passwd" });
    expect(await refused(undefined, { mtl })).toMatchObject({
      code: "SCENE_NOT_FOUND",
      message: expect.stringContaining(join(dirname(mtl), "passwd")),
    });
  });

  test("bands of different sizes and places", async () => {
    const names = ["1", "2", "3", "4", "5", "6", "7"];
    const files = Object.fromEntries(
      await Promise.all(
        names.map(async (name) => {
          const path = join(folder, `grid_${name}.tif`);
          return [name, await writeTiff(path, [flat(9_000)])] as const;
        }),
      ),
    );
    expect(await landsat(files, { scale: 2e-5 })).toMatchObject({ width: 4, height: 3 });
    const larger = await writeTiff(join(folder, "larger.tif"), [flat(9_000, 8, 6)]);
    expect(await refused({ ...files, "5": larger }, { scale: 2e-5 })).toMatchObject({
      code: "SCENE_MIXED_SIZES",
      message: expect.stringMatching(/larger\.tif has 8 × 6 pixels and grid_1\.tif 4 × 3/),
    });
    const moved = await writeTiff(join(folder, "moved.tif"), [flat(9_000)], {
      ...UTM_10N,
      ModelTiepoint: [0, 0, 0, 500_030, 6_400_000, 0],
    });
    expect(await refused({ ...files, "7": moved }, { scale: 2e-5 })).toMatchObject({
      code: "SCENE_MIXED_SIZES",
      message: expect.stringContaining("same place"),
    });
    const { "6": six, ...rest } = files;
    expect(six).toBeDefined();
    expect(await refused(rest, { scale: 2e-5 })).toMatchObject({
      code: "BAND_MISSING",
      message: expect.stringContaining("band 6"),
    });
    const two = await writeTiff(join(folder, "two-bands.tif"), [flat(9_000), flat(9_000)]);
    expect(await refused({ ...files, "2": two }, { scale: 2e-5 })).toMatchObject({
      code: "BAND_MISSING",
      message: expect.stringContaining("two-bands.tif has 2 bands"),
    });
  });

  test("too few bands in one file, and a band that is cut short", async () => {
    const five = await writeTiff(join(folder, "five.tif"), Array(5).fill(flat(9_000)));
    expect(await refused(five, { scale: 2e-5 })).toMatchObject({
      code: "BAND_MISSING",
      message: expect.stringMatching(/has 5 bands \(0 to 4\).*1=0,2=1,3=2,4=3,5=4,6=5,7=6/),
    });
    const copy = await mkdtemp(join(folder, "cut-"));
    const cut = await writeProduct(copy);
    const band = join(copy, "LC08_L1TP_047022_20230818_20230823_02_T1_B6.TIF");
    await truncate(band, (await readFile(band)).length - 9);
    expect((await refused(undefined, { mtl: cut.text })).code).toBe("SCENE_TRUNCATED");
  });

  test("scenes of another sensor", async () => {
    const sentinel = await writeTiff(
      join(folder, "S2A_MSIL1C_20230514.tif"),
      Array(7).fill(flat(9_000)),
    );
    expect(await refused(sentinel, { scale: 1e-4 })).toMatchObject({
      code: "SCENE_WRONG_SENSOR",
      message: expect.stringContaining("Sentinel-2"),
    });
    const path = join(folder, "LC08_L1TP_047022_20230818_20230823_02_T1_B1.TIF");
    await expect(
      readScene({ "12": path, "11": path, nir: path }, { kind: "sentinel-2" }),
    ).rejects.toMatchObject({ code: "SCENE_WRONG_SENSOR" });
    await expect(readScene(sentinel, { kind: "viirs" })).rejects.toMatchObject({
      code: "SCENE_WRONG_SENSOR",
    });
  });

  test("kelvins that cannot be", async () => {
    const path = await writeTiff(join(folder, "kelvin.tif"), [
      flat(1),
      flat(1),
      flat(1),
      flat(3_000),
      flat(290),
      flat(40),
    ]);
    const { warnings } = await readScene(path, { kind: "viirs" });
    expect(warnings).toContainEqual(
      expect.stringMatching(/temperature \(K\) in band i4.*3\.00e\+3/),
    );
  });
});
