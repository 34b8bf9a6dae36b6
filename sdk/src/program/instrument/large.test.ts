import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import { InvalidProgramError } from "../errors/program.ts";
import { inspectProgram } from "../inspect/inspectProgram.ts";
import { I32, I64, KIND, SECTION } from "../module/sections.ts";
import { byteWriter } from "./byteWriter.ts";
import { instrumentModule, instrumentProgram } from "./instrumentProgram.ts";

const END = 0x0b;

/** A function's locals and code, by hand: no assembler is asked for what is this large. */
interface Body {
  locals?: [count: number, type: number][];
  code: Uint8Array | number[];
}

/** A program of these functions, each (i32) → (i32), beside `alloc` and `run`, which calls the first of them. */
function programOf(bodies: readonly Body[]): Uint8Array {
  const wasm = byteWriter();
  const section = (id: number, write: (out: ReturnType<typeof byteWriter>) => void) => {
    const body = byteWriter();
    write(body);
    wasm.byte(id);
    wasm.u32(body.length);
    wasm.bytes(body.view());
  };
  wasm.bytes([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  section(SECTION.type, (out) => out.bytes([2, 0x60, 1, I32, 1, I32, 0x60, 2, I32, I32, 1, I64]));
  section(SECTION.function, (out) => {
    out.u32(bodies.length + 2);
    out.bytes([0, 1]);
    for (const _ of bodies) out.byte(0);
  });
  section(SECTION.memory, (out) => out.bytes([1, 1, 1, 1]));
  section(SECTION.export, (out) => {
    out.byte(3);
    const names = [
      ["alloc", KIND.function, 0],
      ["run", KIND.function, 1],
      ["memory", KIND.memory, 0],
    ] as const;
    for (const [name, kind, index] of names) {
      out.byte(name.length);
      out.bytes([...new TextEncoder().encode(name), kind, index]);
    }
  });
  section(SECTION.code, (out) => {
    out.u32(bodies.length + 2);
    const all: Body[] = [
      { code: [0x41, 0] },
      { code: [0x20, 1, 0x10, 2, 0xac] }, // run: local.get 1, call 2, i64.extend_i32_s
      ...bodies,
    ];
    for (const { locals = [], code } of all) {
      const body = byteWriter();
      body.u32(locals.length);
      for (const [count, type] of locals) {
        body.u32(count);
        body.byte(type);
      }
      body.bytes(code);
      body.byte(END);
      out.u32(body.length);
      out.bytes(body.view());
    }
  });
  return wasm.view().slice();
}

/** Taken as nodes take it and then by the engine, or refused by a name. */
function outcomeOf(wasm: Uint8Array): "runs" | string {
  try {
    inspectProgram(wasm);
    return WebAssembly.validate(new Uint8Array(instrumentProgram(wasm))) ? "runs" : "broken";
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidProgramError);
    return (error as InvalidProgramError).code;
  }
}

const written = (write: (out: ReturnType<typeof byteWriter>) => void) => {
  const out = byteWriter();
  write(out);
  return out.view().slice();
};

/** A br_table with so many labels, in as many blocks as are asked for. */
const branches = (labels: number, blocks: number) =>
  written((out) => {
    for (let i = 0; i < blocks; i++) out.bytes([0x02, 0x40]);
    out.bytes([0x20, 0, 0x0e]);
    out.u32(labels);
    for (let i = 0; i <= labels; i++) out.u32(i % blocks);
    for (let i = 0; i < blocks; i++) out.byte(END);
    out.bytes([0x20, 0]);
  });

describe("programs of unusual size", () => {
  const identity = { code: [0x20, 0] };
  test.each<[string, readonly Body[], string]>([
    ["a br_table of 60,000 labels", [{ code: branches(60_000, 1) }], "runs"],
    ["a br_table out of 5,000 blocks", [{ code: branches(5_000, 5_000) }], "runs"],
    [
      "a br_table beyond what an engine takes",
      [{ code: branches(100_000, 1) }],
      "PROGRAM_MALFORMED",
    ],
    ["10,000 functions", Array(10_000).fill(identity), "runs"],
    ["40,000 locals", [{ locals: [[40_000, I64]], code: [0x20, 0] }], "runs"],
    [
      "10,000 groups of locals",
      [{ locals: Array(10_000).fill([1, I64]), code: [0x20, 0] }],
      "runs",
    ],
    [
      "2^32 - 1 locals in 6 bytes",
      [{ locals: [[0xffff_ffff, I64]], code: [0x20, 0] }],
      "PROGRAM_MALFORMED",
    ],
    [
      "1,000 functions of 1,000 locals",
      Array(1_000).fill({ locals: [[1_000, I32]], code: [0x20, 0] }),
      "runs",
    ],
  ])("%s", (_, bodies, expected) => {
    expect(outcomeOf(programOf(bodies))).toBe(expected);
  });

  test("100,000 blocks in each other", () => {
    const code = written((out) => {
      for (let i = 0; i < 100_000; i++) out.bytes([0x02, 0x40]);
      for (let i = 0; i < 100_000; i++) out.byte(END);
      out.bytes([0x20, 0]);
    });
    const wasm = programOf([{ code }]);
    expect(outcomeOf(wasm)).toBe(
      WebAssembly.validate(new Uint8Array(wasm)) ? "runs" : "PROGRAM_MALFORMED",
    );
  });
});

describe("modules that packages of the registry ship", () => {
  const require = createRequire(import.meta.url);
  test.each([
    "@chainsafe/as-sha256/build/optimized.wasm",
    "@chainsafe/as-chacha20poly1305/build/optimized.wasm",
    "@chainsafe/as-sha256/build/optimized.simd.wasm",
    "playwright-core/lib/webp_codec.wasm",
  ])("%s", async (name) => {
    const [, owner = "", rest = ""] = /^(@[^/]+\/[^/]+|[^/]+)\/(.*)$/.exec(name) ?? [];
    const root = require.resolve.paths(owner)?.map((path) => `${path}/${owner}/${rest}`) ?? [];
    const wasm = await firstOf(root);
    const { code, message } = await Promise.resolve()
      .then(() => ({ code: inspectProgram(wasm) && "none", message: "" }))
      .catch((error) => error);
    // None of them is made for nodes: each is told what it lacks, in one sentence.
    expect(code).toMatch(/^PROGRAM_/);
    expect(code).not.toBe("PROGRAM_MALFORMED");
    expect(message.length).toBeGreaterThan(20);
    const imports = WebAssembly.Module.imports(new WebAssembly.Module(wasm));
    if (imports.length > 0 || code === "PROGRAM_UNSUPPORTED" || name.includes("simd")) return;
    expect(WebAssembly.validate(new Uint8Array(instrumentModule(wasm)))).toBe(true);
  });
});

async function firstOf(paths: readonly string[]): Promise<Uint8Array<ArrayBuffer>> {
  for (const path of paths) {
    const bytes = await readFile(path).catch(() => undefined);
    if (bytes !== undefined) return new Uint8Array(bytes);
  }
  throw new Error(`none of ${paths.join(", ")} is there: npm install`);
}
