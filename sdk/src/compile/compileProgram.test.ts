import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { inspectProgram, Outcome, runProgram } from "../program/index.ts";
import { compileProgram, ProgramCompileError } from "./index.ts";

const CHUNK = 1024;
const KiB64 = 65_536;
/** Runs a task that has to give a result. */
function resultOf(wasm: Uint8Array, input: Uint8Array) {
  const run = runProgram({ wasm, input, maxResultBytes: 64 * KiB64 });
  if (run.outcome !== Outcome.ok) throw new Error(`ended with ${run.outcome}`);
  return run;
}
const pattern = (length: number) => new Uint8Array(length).map((_, i) => (i * 31) % 251);

describe("a compiled program", () => {
  /** The first byte of the input chooses what becomes of it. */
  const source = `
    const kept = new Uint8Array(100);
    export function main(input: Uint8Array): Uint8Array {
      if (input.length == 0) return input;
      switch (input[0]) {
        case 0: return input;
        case 1: return input.subarray(1);
        case 2: { const copy = new Uint8Array(input.length); copy.set(input); return copy; }
        case 3: return new Uint8Array(0);
        case 4: { memory.copy(kept.dataStart, input.dataStart, min(100, input.length)); return kept; }
        case 5: { // zero-copy: whole words where they lie
          let sum: f32 = 0;
          for (let i = 4; i + 4 <= input.length; i += 4) sum += load<f32>(input.dataStart + i);
          const result = new Uint8Array(4);
          store<f32>(result.dataStart, sum);
          return result;
        }
        case 6: return new Uint8Array(3_000_000);
        case 7: { unreachable(); break; }
        case 8: throw new Error("no");
        case 9: { const floats = Float32Array.wrap(input.buffer, 4, 2); input[0] = <u8>floats[1]; return input.subarray(0, 1); }
      }
      return input.subarray(input[100000]);
    }`;
  let wasm: Uint8Array;
  beforeAll(async () => {
    wasm = await compileProgram({ source, memoryPages: 64 });
  });

  const inputOf = (choice: number, rest: Uint8Array = pattern(5000)) =>
    new Uint8Array([choice, ...rest]);
  const run = (choice: number, rest?: Uint8Array) => resultOf(wasm, inputOf(choice, rest));
  const outcomeOf = (choice: number, rest?: Uint8Array) =>
    runProgram({ wasm, input: inputOf(choice, rest) }).outcome;

  test("has no imports and the memory that was asked for", () => {
    expect(inspectProgram(wasm).memory.maxPages).toBe(64);
  });

  test.each([
    ["the input itself", 0, () => new Uint8Array([0, ...pattern(5000)])],
    ["a view into the input", 1, () => pattern(5000)],
    ["a new array", 2, () => new Uint8Array([2, ...pattern(5000)])],
    ["nothing", 3, () => new Uint8Array()],
    ["an array from before the input", 4, () => new Uint8Array([4, ...pattern(99)])],
    // Where input or result did not stand at multiples of 1,024, nodes would call it a trap.
  ])("may return %s", (_, choice, expected) => {
    expect(run(choice).bytes).toEqual(expected());
  });

  test.each([0, 1, 1023, 1024, 1025, 65_536, 1_000_000])("takes %i bytes", (length) => {
    const input = new Uint8Array(length).fill(1);
    expect(resultOf(wasm, input).bytes).toEqual(input.subarray(1));
  });

  test("reads numbers where they lie", () => {
    const input = new Uint8Array(4 + 4 * 1000);
    input[0] = 5;
    new Float32Array(input.buffer, 4).fill(0.5);
    const { bytes } = resultOf(wasm, input);
    expect(new Float32Array(bytes.buffer)[0]).toBe(500);
    input[0] = 9;
    new Float32Array(input.buffer, 4)[1] = 42;
    expect(resultOf(wasm, input).bytes).toEqual(new Uint8Array([42]));
  });

  test("takes memory for input and result, at most twice, and none for the ABI", () => {
    const least = 3_000_000 + 5001 + 2 * CHUNK;
    expect(run(6).memoryBytes).toBeLessThan(2 * least + KiB64);
    expect(run(0).memoryBytes).toBe(KiB64);
  });

  test.each([
    ["unreachable", 7],
    ["throw", 8],
    ["an index out of bounds", 200],
  ])("traps at %s", (_, choice) => {
    expect(outcomeOf(choice)).toBe(Outcome.trap);
  });

  test("traps when its memory does not suffice", () => {
    expect(outcomeOf(0, new Uint8Array(64 * KiB64))).toBe(Outcome.trap);
    expect(run(0, new Uint8Array(62 * KiB64)).bytes).toHaveLength(62 * KiB64 + 1);
  });

  test("is the same bytes for the same source", async () => {
    expect(await compileProgram({ source, memoryPages: 64, name: "other" })).toEqual(wasm);
  });
});

describe("what does not compile", () => {
  async function failure(source: string): Promise<ProgramCompileError> {
    const error = await compileProgram({ source, name: "fire" }).catch((cause: unknown) => cause);
    if (!(error instanceof ProgramCompileError)) throw error;
    return error;
  }
  const main = (body: string) => `export function main(input: Uint8Array): Uint8Array { ${body} }`;

  // Where `CI` is set the compiler is fond of colours, which would make a diagnostic of its closing line.
  test.each([undefined, "true"])("is reported with file, line and column, CI=%s", async (ci) => {
    vi.stubEnv("CI", ci);
    onTestFinished(() => void vi.unstubAllEnvs());
    const error = await failure(main('\n  let x: i32 = "five";\n return input;'));
    expect(error.diagnostics).toHaveLength(1);
    expect(error.message).toContain("fire.ts(2,16)");
    expect(error.message).toContain("fire.ts does not compile");
  });

  test.each([
    ["no main", "export function other(): void {}", "has no exported member 'main'"],
    [
      "a main of another type",
      "export function main(n: i32): i32 { return n; }",
      "is not assignable",
    ],
    ["a syntax error", "export function main(", "fire.ts(1,21)"],
    [
      "a missing import",
      `import { x } from "./x"; ${main("x(); return input;")}`,
      "x.ts' not found",
    ],
    ["SIMD", main("v128.store(0, i32x4(1, 2, 3, 4)); return input;"), "fire.ts"],
    ["randomness", main("input[0] = <u8>(256 * Math.random()); return input;"), "imports env.seed"],
    ["a clock", main("input[0] = <u8>Date.now(); return input;"), "imports env.Date.now"],
    ["a console", main('console.log("x"); return input;'), "imports env.console.log"],
  ])("%s", async (_, source, expected) => {
    expect((await failure(source)).message).toContain(expected);
  });

  test("is stopped by a signal", async () => {
    const signal = AbortSignal.timeout(1);
    await expect(compileProgram({ source: main("return input;"), signal })).rejects.toThrow(
      expect.objectContaining({ name: "TimeoutError" }),
    );
  });

  test.each([0, 65_537, 1.5])("%s memory pages are refused", async (memoryPages) => {
    await expect(compileProgram({ source: "", memoryPages })).rejects.toThrow(RangeError);
  });
});

test("the worked example of docs/programs.md does what the page says", async () => {
  const page = await readFile(new URL("../../../docs/programs.md", import.meta.url), "utf8");
  const [, source = ""] = /```ts\n\/\/ brightest\.ts\n([\s\S]*?)```/.exec(page) ?? [];
  const wasm = await compileProgram({ source, name: "brightest" });
  const tile = new Float32Array([0.25, 7.5, -3, 7.5, 1]);
  const { bytes } = resultOf(wasm, new Uint8Array(tile.buffer));
  const result = new DataView(bytes.buffer);
  expect(bytes).toHaveLength(8);
  expect([result.getUint32(0, true), result.getFloat32(4, true)]).toEqual([1, 7.5]);
  expect(resultOf(wasm, new Uint8Array()).bytes).toHaveLength(0);
  expect(runProgram({ wasm, input: new Uint8Array(7) }).outcome).toBe(Outcome.trap);
});

test("without assemblyscript the error says what to install", async () => {
  const { peerDependencies } = JSON.parse(
    await readFile(new URL("../../package.json", import.meta.url), "utf8"),
  );
  const hidden = `import { registerHooks } from "node:module";
    registerHooks({
      resolve(specifier, context, next) {
        const elsewhere = { ...context, parentURL: "file:///elsewhere/index.js" };
        return next(specifier, specifier === "assemblyscript/asc" ? elsewhere : context);
      },
    });`;
  const script = `import(${JSON.stringify(new URL("index.ts", import.meta.url).href)})
    .then(({ compileProgram }) => compileProgram({ source: "" }))
    .catch(({ code, message }) => console.log(code, message));`;
  const { stdout } = spawnSync(
    process.execPath,
    [...["--import", `data:text/javascript,${encodeURIComponent(hidden)}`], ...["--eval", script]],
    { encoding: "utf8" },
  );
  expect(stdout).toBe(
    `COMPILER_MISSING AssemblyScript is not installed: run \`npm install assemblyscript@${peerDependencies.assemblyscript}\`.\n`,
  );
});
