/**
 * A process that runs a pipeline until somebody kills it. What it tells, one line each, is written before it goes on: `run <input>` before a
 * task is computed, `did` when an effect happened, `over` at the end.
 */
import { appendFileSync, existsSync, readFileSync, writeSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { definePipeline, type FunctionContext, runPipeline, text, value } from "../src/index.ts";
import { localRunner } from "./localRunner.ts";

const [folder = "", count = "0", programFile = ""] = process.argv.slice(2);
const tell = (line: string) => writeSync(1, `${line}\n`);
const wasm = new Uint8Array(await readFile(programFile));
const effects = join(folder, "effects");

const pipeline = definePipeline("killed", (p) => {
  const numbers = p.input("numbers", value<number>("number"));
  const pieces = p.flatMap(
    "pieces",
    numbers,
    text,
    function* (n) {
      tell(`run pieces ${n}`);
      for (let i = 0; i < 3; i++) yield `${n}.${i}`;
    },
    { version: "1" },
  );
  const echoed = p.program("echoed", pieces, wasm);
  const lengths = p.map("lengths", echoed, value<number>("number"), async (bytes) => {
    const piece = new TextDecoder().decode(bytes);
    tell(`run lengths ${piece}`);
    return piece.length;
  });
  const sums = p.reduce(
    "sums",
    lengths,
    (all) => {
      tell(`run sums`);
      return all.reduce((a, b) => a + b, 0);
    },
    { per: numbers, version: "1" },
  );
  const line = (sum: number, path: readonly number[]) => `${path[1]} ${sum}\n`;
  const write = async (sum: number, { path }: FunctionContext) => {
    appendFileSync(effects, line(sum, path));
    tell("did");
    await sleep(2); // so that some are killed between the effect and its record
  };
  p.effect("write", sums, write, {
    isDone: (sum, { path }) =>
      existsSync(effects) && `\n${readFileSync(effects, "utf8")}`.includes(`\n${line(sum, path)}`),
  });
});

tell("alive");
await runPipeline(pipeline, {
  inputs: { numbers: Array.from({ length: Number(count) }, (_, n) => n) },
  store: join(folder, "store.sqlite"),
  runners: {
    local: localRunner({
      onTask: (input) => tell(`run echoed ${new TextDecoder().decode(input)}`),
    }),
  },
});
tell("over");
