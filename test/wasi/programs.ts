import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { linkWasi } from "@assay/sdk/program";
import { hasCompiler, type Language, sh } from "./toolchains.ts";

const sources = fileURLToPath(new URL("programs", import.meta.url));

/** Programs in `programs/`: what builds each to `OUT/name.wasm`, and what may be missing for it. */
const programs = {
  C: { language: "C", build: "clang --target=wasm32-wasi -O2 probe.c -o $OUT/C.wasm" },
  Rust: {
    language: "Rust",
    build: `cd rust && CARGO_TARGET_DIR=$OUT cargo build --locked --release --target wasm32-wasip1 &&
      cp $OUT/wasm32-wasip1/release/probe.wasm $OUT/Rust.wasm`,
    fetch: "cd rust && cargo fetch --locked --target wasm32-wasip1",
  },
  Go: {
    language: "Go",
    build: 'GOOS=wasip1 GOARCH=wasm go build -trimpath -ldflags="-s -w" -o $OUT/Go.wasm probe.go',
  },
  Lua: {
    language: "Go",
    build:
      'cd lua && GOOS=wasip1 GOARCH=wasm go build -trimpath -ldflags="-s -w" -o $OUT/Lua.wasm .',
    fetch: "cd lua && go mod download",
  },
} as const satisfies Record<string, { language: Language; build: string; fetch?: string }>;
export type ProgramName = keyof typeof programs;

/** How long it may take to fetch what a program is built from, in milliseconds: where there is no network, nobody may say so. */
const FETCH_MS = 60_000;

/** Why a program cannot be built here; `undefined` if it can. */
export async function missingFor(name: ProgramName): Promise<string | undefined> {
  const { language, fetch = "" }: { language: Language; fetch?: string } = programs[name];
  if (!(await hasCompiler(language))) return `no compiler for ${language}`;
  try {
    if (fetch !== "") await sh(fetch, sources, { limitMs: FETCH_MS });
    return undefined;
  } catch {
    return `what ${name} is built from is not to be had (\`${fetch}\` fails)`;
  }
}

/** Builds a program from its source; each time anew. */
async function compile(name: ProgramName): Promise<Uint8Array> {
  const out = await mkdtemp(join(tmpdir(), "assay-wasi-"));
  try {
    await sh(programs[name].build, sources, { env: { OUT: out } });
    return new Uint8Array(await readFile(join(out, `${name}.wasm`)));
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

/** Builds a program and links it with what all of them get. */
export async function buildProgram(name: ProgramName): Promise<Uint8Array> {
  const script = new Uint8Array(await readFile(join(sources, "lua/main.lua")));
  const text = (content: string) => new TextEncoder().encode(content);
  return linkWasi({
    wasm: await compile(name),
    args: ["an argument"],
    env: { LEVEL: "3" },
    files:
      name === "Lua"
        ? { "main.lua": script }
        : { "data/a.txt": text("packed"), "data/b.txt": text("") },
  });
}
