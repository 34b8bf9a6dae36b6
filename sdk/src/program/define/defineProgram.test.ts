import { readFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";
import type { CID } from "multiformats/cid";
import { beforeAll, describe, expect, expectTypeOf, test } from "vitest";
import { compileProgram } from "../../compile/index.ts";
import { cidOf } from "../../protocol/index.ts";
import { defineProgram, type LocalProgram, type TypedProgram } from "../index.ts";

/** Doubles a u32; traps at 7, and never ends at 8. */
const source = `
  export function main(input: Uint8Array): Uint8Array {
    const value = load<u32>(input.dataStart);
    if (value == 7) throw new Error("seven");
    while (value == 8) {}
    const result = new Uint8Array(4);
    store<u32>(result.dataStart, 2 * value);
    return result;
  }`;

const encode = (value: number) => new Uint8Array(Uint32Array.of(value).buffer);
const decode = (bytes: Uint8Array) => {
  if (bytes.length !== 4) throw new RangeError(`${bytes.length} bytes are no u32`);
  return { double: new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) };
};

let wasm: Uint8Array;
beforeAll(async () => {
  wasm = await compileProgram({ source });
});

describe("a program with types", () => {
  test("runs a task here, from a value to a value", () => {
    const double = defineProgram({ wasm, encode, decode });
    const result = double.run(21);
    expect(result).toMatchObject({ outcome: "ok", value: { double: 42 } });
    expect(result.fuelUsed).toBeGreaterThan(0n);
    expect(double.program).toBe(wasm);
  });

  test("gives a trap and what goes past a limit as outcomes", () => {
    const double = defineProgram({ wasm, encode, decode });
    expect(double.run(7)).toMatchObject({ outcome: "trap" });
    expect(double.run(8, { maxSteps: 1_000_000n })).toEqual({
      ...{ outcome: "over-limit", fuelUsed: 1_000_000n },
    });
    expect(double.run(1, { maxResultBytes: 3 })).toMatchObject({ outcome: "over-limit" });
  });

  test("throws what its own functions throw", () => {
    const broken = (name: string) => () => {
      throw new TypeError(name);
    };
    expect(() => defineProgram({ wasm, encode: broken("encode"), decode }).run(1)).toThrow(
      "encode",
    );
    expect(() => defineProgram({ wasm, encode, decode: broken("decode") }).run(1)).toThrow(
      "decode",
    );
  });

  test("may be named by a CID, and then does not run here", () => {
    const cid = cidOf(wasm);
    const double = defineProgram({ cid, encode, decode });
    expect(double.program).toBe(cid);
    expect(double).not.toHaveProperty("run");
  });
});

test("the page's example runs", async () => {
  const page = await readFile(new URL("../../../../docs/programs.md", import.meta.url), "utf8");
  const [, example = ""] =
    /```ts\nimport \{ defineProgram \} from "@assay\/sdk";\n([\s\S]*?)```/.exec(page) ?? [];
  const words = await compileProgram({
    source: `export function main(input: Uint8Array): Uint8Array {
      const result = new Uint8Array(4);
      store<u32>(result.dataStart, String.UTF8.decode(input.buffer).split(" ").length);
      return result;
    }`,
  });
  const lines: string[] = [];
  new Function("wasm", "defineProgram", "console", stripTypeScriptTypes(example))(
    words,
    defineProgram,
    { log: (line: string) => lines.push(line) },
  );
  expect(lines).toEqual([expect.stringMatching(/^5 words for \d+ fuel$/)]);
});

test("types are inferred from the two functions", () => {
  const local = defineProgram({ wasm, encode, decode });
  expectTypeOf(local).toEqualTypeOf<LocalProgram<number, { double: number }>>();
  expectTypeOf(local.run).parameter(0).toEqualTypeOf<number>();
  const result = local.run(1);
  expectTypeOf(result.fuelUsed).toEqualTypeOf<bigint>();
  if (result.outcome === "ok") expectTypeOf(result.value).toEqualTypeOf<{ double: number }>();
  else {
    expectTypeOf(result.outcome).toEqualTypeOf<"trap" | "over-limit">();
    expectTypeOf(result).not.toHaveProperty("value");
  }

  const named = defineProgram({ cid: cidOf(wasm), encode, decode });
  expectTypeOf(named).toEqualTypeOf<TypedProgram<number, { double: number }>>();
  expectTypeOf(named).not.toHaveProperty("run");
  expectTypeOf(named.program).toEqualTypeOf<Uint8Array | CID>();
  // @ts-expect-error: bytes are of one kind or the other.
  defineProgram({ wasm, cid: cidOf(wasm), encode, decode });
  // @ts-expect-error: there is nothing to run.
  defineProgram({ encode, decode });
});
