import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** A compiler that has nothing in its cache compiles its whole library first. */
const LIMIT_MS = 280_000;

/** Runs a shell's line. @throws with what it printed, if it fails or takes too long. */
export async function sh(
  line: string,
  folder: string,
  { env = {}, limitMs = LIMIT_MS }: { env?: Record<string, string>; limitMs?: number } = {},
): Promise<void> {
  await promisify(execFile)("sh", ["-c", line], {
    ...{ cwd: folder, timeout: limitMs, maxBuffer: 64 << 20 },
    // Go's build cache and Cargo's registry are the user's own.
    env: { ...process.env, ...env },
  });
}

/** What has to succeed where a language's compiler for WASI is there, in a folder with `empty.c` and `empty.rs`. */
const trials = {
  C: "clang --target=wasm32-wasi empty.c -o empty.wasm",
  Rust: "rustc --target wasm32-wasip1 empty.rs -o empty.wasm",
  Zig: "zig version",
  Go: "go version",
};
export type Language = keyof typeof trials;

const found = new Map<Language, Promise<boolean>>();

/** Whether a language's compiler for WASI is installed; says so if it is not. */
export function hasCompiler(language: Language): Promise<boolean> {
  const known = found.get(language) ?? tryCompiler(language);
  found.set(language, known);
  return known;
}

async function tryCompiler(language: Language): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), "assay-wasi-trial-"));
  await writeFile(join(folder, "empty.c"), "int main(void) { return 0; }");
  await writeFile(join(folder, "empty.rs"), "fn main() {}");
  try {
    await sh(trials[language], folder);
    return true;
  } catch {
    process.stdout.write(`skipped: no compiler for ${language} (\`${trials[language]}\` fails)\n`);
    return false;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
