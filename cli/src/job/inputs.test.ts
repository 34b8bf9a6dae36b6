import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { startedThings, temporaryFolder } from "../../../worker/test/network.ts";
import { type Inputs, readInputs } from "./inputs.ts";

const started = startedThings();
afterAll(() => started.end());

async function pipe(): Promise<string> {
  const path = join(await temporaryFolder(started), "pipe");
  execFileSync("mkfifo", [path]);
  return path;
}

async function textsOf(inputs: Inputs): Promise<string[]> {
  const texts: string[] = [];
  for await (const bytes of inputs.read()) texts.push(new TextDecoder().decode(bytes));
  return texts;
}

// A quote reads the first input, and the job all of them: as in `--input <(make)`.
test.skipIf(process.platform === "win32")("what a pipe gives may be read again", async () => {
  const [file, lines] = [await pipe(), await pipe()];
  const ofFile = await readInputs({ input: [file] });
  const written = Promise.all([writeFile(file, "one"), writeFile(lines, "one\ntwo\n")]);
  const ofLines = await readInputs({ input: [], inputsLines: lines });
  for (const _ of [1, 2]) {
    expect(await textsOf(ofFile)).toEqual(["one"]);
    expect(await textsOf(ofLines)).toEqual(["one", "two"]);
  }
  expect(ofLines.count).toBe(2);
  await written;
});
