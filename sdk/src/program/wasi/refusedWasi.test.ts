import { describe, expect, test } from "vitest";
import { commandOf, moduleOf } from "../../../../test/fixtures/wasi.ts";
import { inspectProgram, isWasiModule, linkWasi, Outcome, runProgram } from "../index.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const echo = commandOf({ start: "(call $echo (i32.const 100))" });

describe("what is refused", () => {
  const start = '(func (export "_start"))';
  const memory = '(memory (export "memory") 1)';
  const wasi = '"wasi_snapshot_preview1"';

  test.each([
    ["another module", `(import "env" "now" (func)) ${memory} ${start}`, "env.now"],
    [
      "another version",
      `(import "wasi_unstable" "fd_sync" (func (param i32) (result i32))) ${memory} ${start}`,
      "wasi_unstable.fd_sync",
    ],
    [
      "an unknown function",
      `(import ${wasi} "fd_fly" (func)) ${memory} ${start}`,
      "wasi_snapshot_preview1.fd_fly",
    ],
    [
      "a function by another type",
      `(import ${wasi} "fd_sync" (func (param i64) (result i32))) ${memory} ${start}`,
      "fd_sync as (i64) -> (i32)",
    ],
    [
      "a function that is a global",
      `(import ${wasi} "fd_sync" (global i32)) ${memory} ${start}`,
      "wasi_snapshot_preview1.fd_sync, which",
    ],
    [
      "the memory",
      `(import "env" "memory" (memory 1)) (export "memory" (memory 0)) ${start}`,
      "env.memory",
    ],
  ])("%s as an import, by name", (_, items, named) => {
    expect(() => linkWasi({ wasm: moduleOf(items) })).toThrow(
      expect.objectContaining({
        code: "WASI_UNKNOWN_IMPORT",
        message: expect.stringContaining(named),
      }),
    );
  });

  test.each([
    ["a reactor", `${memory} (func (export "_initialize"))`, "is a reactor"],
    ["a module without `_start`", memory, "no function `_start`"],
    [
      "a `_start` with a result",
      `${memory} (func (export "_start") (result i32) (i32.const 0))`,
      "no function `_start`",
    ],
    ["a module without memory", start, "exports no memory"],
  ])("%s", (_, items, why) => {
    expect(() => linkWasi({ wasm: moduleOf(items) })).toThrow(
      expect.objectContaining({
        code: "WASI_NOT_A_COMMAND",
        message: expect.stringContaining(why),
      }),
    );
  });

  test("a module that no task has memory for, with how much it takes", () => {
    const refused = (pages: number) =>
      expect.objectContaining({
        code: "PROGRAM_MEMORY",
        message: expect.stringContaining(`Allow ${pages} pages at least`),
      });
    const run = (memoryPages: number, files = {}) =>
      runProgram({ wasm: linkWasi({ wasm: echo, memoryPages, files }), input: new Uint8Array() });
    expect(() => linkWasi({ wasm: echo, memoryPages: 1 })).toThrow(refused(2));
    expect(run(2).outcome).toBe(Outcome.ok);
    // Their names alone have more than a page.
    const files = Object.fromEntries(
      Array.from({ length: 2_000 }, (_, index) => [`file ${index}`, new Uint8Array()]),
    );
    expect(() => linkWasi({ wasm: echo, memoryPages: 2, files })).toThrow(refused(3));
    expect(run(3, files).outcome).toBe(Outcome.ok);
    expect(() => linkWasi({ wasm: echo, memoryPages: 0 })).toThrow(RangeError);
  });

  test("a command that is not linked, with what to do", () => {
    expect(() => inspectProgram(echo)).toThrow(
      expect.objectContaining({
        code: "PROGRAM_HAS_IMPORTS",
        message: expect.stringContaining("assay program build"),
      }),
    );
  });

  test("what is no module", () => {
    expect(() => linkWasi({ wasm: bytes("no") })).toThrow(
      expect.objectContaining({ code: "PROGRAM_MALFORMED" }),
    );
  });

  test("a module that has as much as engines take before it is linked", () => {
    const wasm = moduleOf(`${memory} ${start}`);
    // Its type section, which comes first, has one type: a function without parameters and results.
    expect([...wasm.subarray(8, 14)]).toEqual([1, 4, 1, 0x60, 0, 0]);
    const types = 1_000_000;
    const section = [1, 0xc3, 0x8d, 0xb7, 1, 0xc0, 0x84, 0x3d];
    const many = new Uint8Array(8 + section.length + 3 * types + wasm.length - 14);
    many.set(wasm.subarray(0, 8));
    many.set(section, 8);
    for (let type = 0; type < types; type++) many[16 + 3 * type] = 0x60;
    many.set(wasm.subarray(14), 16 + 3 * types);
    expect(WebAssembly.validate(many)).toBe(true);
    expect(() => linkWasi({ wasm: many })).toThrow(
      expect.objectContaining({ code: "PROGRAM_TOO_LARGE" }),
    );
  });

  test("a module of two memories", () => {
    // In the memory section: two of them, the second with more pages than the program may have.
    const plain = moduleOf(`${memory} ${start}`);
    const at = Buffer.from(plain).indexOf(Uint8Array.of(5, 3, 1, 0, 1));
    const wasm = new Uint8Array([
      ...plain.subarray(0, at),
      ...[5, 6, 2, 0, 1, 0, 0x80, 0x10],
      ...plain.subarray(at + 5),
    ]);
    expect(WebAssembly.validate(wasm)).toBe(true);
    expect(() => linkWasi({ wasm })).toThrow(expect.objectContaining({ code: "PROGRAM_MEMORY" }));
  });

  test("a component, with what to build instead", () => {
    const component = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00);
    const read = [isWasiModule, inspectProgram, (wasm: Uint8Array) => linkWasi({ wasm })];
    for (const each of read) {
      expect(() => each(component)).toThrow(
        expect.objectContaining({
          code: "PROGRAM_MALFORMED",
          message: expect.stringContaining("wasm32-wasip1"),
        }),
      );
    }
  });

  test.each(["", "/", "a//b", "a/", "../a", "a/./b", "a\0b", "\ud800"])("the path %j", (path) => {
    expect(() => linkWasi({ wasm: echo, files: { [path]: bytes("") } })).toThrow(
      expect.objectContaining({ code: "WASI_PATH" }),
    );
  });

  test.each([
    [{ a: bytes(""), "/a": bytes("") }],
    [{ a: bytes(""), "a/b": bytes("") }],
    [{ "a/b": bytes(""), a: bytes("") }],
  ])("two files in one place: %j", (files) => {
    expect(() => linkWasi({ wasm: echo, files })).toThrow(
      expect.objectContaining({ code: "WASI_PATH" }),
    );
  });

  test.each([
    { env: { "A=B": "" } },
    { env: { "": "" } },
    { args: ["a\0b"] },
    { args: ["\udc00\ud800"] },
    { env: { A: "\0" } },
  ])("%j as arguments and environment", (environment) => {
    expect(() => linkWasi({ wasm: echo, ...environment })).toThrow(
      expect.objectContaining({ code: "WASI_ARGUMENT" }),
    );
  });
});
