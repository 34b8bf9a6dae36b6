import { instrumentProgram } from "@assay/sdk/program";
import { expect, test } from "vitest";
import { echo } from "../../../test/fixtures/programs.ts";
import { admitProgram } from "./program.ts";

test("a program within the limits is admitted, instrumented", () => {
  expect(admitProgram("echo", echo.wasm, { memoryPages: 4 })).toEqual({
    id: "echo",
    instrumented: instrumentProgram(echo.wasm),
    maxPages: 4,
  });
});

test("one whose memory may outgrow the job's is refused", () => {
  expect(() => admitProgram("echo", echo.wasm, { memoryPages: 3 })).toThrow(
    expect.objectContaining({ code: "PROGRAM_REFUSED" }),
  );
});
