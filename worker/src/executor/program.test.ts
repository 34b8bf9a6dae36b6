import { describe, expect, test } from "vitest";
import { echo, programOf } from "../../test/programs.ts";
import { admitProgram } from "./program.ts";

describe("a program is refused before any of it runs", () => {
  test.each([
    ["that is no WebAssembly", new TextEncoder().encode("\0asm?"), 16],
    ["whose memory may outgrow the job's", echo.wasm, 3],
    [
      "with imports",
      programOf("imports", {
        rest: '(import "env" "now" (func $now (result i64)))',
        run: "(call $now)",
      }).wasm,
      16,
    ],
  ])("%s", (_, wasm, memoryPages) => {
    expect(() => admitProgram("hostile", wasm, { memoryPages })).toThrow(
      expect.objectContaining({ code: "PROGRAM_REFUSED" }),
    );
  });
});

test("a program within the limits is admitted as it is", () => {
  expect(admitProgram("echo", echo.wasm, { memoryPages: 4 })).toEqual({
    id: "echo",
    wasm: echo.wasm,
  });
});
