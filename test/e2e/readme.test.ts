import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT, startRun } from "./processes.ts";

// The README promises what the two commands print and what its script does. Both are held to it.

const readme = await readFile(join(ROOT, "README.md"), "utf8");
const scripts: Record<string, string> = JSON.parse(
  await readFile(join(ROOT, "package.json"), "utf8"),
).scripts;

/** The contents of every code block of a language. */
function blocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].map(
    ([, text = ""]) => text,
  );
}

/** What a script of package.json hands to `setup.mjs`. */
function fileOf(script: string): string {
  const [, file] = /^node setup\.mjs (\S+)$/.exec(scripts[script] ?? "") ?? [];
  if (file === undefined) throw new Error(`there is no script ${script} that runs by setup.mjs`);
  return join(ROOT, file);
}

/** A run's output without what differs from run to run: numbers, addresses, and how they are aligned. */
function shape(output: string): string[] {
  return output
    .split("\n")
    .map((line) =>
      line
        .replaceAll(/0x[\da-fA-F]+(…[\da-fA-F]+)?/g, "0x…")
        .replaceAll(/\d[\d.,]*/g, "#")
        .replaceAll(/─+/g, "─")
        .replaceAll(/\s+/g, " ")
        .trimEnd(),
    )
    .filter((line) => line !== "");
}

test("npm start prints what the README shows", async () => {
  const [block = ""] = blocks("console");
  expect(block).toMatch(/^\$ npm start\n/);
  const out = await mkdtemp(join(tmpdir(), "assay-readme-"));
  const { ended, alive } = startRun(fileOf("start"), ["--out", out]);
  const { code, stdout } = await ended;
  await rm(out, { recursive: true });
  expect(code).toBe(0);
  expect(alive()).toEqual([]);
  const printed = stdout.replaceAll(out, "out/fire-detection");
  expect(shape(printed)).toEqual(shape(block.replace("$ npm start\n", "")));
});

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
