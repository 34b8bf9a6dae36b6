import { describe, expect, test } from "vitest";
import { commandOf, moduleOf } from "../../../../test/fixtures/wasi.ts";
import { debugWasi, linkWasi, Outcome, runProgram } from "../index.ts";

const text = (result: Uint8Array) => new TextDecoder().decode(result);
const cry = {
  data: '(data (i32.const 512) "help")',
  toStdout: "(call $write (i32.const 1) (i32.const 512) (i32.const 4))",
  toStderr: "(call $write (i32.const 2) (i32.const 512) (i32.const 4))",
};

describe("standard error", () => {
  const debug = (start: string) =>
    debugWasi({
      wasm: linkWasi({ wasm: commandOf({ start, rest: cry.data }) }),
      input: new Uint8Array(),
      maxSteps: 100_000n,
    });
  test.each([
    ["a return", "", 0],
    ["an exit", "(call $proc_exit (i32.const 0))", 0],
    ["a failure", "(call $proc_exit (i32.const 9))", 9],
    ["a trap", "(unreachable)", undefined],
    ["an end of fuel", "(loop $again (br $again))", undefined],
  ])("is there after %s", (_, end, exitCode) => {
    const { stderr, ...rest } =
      debug(`${cry.toStderr} ${cry.toStdout} ${cry.toStderr} ${end}`) ?? {};
    expect(text(stderr ?? new Uint8Array())).toBe("helphelp");
    expect(rest).toEqual({ exitCode });
  });

  test("is no part of the result", () => {
    const start = `${cry.toStderr} ${cry.toStdout}`;
    const wasm = linkWasi({ wasm: commandOf({ start, rest: cry.data }) });
    const result = runProgram({ wasm, input: new Uint8Array() });
    expect(result).toMatchObject({ outcome: Outcome.ok });
    expect(text("bytes" in result ? result.bytes : new Uint8Array())).toBe("help");
  });

  test.each(["", '(func (export "wasi_result_fd"))'])("is for programs of WASI alone", (more) => {
    const wasm = moduleOf(`(memory (export "memory") 1 1) ${more}
      (func (export "alloc") (param i32) (result i32) (i32.const 0))
      (func (export "run") (param i32 i32) (result i64) (i64.const 0))`);
    expect(debugWasi({ wasm, input: new Uint8Array() })).toBeUndefined();
  });
});
