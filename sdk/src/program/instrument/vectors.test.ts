import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import initWabt from "wabt";
import { parseWast } from "../../../../test/fixtures/wast/parseWast.ts";
import { blake3 } from "../../index.ts";
import { instrumentProgram } from "../index.ts";
import { instrumentModule } from "./instrumentProgram.ts";

const wabt = await initWabt();

function assemble(text: string): Uint8Array {
  const module = wabt.parseWat("module.wat", text);
  try {
    return module.toBinary({}).buffer;
  } finally {
    module.destroy();
  }
}

const hashOf = (bytes: Uint8Array) =>
  Buffer.from(blake3.encode(bytes) as Uint8Array).toString("hex");

test("the example of docs/programs.md is what the page says, to the byte", async () => {
  const page = await readFile(join(import.meta.dirname, "../../../../docs/programs.md"), "utf8");
  const [before = "", after = ""] = Array.from(
    page.matchAll(/```wat\n([\s\S]*?)```/g),
    ([, t]) => t,
  );
  expect(instrumentModule(assemble(before))).toEqual(assemble(after));
});

test("a program of fixed bytes gives fixed bytes", () => {
  // memory 1 4; alloc gives 1024; run adds up the input's bytes in a loop, stores the sum as f32, and gives it back.
  const program = Buffer.from(PROGRAM, "hex");
  expect(hashOf(instrumentProgram(program))).toBe(
    "6a9e5dd6eb9617b3e75683253d13a73fbd3d3bd844b0269c6d151d912067ce75",
  );
});

test("so does every module of the scripts that cover the instructions", async () => {
  const folder = join(import.meta.dirname, "wast");
  const hashes: Record<string, string[]> = {};
  for (const name of (await readdir(folder)).toSorted()) {
    const forms = parseWast(await readFile(join(folder, name), "utf8"));
    hashes[name] = forms
      .filter(({ items }) => items[0] === "module")
      .map(({ text }) => hashOf(instrumentModule(assemble(text))).slice(0, 16));
  }
  expect(hashes).toMatchInlineSnapshot(`
    {
      "control.wast": [
        "aa433d5ac8d795fa",
      ],
      "memory.wast": [
        "8d998b89e7a0050d",
      ],
      "nan.wast": [
        "1a61e7e362b6e5ab",
      ],
      "numbers.wast": [
        "524897f33b532f82",
        "dd7ed1b35e9681f3",
      ],
    }
  `);
});

const PROGRAM =
  "0061736d01000000010c0260017f017f60027f7f017e0303020001050401010104071803066d656d6f7279020005616c6c6f6300000372756e00010a390205004180080b3102017f017d0340200220014904402003200020026a2d0000b3922103200241016a21020c010b0b4100200338020042040b";
