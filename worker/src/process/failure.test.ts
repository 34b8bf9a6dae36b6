import { expect, test } from "vitest";
import { failureOf } from "./failure.ts";

test("a stranger's words in an error write to no terminal", () => {
  const reason = "reverted: \u001b[2J\u001b]0;title\u0007\r\u009b31m, and why\nmore";
  expect(failureOf(new Error(reason))).toEqual({
    exitCode: 1,
    line: "reverted:  [2J ]0;title   31m, and why",
  });
});
