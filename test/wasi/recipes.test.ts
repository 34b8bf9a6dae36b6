import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { linkWasi, Outcome, runProgram } from "@assay/sdk/program";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCli } from "../../cli/src/cli.ts";
import { startedThings, temporaryFolder } from "../../worker/test/network.ts";
import { commandOf } from "../fixtures/wasi.ts";
import { hasCompiler, type Language, sh } from "./toolchains.ts";

// Every block of the page's section about WASI is run as it stands, where its compiler is installed.

const page = await readFile(
  fileURLToPath(new URL("../../docs/programs.md", import.meta.url)),
  "utf8",
);
const [, section = ""] = /^## Programs in C.*?\n(.*?)^## /ms.exec(page) ?? [];
const started = startedThings();
let folder: string;
beforeAll(async () => {
  folder = await temporaryFolder(started);
});
afterAll(() => started.end());

const blocksOf = (text: string, language: string) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].map(
    ([, block = ""]) => block,
  );

/** Runs a block of commands: those of `assay` in this process, the others by a shell. */
async function runCommands(block: string): Promise<void> {
  for (const line of block.trim().split("\n")) {
    if (!line.startsWith("assay ")) {
      await sh(line, folder);
      continue;
    }
    const inFolder = (word: string) =>
      word.replace(/[\w-]+\.(wasm|csv)$/, (name) => join(folder, name));
    const words = line
      .split(" ")
      .slice(1)
      // What is before `=` is a path in the program.
      .map((word) =>
        word
          .split("=")
          .map((part, i, all) => (i === all.length - 1 ? inFolder(part) : part))
          .join("="),
      );
    expect([line, await runCli(words, { env: {}, stdout: process.stderr })]).toEqual([line, 0]);
  }
}

test.for<[Language, string, string]>([
  ["C", "c", "sum-c.wasm"],
  ["Rust", "rust", "sum-rust.wasm"],
  ["Zig", "zig", "sum-zig.wasm"],
  ["Go", "go", "sum-go.wasm"],
])("the recipe for %s", async ([language, fence, built], { skip }) => {
  const recipe = section.split(/^### /m).find((part) => part.startsWith(`${language}\n`)) ?? "";
  const [source = ""] = blocksOf(recipe, fence);
  const [commands = ""] = blocksOf(recipe, "sh");
  const [, file = ""] = /^\/\/ (\S+)\n/.exec(source) ?? [];
  expect([file, commands]).toEqual([`sum.${file.split(".")[1]}`, expect.stringContaining(built)]);
  skip(!(await hasCompiler(language)), `no compiler for ${language}`);

  await writeFile(join(folder, file), source);
  await runCommands(commands);
  const wasm = new Uint8Array(await readFile(join(folder, built)));
  const give = (input: string) => {
    const run = runProgram({ wasm, input: new TextEncoder().encode(input) });
    return run.outcome === Outcome.ok ? new TextDecoder().decode(run.bytes) : run.outcome;
  };
  expect(give("1 2\n39\n")).toBe("3 42\n");
  expect(give("")).toBe("0 0\n");
});

test("the examples of building", async () => {
  const [intro = ""] = section.split(/^### /m);
  const [commands = ""] = blocksOf(intro, "sh");
  const [example = ""] = blocksOf(intro, "ts");
  const command = commandOf({ start: "(call $echo (i32.const 100))" });
  await writeFile(join(folder, "command.wasm"), command);
  await writeFile(join(folder, "table.csv"), "1,2");
  await runCommands(commands);
  expect(existsSync(join(folder, "program.wasm"))).toBe(true);

  const [imports = "", rest = ""] = example.split("\n\n");
  expect(imports).toBe('import { linkWasi } from "@assay/sdk/program";');
  const table = new TextEncoder().encode("1,2");
  const program = new Function("linkWasi", "command", "table", `${rest} return program;`);
  expect(program(linkWasi, command, table)).toEqual(
    new Uint8Array(await readFile(join(folder, "program.wasm"))),
  );
});
