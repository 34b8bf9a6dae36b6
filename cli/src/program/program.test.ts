import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Writable } from "node:stream";
import { inspectProgram } from "@assay/sdk/program";
import { afterEach, beforeEach, expect, test } from "vitest";
import { commandOf, moduleOf } from "../../../test/fixtures/wasi.ts";
import { failureOf } from "../../../worker/src/process/failure.ts";
import { type Started, startedThings, temporaryFolder } from "../../../worker/test/network.ts";
import { runCli } from "../cli.ts";

let started: Started;
let folder: string;
beforeEach(async () => {
  started = startedThings();
  folder = await temporaryFolder(started);
});
afterEach(() => started.end());

const at = (name: string) => join(folder, name);
const put = (name: string, content: Uint8Array | string) => writeFile(at(name), content);

/** What `assay program …` prints and how it ends. */
async function program(...argv: string[]) {
  const printed = { stdout: "", stderr: "" };
  const to = (name: keyof typeof printed) =>
    new Writable({
      write(chunk, _, done) {
        printed[name] += chunk;
        done();
      },
    });
  try {
    const streams = { stdout: to("stdout"), stderr: to("stderr") };
    const exitCode = await runCli(["program", ...argv], { env: {}, ...streams });
    return { exitCode, ...printed };
  } catch (error) {
    return { ...failureOf(error), ...printed };
  }
}

/** Echoes, and complains meanwhile; gives up when there is no input. */
const complaining = commandOf({
  rest: '(data (i32.const 512) "hm")',
  start: `(call $write (i32.const 2) (i32.const 512) (i32.const 2))
    (if (i32.eqz (call $read (i32.const 1024) (i32.const 64))) (then (call $proc_exit (i32.const 4))))
    (call $write (i32.const 1) (i32.const 1024) (i32.load (i32.const 8)))`,
});

test("a WASI command is built, inspected and run", async () => {
  await put("command.wasm", complaining);
  await put("table.csv", "1,2");
  const inspected = await program("inspect", at("command.wasm"));
  expect(inspected.stdout).toContain("WASI command: link it with assay program build");

  const environment = ["--arg", "a,b", "--arg=--c", "--env", "A=1,2=3"];
  const file = ["--file", `data/t.csv=${at("table.csv")}`];
  const rest = [...environment, ...file, "--memory-pages", "30", "--json"];
  const built = await program("build", at("command.wasm"), "--out", at("p.wasm"), ...rest);
  expect(built.exitCode).toBe(0);
  const wasm = new Uint8Array(await readFile(at("p.wasm")));
  const fields = JSON.parse(built.stdout);
  expect(fields).toMatchObject({ bytes: wasm.length, memoryPages: 30 });
  expect(inspectProgram(wasm).memory.maxPages).toBe(30);
  const text = new TextDecoder("latin1").decode(wasm);
  for (const packed of ["program\0a,b\0--c\0", "A=1,2=3\0", "t.csv", "1,2"]) {
    expect(text).toContain(packed);
  }
  const again = await program("build", at("command.wasm"), "--out", at("q.wasm"), ...rest);
  expect(JSON.parse(again.stdout)).toMatchObject({ cid: fields.cid });
  const { stdout } = await program("inspect", at("p.wasm"), "--json");
  expect(JSON.parse(stdout)).toMatchObject({ kind: "program", cid: fields.cid, memoryPages: 30 });

  await put("input", "hello");
  const run = await program("run", at("p.wasm"), at("input"));
  expect(run).toMatchObject({ exitCode: 0, stdout: "hello" });
  expect(run.stderr).toMatch(/^outcome +ok\nfuelUsed +\d+\nresultBytes +5\n$/);
  const heard = await program("run", at("p.wasm"), at("input"), "--stderr");
  expect(heard.stderr).toMatch(/^hmoutcome +ok\n/);
  expect(heard.stdout).toBe("hello");
  const written = await program("run", at("p.wasm"), at("input"), "--out", at("result"));
  expect(written.stdout).toBe("");
  expect(await readFile(at("result"), "utf8")).toBe("hello");
});

test("a program that fails says how", async () => {
  await put("command.wasm", complaining);
  await put("nothing", "");
  await program("build", at("command.wasm"), "--out", at("p.wasm"));
  const run = await program("run", at("p.wasm"), at("nothing"), "--json", "--stderr");
  expect(run.exitCode).toBe(1);
  expect(JSON.parse(run.stdout)).toMatchObject({ outcome: "trap", exitCode: 4, stderr: "hm" });
  await put("something", "x");
  const short = await program("run", at("p.wasm"), at("something"), "--max-steps", "10");
  expect(short).toMatchObject({ exitCode: 1, stdout: "" });
  expect(short.stderr).toMatch(/^outcome +over-limit\n/);
});

test("AssemblyScript is compiled, and what is ready passes through", async () => {
  await put("the echo.ts", "export function main(input: Uint8Array): Uint8Array { return input; }");
  const built = await program("build", at("the echo.ts"), "--out", at("p.wasm"));
  expect(built.exitCode).toBe(0);
  await put("input", "hi");
  expect(await program("run", at("p.wasm"), at("input"))).toMatchObject({ stdout: "hi" });

  await program("build", at("p.wasm"), "--out", at("q.wasm"));
  expect((await readFile(at("q.wasm"))).equals(await readFile(at("p.wasm")))).toBe(true);

  await put("bad.ts", "export function main(input: Uint8Array): Uint8Array { return 1; }");
  const failed = await program("build", at("bad.ts"), "--out", at("r.wasm"));
  expect(failed).toMatchObject({ exitCode: 1, line: expect.stringContaining("bad.ts does not") });
  expect(failed.stderr).toContain("bad.ts(1,");
});

test.each([
  [["build"], "<file.ts|file.wasm> is missing"],
  [["build", "--out", "x"], "<file.ts|file.wasm> is missing"],
  [["build", "/nowhere.wasm", "--out", "x"], "/nowhere.wasm cannot be read (ENOENT)"],
  [["build", "COMMAND"], "Give --out"],
  [["build", "COMMAND", "--out", "/nowhere/x"], "/nowhere/x cannot be written (ENOENT)"],
  [["build", "COMMAND", "--out", "x", "--env", "A"], "--env A: give NAME=value"],
  [["build", "COMMAND", "--out", "x", "--file", "=a"], "--file =a: give a path and a local file"],
  [["build", "COMMAND", "--out", "x", "--env", "A=1", "--env", "A=2"], "--env A was given twice"],
  [["build", "READY", "--out", "x", "--arg", "a"], "is a program already"],
  [["build", "SOURCE", "--out", "x", "--arg", "a"], "are for WASI commands"],
  [["run", "READY"], "<input file, or -> is missing"],
])("%j is a usage error of one line", async (argv, message) => {
  const names: Record<string, string> = { COMMAND: "c.wasm", READY: "r.wasm", SOURCE: "s.ts" };
  await put("c.wasm", complaining);
  await put("s.ts", "");
  await put(
    "r.wasm",
    moduleOf(`(memory (export "memory") 1 1)
      (func (export "alloc") (param i32) (result i32) (i32.const 0))
      (func (export "run") (param i32 i32) (result i64) (i64.const 0))`),
  );
  const words = argv.map((word) => (names[word] === undefined ? word : at(names[word])));
  const { exitCode, ...rest } = await program(...words);
  expect(exitCode).toBe(2);
  expect("line" in rest && rest.line).toContain(message);
});

test("a module that cannot become a program is refused by name", async () => {
  await put(
    "m.wasm",
    moduleOf('(import "env" "now" (func)) (memory (export "memory") 1) (func (export "_start"))'),
  );
  for (const argv of [
    ["inspect", at("m.wasm")],
    ["build", at("m.wasm"), "--out", at("p.wasm")],
  ]) {
    const failed = await program(...argv);
    expect(failed).toMatchObject({ exitCode: 1, line: expect.stringContaining("env.now") });
  }
});
