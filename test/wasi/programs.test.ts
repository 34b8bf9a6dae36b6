import { debugWasi, inspectProgram, Outcome, runProgram } from "@assay/sdk/program";
import { describe, expect, test } from "vitest";
import { isLong } from "../fixtures/long.ts";
import { buildProgram, missingFor, type ProgramName } from "./programs.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** Two builds, of which the first compiles the language's library. */
const BUILDS_MS = 600_000;

const built = new Map<ProgramName, Promise<Uint8Array>>();
function programOf(name: ProgramName): Promise<Uint8Array> {
  const program = built.get(name) ?? buildProgram(name);
  built.set(name, program);
  return program;
}

async function give(name: ProgramName, input: string) {
  const run = runProgram({ wasm: await programOf(name), input: bytes(input) });
  return run.outcome === Outcome.ok ? new TextDecoder().decode(run.bytes) : run.outcome;
}

const names: ProgramName[] = ["C", "Rust", "Go", "Lua"];
const lacking = new Map<ProgramName, string | undefined>();
for (const name of names) {
  const missing = await missingFor(name);
  lacking.set(name, missing);
  if (missing !== undefined) process.stdout.write(`skipped: ${missing}\n`);
}

describe.each(names)("a program in %s", (name) => {
  const missing = lacking.get(name);

  test.skipIf(missing || (name !== "C" && !isLong))(
    "is the same to the byte when it is built again",
    async () => {
      const program = await programOf(name);
      expect(await buildProgram(name)).toEqual(program);
      expect(inspectProgram(program).byteLength).toBe(program.length);
    },
    BUILDS_MS,
  );

  test.skipIf(missing)("gives and takes the same each time", async () => {
    const task = { wasm: await programOf(name), input: bytes("twice or twice") };
    const first = runProgram(task);
    expect(first.outcome).toBe(Outcome.ok);
    expect(runProgram(task)).toEqual(first);
  });

  test.skipIf(missing || name === "Lua")("gets the answers of the page", async () => {
    const answers = JSON.parse(String(await give(name, "hello")));
    expect(answers).toEqual({
      ...{ input: 5, time: 946_684_800, waited: 1_500 },
      random: expect.stringMatching(/^[0-9a-f]{16}$/),
      ...{ file: "packed", listed: ["a.txt", "b.txt"], argument: "an argument", level: "3" },
      ...{ outside: 44, created: 69, written: 69 },
      // The libraries of Rust and Go say no by themselves.
      network: name === "C" ? 52 : true,
    });
    const others = ["hello", "hallo"].map((input) => give(name, input));
    const [same, other] = (await Promise.all(others)).map((text) => JSON.parse(String(text)));
    expect(same.random).toBe(answers.random);
    expect(other.random).not.toBe(answers.random);
  });

  test.skipIf(missing || name === "Lua")("ends by an exit, wherever that is", async () => {
    expect(JSON.parse(String(await give(name, "leave")))).toMatchObject({ input: 5 });
    expect(await give(name, "fail")).toBe(Outcome.trap);
    const failed = debugWasi({ wasm: await programOf(name), input: bytes("fail") });
    expect(failed).toEqual({ exitCode: 3, stderr: bytes("probed\n") });
  });

  test.skipIf(missing || name !== "Rust")("traps when it panics, and says why", async () => {
    expect(await give(name, "panic")).toBe(Outcome.trap);
    const { stderr, exitCode } = debugWasi({
      wasm: await programOf(name),
      input: bytes("panic"),
    }) ?? { stderr: new Uint8Array() };
    expect(new TextDecoder().decode(stderr)).toContain("as it was told to");
    expect(exitCode).toBeUndefined();
  });

  test.skipIf(missing || name !== "Lua")("runs the script that is packed in", async () => {
    expect(await give(name, "a rose is a rose")).toBe("a 2\nis 1\nrose 2\n");
  });

  test.skipIf(missing)("takes inputs of many pages", async () => {
    const input = "word ".repeat(40_000);
    const result = String(await give(name, input));
    if (name === "Lua") expect(result).toBe("word 40000\n");
    // The one in C has a buffer of 4 KiB.
    else expect(JSON.parse(result).input).toBe(name === "C" ? 4_095 : input.length);
  });
});
