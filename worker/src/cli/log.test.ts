import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { createLog } from "./log.ts";

function written(json: boolean): string {
  let output = "";
  const stream = new Writable({
    write(chunk, _, done) {
      output += chunk;
      done();
    },
  });
  createLog(stream, { json })("info", "credit withdrawn", {
    amountWei: 10n ** 20n,
    left: undefined,
  });
  return output;
}

test("JSON is one object a line, amounts as decimal strings", () => {
  const line = written(true);
  expect(line.endsWith("\n")).toBe(true);
  const { time, ...rest } = JSON.parse(line);
  expect(rest).toEqual({
    level: "info",
    msg: "credit withdrawn",
    amountWei: "100000000000000000000",
  });
  expect(new Date(time).toISOString()).toBe(time);
});

test("for people it is a sentence and pairs", () => {
  expect(written(false)).toMatch(
    /^\d\d:\d\d:\d\d INFO {2}credit withdrawn amountWei="100000000000000000000"\n$/,
  );
});
