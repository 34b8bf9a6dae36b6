import { expect, test } from "vitest";
import { call } from "../../test/call.ts";

test.each([
  [["--tasks", "4294967296"], "--tasks 4294967296: give a whole number from 1 to 4294967295"],
  [
    ["--tasks", "1", "--program", "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKnJL4"],
    "No job can name QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKnJL4",
  ],
])("job quote %j says what is wrong before it asks anybody", async (argv, line) => {
  const { exitCode, stdout, stderr } = await call(["job", "quote", ...argv]);
  expect([exitCode, stdout, stderr]).toEqual([2, "", expect.stringContaining(line)]);
});

test.each([
  ["--min-score", "10001", "0 to 10000"],
  ["--memory-pages", "65537", "1 to 65536"],
  ["--max-result", "4294967296", "1 to 4294967295"],
])("job post %s %s is refused with what is possible", async (name, value, range) => {
  const { exitCode, stderr } = await call(["job", "post", name, value]);
  expect([exitCode, stderr]).toEqual([
    2,
    `assay: ${name} ${value}: give a whole number from ${range}\n`,
  ]);
});
