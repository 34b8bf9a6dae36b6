import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { echo } from "../../../test/fixtures/programs.ts";
import { call } from "../../test/call.ts";

// Every block of the pages on pipelines is run.

const page = (path: string) => readFile(new URL(`../../../${path}`, import.meta.url), "utf8");
const blocksOf = (text: string) =>
  [...text.matchAll(/^```(\w+)\n(.*?)^```/gms)].map(([, language = "", code = ""]) => ({
    language,
    code,
  }));

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "assay-pipeline-docs-"));
  await mkdir(join(folder, "pages"));
  await writeFile(join(folder, "pages", "1.txt"), "the quick brown fox");
  await writeFile(join(folder, "pages", "2.txt"), "a lazy dog");
  await writeFile(join(folder, "echo.wasm"), echo.wasm);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs a file of the folder. @returns what it printed. */
async function node(file: string): Promise<string> {
  const child = spawn(process.execPath, [file], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  }
  const [status] = await once(child, "close");
  expect(status, said).toBe(0);
  return said;
}

/** Writes a block into the folder, under the name in its first line. */
async function write(code: string, name: string): Promise<void> {
  const resolved = code.replaceAll(
    '"@assay/pipelines"',
    JSON.stringify(import.meta.resolve("@assay/pipelines")),
  );
  await writeFile(join(folder, name), resolved);
}

/** Runs a line of a shell block, its files in the folder. */
async function shell(line: string) {
  const words = line.split(" ").slice(1);
  const argv = words.map((word) =>
    /^[\w]+\.\w+$|^results$/.test(word) ? join(folder, word) : word,
  );
  const called = await call(argv);
  expect([line, called.exitCode, called.exitCode === 0 ? "" : called.stderr]).toEqual([
    line,
    0,
    "",
  ]);
  return called.stdout;
}

test("the README's block prints what it says", async () => {
  const [block, ...others] = blocksOf(await page("pipelines/README.md"));
  expect(others).toEqual([]);
  await write(block?.code ?? "", "readme.ts");
  const said = (await node("readme.ts")).trimEnd().split("\n");
  expect(said).toEqual([
    "run 1: ofAll is 5",
    "pages 0, words 2, lengths 7, longest 2, ofAll 1",
    "run 2: ofAll is 5",
    "pages 0, words 0, lengths 0, longest 0, ofAll 0",
  ]);
});

test("every block of docs/pipelines.md runs", async () => {
  const blocks = blocksOf(await page("docs/pipelines.md"));
  const said = new Map<string, string>();
  for (const { language, code } of blocks) {
    if (language === "sh") {
      const lines = code.trim().split("\n");
      for (const [i, line] of lines.entries()) said.set(`${i} ${line}`, await shell(line));
      continue;
    }
    const [, name = ""] = /^(?:\/\/|#) (\S+)\n/.exec(code) ?? [];
    await write(code, name);
    if (name === "notify.ts" || name === "stream.ts") said.set(name, await node(name));
  }
  expect(blocks).toHaveLength(7);
  expect(said.get("0 assay pipeline plan temperatures.ts")).toMatch(
    /^lines +flatMap +this process +0 +3$/m,
  );
  expect(said.get("1 assay pipeline run temperatures.ts --out results")).toMatch(
    /^readings +map +6 +0 +1 +0$/m,
  );
  expect(said.get("2 assay pipeline run temperatures.ts")).toMatch(/^readings +map +0 +6 +1 +0$/m);
  expect(said.get("3 assay pipeline status temperatures.ts")).toMatch(
    /^temperatures, begun .*: done$/m,
  );
  expect(existsSync(join(folder, "temperatures.svg"))).toBe(true);
  expect(await readFile(join(folder, "results", "belowRecord", "0.0"), "utf8")).toBe(
    "rome 4 below",
  );
  expect(await readdir(join(folder, "results", "belowRecord"))).toHaveLength(3);
  expect(said.get("notify.ts")).toBe("2 sent\n");
  expect(said.get("stream.ts")).toBe("epoch 0: 3\nepoch 1: 12\n");
  const again = JSON.parse(
    said.get("1 assay pipeline run words.yaml --runner same=in-process --json") ?? "",
  );
  expect(again.steps.find(({ name }: { name: string }) => name === "same")).toMatchObject({
    runner: "in-process",
    done: 0,
    reused: 7,
  });
  expect(said.get("2 assay pipeline graph words.yaml")).toContain("flowchart LR");
});

test("what is wrong is one line and an exit code", async () => {
  const at = (name: string) => join(folder, name);
  await writeFile(
    at("wrong.yaml"),
    "name: wrong\ninputs:\n  a: { files: x }\nsteps:\n  b: { map: ./no.ts#f, from: a }\n",
  );
  const wrong = await call(["pipeline", "run", at("wrong.yaml")]);
  expect(wrong).toMatchObject({ exitCode: 2, stdout: "" });
  expect(wrong.stderr).toMatch(
    /^assay: .*wrong\.yaml:5:13: steps\.b\.map names .*no\.ts, which cannot be read \(ENOENT\)\.\n$/,
  );
  for (const file of ["no.yaml", "no.ts"]) {
    const missing = await call(["pipeline", "plan", at(file)]);
    expect(missing).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(`${file} cannot be read (ENOENT)`),
    });
  }
  await writeFile(at("none.ts"), "export const a = 1;");
  const none = await call(["pipeline", "run", at("none.ts")]);
  expect(none.stderr).toContain(
    'none.ts exports no pipeline: add "export default definePipeline(…)".',
  );
  const runner = await call(["pipeline", "run", at("words.yaml"), "--runner", "far"]);
  expect(runner).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining(
      "Step same has the runner far, but there are in-process, threads, processes, default, http, market.",
    ),
  });
  const status = await call(["pipeline", "status", at("none.ts")]);
  expect(status).toMatchObject({ exitCode: 3, stderr: expect.stringContaining("There is no ") });
});
