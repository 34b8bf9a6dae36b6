import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Runs a shell's line. @throws what it printed, if it fails. */
export function sh(line: string, folder: string, env: Record<string, string> = {}): string {
  const { status, stdout, stderr } = spawnSync("sh", ["-c", line], {
    ...{ cwd: folder, encoding: "utf8" },
    // Go's build cache and Cargo's registry are the user's own.
    env: { ...process.env, ...env },
  });
  if (status !== 0) throw new Error(`${line}: ${stdout}${stderr}`);
  return stdout;
}

/** What has to succeed where a language's compiler for WASI is there, in a folder with `empty.c` and `empty.rs`. */
const trials = {
  C: "clang --target=wasm32-wasi empty.c -o empty.wasm",
  Rust: "rustc --target wasm32-wasip1 empty.rs -o empty.wasm",
  Zig: "zig version",
  Go: "go version",
};
export type Language = keyof typeof trials;

const found = new Map<Language, boolean>();

/** Whether a language's compiler for WASI is installed; says so if it is not. */
export function hasCompiler(language: Language): boolean {
  const known = found.get(language);
  if (known !== undefined) return known;
  const folder = mkdtempSync(join(tmpdir(), "assay-wasi-trial-"));
  writeFileSync(join(folder, "empty.c"), "int main(void) { return 0; }");
  writeFileSync(join(folder, "empty.rs"), "fn main() {}");
  let has = true;
  try {
    sh(trials[language], folder);
  } catch {
    has = false;
    process.stdout.write(`skipped: no compiler for ${language} (\`${trials[language]}\` fails)\n`);
  }
  rmSync(folder, { recursive: true, force: true });
  found.set(language, has);
  return has;
}
