import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "./processes.ts";
import { blocks, fileOf } from "./readme.ts";

// The README promises what two commands print and what its script does. It is held to it, to what `npm start` prints by start.test.ts.

test("npm test is the command that the README and CI run", async () => {
  expect(blocks("console")[1]).toMatch(/^\$ npm test\n/);
  expect(fileOf("test")).toBe(join(ROOT, "test/run.ts"));
  expect(await readFile(join(ROOT, ".ci/run"), "utf8")).toMatch(/^exec npm test$/m);
});

// packages.test.ts runs it.
test("the script is the example's, and short", async () => {
  const source = await readFile(join(ROOT, "examples/hello/src/main.ts"), "utf8");
  expect(blocks("ts")).toEqual([source]);
  expect(source.trimEnd().split("\n").length).toBeLessThanOrEqual(20);
});
