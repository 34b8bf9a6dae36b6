import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { echo } from "../../../test/fixtures/programs.ts";
import { localRunner } from "../../test/localRunner.ts";
import { type Output, readPipeline, runPipeline, toMermaid, toSvg } from "../index.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "assay-yaml-"));
  await writeFile(join(folder, "echo.wasm"), echo.wasm);
  await writeFile(
    join(folder, "steps.ts"),
    `export const words = (page: string) => page.split(" ");
     export const isLong = (word: string) => word.length > 3;
     export const lengthOf = (word: string) => word.length;
     export const sum = (all: number[]) => all.reduce((a, b) => a + b, 0);
     export const share = ({ page, all }: { page: number; all: number }) => page + "/" + all;`,
  );
  for (const [day, text] of [
    ["1", "some words here"],
    ["1", "a few more words"],
    ["2", "nothing else"],
  ] as const) {
    await mkdir(join(folder, "days", day), { recursive: true });
    await writeFile(join(folder, "days", day, `${text.length}.txt`), text);
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const HEAD =
  "name: count\ninputs:\n  pages: { files: days/*/*.txt, type: text, epochs: folder }\nsteps:\n";
const WORDS = "  words: { flatMap: ./steps.ts#words, from: pages, gives: text }\n";

async function read(steps: string, text = `${HEAD}${steps}`) {
  const path = join(folder, "pipeline.yaml");
  await writeFile(path, text);
  return readPipeline(path);
}

test("a file with every kind of step runs as one in TypeScript does", async () => {
  const pipeline = await read(`${WORDS}
  same: { program: ./echo.wasm, from: words, gives: text, runner: near, maxSteps: 100000, onFailure: { retry: 2, backoffMs: 1 } }
  long: { filter: ./steps.ts#isLong, from: same }
  lengths: { map: ./steps.ts#lengthOf, from: long, gives: number }
  perPage: { reduce: ./steps.ts#sum, from: lengths, per: pages, arity: 2 }
  total: { reduce: ./steps.ts#sum, from: perPage }
  shares: { join: ./steps.ts#share, from: { page: perPage, all: total }, gives: text }
`);
  const outputs: Output[] = [];
  const runners = { near: localRunner() };
  await runPipeline(pipeline, { runners, onOutput: (output) => outputs.push(output) });
  const shown = outputs.map(({ path, value }) => `${path.join(".")} ${value}`).toSorted();
  expect(shown).toEqual(["0.0 13/22", "0.1 9/22", "1.0 11/11"]);
  expect(toMermaid(pipeline)).toContain('step_perPage[\\"perPage<br/>reduce per pages"/]');
  expect(toMermaid(pipeline)).toContain('step_words -->|"text"| step_same');
  expect(await toSvg(pipeline)).toMatch(/<svg .*shares/s);
});

test.each([
  [
    "a cycle",
    "  a: { map: ./steps.ts#sum, from: b }\n  b: { map: ./steps.ts#sum, from: a }\n",
    "5:6: Step a needs itself: a → b → a. Take one of these edges out.",
  ],
  [
    "an unknown step",
    "  a: { map: ./steps.ts#sum, from: page }\n",
    "5:6: Step a takes from page, but there is no such step: there are pages, a.",
  ],
  [
    "a type that does not fit",
    `${WORDS}  a: { map: ./steps.ts#sum, from: words, takes: number }\n`,
    "Step a takes number, but words gives text: change one of them, or put a map between them.",
  ],
  [
    "a missing program",
    "  a: { program: ./no.wasm, from: pages }\n",
    /5:17: steps\.a\.program names .*no\.wasm, which cannot be read \(ENOENT\)\./,
  ],
  [
    "a missing module",
    "  a: { map: ./no.ts#f, from: pages }\n",
    /5:13: steps\.a\.map names .*no\.ts, which cannot be read \(ENOENT\)\./,
  ],
  [
    "a missing function",
    "  a: { map: ./steps.ts#f, from: pages }\n",
    "5:13: steps.a.map names f, but that module has words, isLong, lengthOf, sum, share.",
  ],
  [
    "an unknown key",
    "  a: { map: ./steps.ts#sum, form: pages }\n",
    /5:35: steps\.a\.form is not known: there are program, map,/,
  ],
  [
    "two kinds",
    "  a: { map: ./steps.ts#sum, filter: ./steps.ts#sum, from: pages }\n",
    "5:6: steps.a is one of program, map, filter, flatMap, reduce, join, effect: name what it runs under one of these keys.",
  ],
  [
    "a wrong number",
    "  a: { reduce: ./steps.ts#sum, from: pages, arity: many }\n",
    "steps.a.arity is many: give a whole number from 2 on.",
  ],
  [
    "a wrong policy",
    "  a: { map: ./steps.ts#sum, from: pages, onFailure: ignore }\n",
    "steps.a.onFailure is ignore: give stop, skip, or retry: and a number below it.",
  ],
  [
    "a fan-in without a fan-out",
    "  a: { reduce: ./steps.ts#sum, from: pages, per: pages }\n",
    "gives one item for each of pages, but pages has no fan-out behind pages.",
  ],
  ["no YAML", "  a: {\n", /6:1: is no valid YAML/],
  [
    "a step without an input",
    "  a: { map: ./steps.ts#sum }\n",
    "5:6: steps.a takes from no step: name one under from.",
  ],
])("%s is one clear line", async (_, steps, said) => {
  const failure = await read(steps).then(
    () => undefined,
    (error) => error,
  );
  expect(failure).toMatchObject({ code: "PIPELINE_INVALID" });
  const [line, ...more] = failure.message.replaceAll(`${folder}/pipeline.yaml:`, "").split("\n");
  expect(more).toEqual([]);
  if (typeof said === "string") expect(line).toContain(said);
  else expect(line).toMatch(said);
});

test("a module that no node would run, and a runner that there is not, stop a run before it begins", async () => {
  await writeFile(join(folder, "broken.wasm"), "not a module");
  const broken = await read("  a: { program: ./broken.wasm, from: pages }\n");
  const runners = { near: localRunner() };
  await expect(runPipeline(broken, { runners })).rejects.toThrow(
    "5:6: Step a has a program that no node would run",
  );
  const far = await read("  a: { program: ./echo.wasm, from: pages, runner: far }\n");
  await expect(runPipeline(far, { runners })).rejects.toThrow(
    "Step a has the runner far, but there are near.",
  );
});
