import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { flat, writeTiff } from "../../../test/writeTiff.ts";
import { openRaster } from "./openRaster.ts";

const FIXTURES = fileURLToPath(new URL("../../../test/fixtures/geotiff/", import.meta.url));
const expected: Record<string, (number | null)[][]> = JSON.parse(
  await readFile(join(FIXTURES, "expected.json"), "utf8"),
);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "assay-raster-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function readAll(path: string): Promise<(number | null)[][]> {
  await using raster = await openRaster(path);
  const bands = await raster.read(raster.bands.map((_, i) => i));
  return bands.map((band) => Array.from(band, (value) => (Number.isFinite(value) ? value : null)));
}

async function refused(path: string) {
  const error = await readAll(path).then(
    () => expect.unreachable("it was read"),
    (reason) => reason,
  );
  expect(error.message).not.toContain("\n");
  return error;
}

/** A copy of a fixture whose bytes are changed; these are little-endian, of the older kind. */
async function changed(
  fixture: string,
  name: string,
  change: (bytes: Buffer, entry: (tag: number) => number) => void,
): Promise<string> {
  const bytes = await readFile(join(FIXTURES, `${fixture}.tif`));
  const directory = bytes.readUInt32LE(4);
  change(bytes, (tag) => {
    for (let i = 0; i < bytes.readUInt16LE(directory); i++) {
      const at = directory + 2 + 12 * i;
      if (bytes.readUInt16LE(at) === tag) return at;
    }
    return expect.unreachable(`there is no tag ${tag}`);
  });
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

describe("reads what GDAL reads, where it says that something was measured", () => {
  test.each(Object.keys(expected))("%s", async (name) => {
    expect(await readAll(join(FIXTURES, `${name}.tif`))).toEqual(expected[name]);
  });
});

describe("what is not read is called by its name, in one line", () => {
  test.each([
    [34_925, "LZMA"],
    [34_712, "JPEG 2000"],
    [50_001, "WebP"],
    [50_002, "JPEG XL"],
    [6, "old-style JPEG"],
    [4, "CCITT Group 4 fax"],
    [12_345, "compression 12345"],
  ])("compression %i", async (compression, says) => {
    const path = await changed("mask-beside", `compression-${compression}.tif`, (bytes, entry) => {
      bytes.writeUInt16LE(compression, entry(259) + 8);
    });
    expect(await refused(path)).toMatchObject({
      code: "SCENE_UNSUPPORTED",
      message: expect.stringMatching(new RegExp(`${says} pixels.*gdal_translate`)),
    });
  });

  test.each([
    [339, 6, "16 bits (complex)"],
    [339, 3, undefined],
    [262, 6, "YCbCr"],
    [262, 8, "CIE L*a*b*"],
  ])("tag %i of %i", async (tag, value, says) => {
    const path = await changed("nodata-nan", `${tag}-${value}.tif`, (bytes, entry) => {
      bytes.writeUInt16LE(value, entry(tag) + 8);
      if (tag === 339) bytes.writeUInt16LE(16, entry(258) + 8);
    });
    if (says === undefined) {
      expect(await readAll(path)).toHaveLength(1);
    } else {
      expect(await refused(path)).toMatchObject({
        code: "SCENE_UNSUPPORTED",
        message: expect.stringContaining(says),
      });
    }
  });

  test("a predictor that its samples cannot have", async () => {
    const path = await changed("stack-of-11-bits", "predictor.tif", (bytes, entry) => {
      bytes.writeUInt16LE(2, entry(317) + 8);
    });
    expect(await refused(path)).toMatchObject({
      code: "SCENE_UNSUPPORTED",
      message: expect.stringContaining("predictor 2 with samples of 11 bits"),
    });
  });

  test.each<[string, string, (bytes: Buffer, entry: (tag: number) => number) => void]>([
    [
      "a further sample of no kind that there is",
      "transparency",
      (bytes, entry) => bytes.writeUInt16LE(4, entry(338) + 8),
    ],
    [
      "a strip that has a place and no size",
      "stack-of-11-bits",
      (bytes, entry) => bytes.writeUInt32LE(0, entry(279) + 8),
    ],
    [
      "parameters of LERC that are no whole numbers",
      "lerc-uint8",
      (bytes, entry) => bytes.writeUInt16LE(5, entry(50674) + 2),
    ],
  ])("%s", async (what, fixture, change) => {
    const path = await changed(fixture, `${what}.tif`, change);
    expect(await refused(path)).toMatchObject({ code: "SCENE_NOT_A_GEOTIFF" });
  });

  test("a strip of more pixels than there is room for", async () => {
    const path = await changed("stack-of-24-bits", "half.tif", (bytes, entry) => {
      bytes.writeUInt16LE(4, entry(256) + 8);
    });
    expect(await refused(path)).toMatchObject({ code: "SCENE_DAMAGED" });
  });

  test("a block that is damaged, and what it was compressed with", async () => {
    const path = await changed("mask-inside", "damaged.tif", (bytes, entry) => {
      bytes.fill(
        0xa5,
        bytes.readUInt32LE(entry(273) + 8) + 4,
        bytes.readUInt32LE(entry(273) + 8) + 40,
      );
    });
    expect(await refused(path)).toMatchObject({
      code: "SCENE_DAMAGED",
      message: expect.stringMatching(/damaged\.tif is damaged: its strip 0 \(Deflate\)/),
    });
  });
});

test("a band of transparency counts where the nodata value is none that a sample can be", async () => {
  const path = join(folder, "nodata-of-no-sample.tif");
  await copyFile(join(FIXTURES, "transparency.tif"), path);
  const pam =
    '<PAMDataset><PAMRasterBand band="1"><NoDataValue>-9999</NoDataValue></PAMRasterBand></PAMDataset>';
  await writeFile(`${path}.aux.xml`, pam);
  expect(await readAll(path)).toEqual(expected.transparency);
});

test("closes its files once, whatever fails and whoever closes again", async () => {
  const path = await writeTiff(join(folder, "twice.tif"), [flat(1)]);
  const raster = await openRaster(path);
  await raster[Symbol.asyncDispose]();
  await raster[Symbol.asyncDispose]();
  await expect(raster.read([0])).rejects.toMatchObject({ code: "SCENE_UNREADABLE" });
});

test("says what it did not understand", async () => {
  await using raster = await openRaster(join(FIXTURES, "words.tif"));
  expect(raster.warnings).toEqual([
    expect.stringContaining("words.tif.aux.xml is not well-formed XML"),
    expect.stringContaining('"one"'),
    expect.stringContaining('"none", is read as 0'),
  ]);
  expect(raster.bands[0]?.scale).toBeUndefined();
});

test("takes scale and offset from GDAL's roles, whatever their names", async () => {
  await using raster = await openRaster(join(FIXTURES, "roles.tif"));
  expect(raster.bands).toMatchObject([{ scale: undefined }, { scale: 0.5, offset: -0.25 }]);
});
