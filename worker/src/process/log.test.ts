import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { createLog, type LogOptions } from "./log.ts";

function written(options: LogOptions, { isTTY = false } = {}): string {
  let output = "";
  const stream = new Writable({
    write(chunk, _, done) {
      output += chunk;
      done();
    },
  });
  createLog(Object.assign(stream, { isTTY }), options)("info", "credit withdrawn", {
    amountWei: 10n ** 20n,
    left: undefined,
  });
  return output;
}

test("JSON is one object a line, amounts as decimal strings", () => {
  const line = written({ format: "json" });
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
  expect(written({ format: "pretty" })).toMatch(
    /^\d\d:\d\d:\d\d INFO {2}credit withdrawn amountWei="100000000000000000000"\n$/,
  );
});

test("unless told otherwise, a terminal gets pairs and everything else JSON", () => {
  expect(written({}, { isTTY: true })).toContain("credit withdrawn amountWei=");
  expect(JSON.parse(written({}))).toMatchObject({ msg: "credit withdrawn" });
});

test("what is less important than the level is not written", () => {
  expect(written({ level: "warn" })).toBe("");
});
