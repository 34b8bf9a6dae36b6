import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import { writeProduct } from "./landsatProduct.ts";

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
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
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
