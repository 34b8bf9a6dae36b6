import { execFileSync, spawnSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export interface NativeRun {
  /** Best of the repetitions. */
  ms: number;
  result: Uint8Array;
}

/** -O3 without contraction: every product and every sum is rounded, as WebAssembly has it. */
const FLAGS = ["-O3", "-std=c11", "-D_POSIX_C_SOURCE=200809L", "-ffp-contract=off"];

/** The compiler's name and version; undefined where there is none. */
export function clangVersion(): string | undefined {
  const { status, stdout } = spawnSync("clang", ["--version"], { encoding: "utf8" });
  return status === 0 ? stdout.split("\n")[0] : undefined;
}

/** Compiles a kernel of this folder. @param extra - more flags, for example `-march=native`. */
export function compileNative(kernel: string, folder: string, extra: readonly string[]): string {
  const source = fileURLToPath(new URL(`${kernel}.c`, import.meta.url));
  const binary = join(folder, `${kernel}${extra.join("")}`);
  execFileSync("clang", [...FLAGS, ...extra, source, "-o", binary, "-lm"], { stdio: "inherit" });
  return binary;
}

export async function runNative(
  binary: string,
  input: Uint8Array,
  { folder, repetitions }: { folder: string; repetitions: number },
): Promise<NativeRun> {
  const [from, to] = [join(folder, "input"), join(folder, "output")];
  await writeFile(from, input);
  const printed = execFileSync(binary, [from, to, String(repetitions)], { encoding: "utf8" });
  const times = printed.trim().split("\n").map(Number);
  return { ms: Math.min(...times), result: await readFile(to) };
}
