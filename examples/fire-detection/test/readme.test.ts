import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createCanvas, loadImage } from "@napi-rs/canvas";
import { afterAll, expect, test } from "vitest";
import { longTest } from "../../../test/fixtures/long.ts";
import { blockOf } from "../../shared/src/readme/readmeBlock.ts";
import { measureConfidence } from "../docs/confidence.ts";
import {
  BLOCKS,
  type BlockName,
  drawPicture,
  fileOf,
  markdownOf,
  measureTiles,
  README,
} from "../docs/generate.ts";
import { REAL_PIXELS } from "../src/accuracy/markdown.ts";
import { ALGORITHM_NAMES } from "../src/algorithms/algorithm.ts";
import { ALGORITHMS } from "../src/algorithms/algorithms.ts";
import { writeProduct } from "./landsatProduct.ts";

const readme = await readFile(README, "utf8");
const folder = await mkdtemp(join(tmpdir(), "assay-fire-readme-"));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Where what the README's code uses comes from. */
const SOURCES = {
  ALGORITHMS: "../src/algorithms/algorithms.ts",
  readScene: "../src/reader/readScene.ts",
  prepareFireJob: "../src/job/job.ts",
  runOnRunner: "../../shared/src/runners/runCollected.ts",
  writeOutputs: "../src/outputs/writeOutputs.ts",
};

test("the README's code finds the fire of a Landsat product", async () => {
  const [, code = ""] = /^```ts\n(.*?)^```/ms.exec(readme) ?? [];
  const { text } = await writeProduct(folder);
  const out = join(folder, "out");
  await mkdir(out);
  const imports = Object.entries(SOURCES).map(
    ([name, from]) => `import { ${name} } from "${new URL(from, import.meta.url)}";`,
  );
  const file = join(folder, "readme.ts");
  const runners = import.meta.resolve("@assay/runners");
  await writeFile(
    file,
    [
      ...imports,
      `import { threadsRunner } from "${runners}";`,
      code.replace("LC08_…_MTL.txt", text).replace('"out"', JSON.stringify(out)),
      "export const found = detections.pixels;",
    ].join("\n"),
  );
  const { found } = await import(pathToFileURL(file).href);
  expect(found).toMatchObject([{ x: 3, y: 2 }]);
  expect(await readdir(out)).toContain("fires.geojson");
});

test.each(Object.keys(BLOCKS) as BlockName[])(
  "the README's block %s is what the committed figures say",
  async (name) => {
    expect(blockOf(readme, name)).toBe(await markdownOf(name));
  },
);

test("the README's table of methods has each algorithm's halo and sensor", () => {
  const rows = [...readme.matchAll(/^\| `([\w-]+)` +\| ([^|]+?) +\|.*\| (\d+) +\|$/gm)];
  const said = Object.fromEntries(rows.map(([, name, , halo]) => [name, Number(halo)]));
  const own = ALGORITHM_NAMES.filter((name) => name !== "learned"); // it has a section of its own
  expect(said).toEqual(Object.fromEntries(own.map((name) => [name, ALGORITHMS[name].halo])));
});

test("the README says what the learned detector finds in the real scene", () => {
  const { learned, hotmap, besideHotmap } = REAL_PIXELS;
  const text = readme.replaceAll(/\s+/g, " ");
  expect(text).toContain(
    `it finds the ${hotmap} pixels of HOTMAP, ${besideHotmap} that touch one of them, and ${learned - hotmap - besideHotmap} elsewhere`,
  );
});

/** Gas beside disputes: how many moves of these fall into one transaction depends on who is faster. */
const plainGas = ({ gasTotal, gasOfDispute }: { gasTotal: number; gasOfDispute: number }) =>
  gasTotal - gasOfDispute;

longTest("10,000 tiles cost what the README says", async () => {
  const committed = JSON.parse(await readFile(fileOf(BLOCKS.tiles.figures), "utf8"));
  const again = JSON.parse(measureTiles().toString());
  const { tiles, firePixels, precision, recall, slashedWei } = committed;
  const same = { tiles, firePixels, precision, recall, slashedWei, sameAsInProcess: true };
  expect(again).toMatchObject(same);
  expect(plainGas(again) / plainGas(committed)).toBeCloseTo(1, 1);
});

longTest("the learned detector's confidence is worth what the README says", async () => {
  const committed = JSON.parse(await readFile(fileOf(BLOCKS.confidence.figures), "utf8"));
  expect(await measureConfidence()).toEqual(committed);
});

longTest("the picture at the README's top is the quicklook of the run without flags", async () => {
  const pixels = async (bytes: Uint8Array) => {
    const image = await loadImage(Buffer.from(bytes));
    const context = createCanvas(image.width, image.height).getContext("2d");
    context.drawImage(image, 0, 0);
    return context.getImageData(0, 0, image.width, image.height).data;
  };
  const committed = await pixels(await readFile(fileOf("synthetic.webp")));
  const again = await pixels(await drawPicture());
  expect(again.length).toBe(committed.length);
  const off = again.reduce((sum, value, i) => sum + Math.abs(value - (committed[i] ?? 0)), 0);
  expect(off / again.length).toBeLessThan(1); // of 255: another machine's fonts and curves
});
