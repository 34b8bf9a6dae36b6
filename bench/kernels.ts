/**
 * Kernels of the examples beside the same code in C, in one run. Ours is AssemblyScript through V8, without SIMD, as nodes run it; C is
 * the same algorithm with the same order of every sum, and every trick that ours has, by clang -O3 for the baseline of its
 * machine (SSE2 on x86-64), which may vectorise what it can. Plain C is without the tricks. All give the same bytes, or the bench fails.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { krumProgram, makeKernels } from "./kernels/kernels.ts";
import { clangVersion, compileNative, runNative } from "./kernels/native.ts";
import { runWasm } from "./kernels/wasm.ts";

/** Ours and C take turns, so that a slow moment of the machine meets both; the best of each counts. */
const TURNS = 3;

export async function kernels(): Promise<void> {
  const print = (line: string) => process.stdout.write(`${line}\n`);
  const clang = clangVersion();
  print(
    clang ??
      "There is no clang here: C is left out, and with it every ratio. Install clang to have them.",
  );
  const folder = await mkdtemp(join(tmpdir(), "assay-kernels-"));
  const ratios: Record<string, number> = {};
  const plainRatios: number[] = [];
  let wasmBytes = 0;
  try {
    for (const { name, what, program, input, repetitions, plain } of await makeKernels()) {
      const module = new WebAssembly.Module(new Uint8Array(program));
      const binaries = clang === undefined ? {} : compileAll(name, plain, folder);
      let ours = Number.POSITIVE_INFINITY;
      const best = {
        same: Number.POSITIVE_INFINITY,
        tuned: Number.POSITIVE_INFINITY,
        plain: Number.POSITIVE_INFINITY,
      };
      for (let turn = 0; turn < TURNS; turn++) {
        const run = await runWasm(module, input, repetitions);
        ours = Math.min(ours, run.ms);
        wasmBytes = Math.max(wasmBytes, run.memoryBytes);
        for (const [kind, binary] of Object.entries(binaries) as [keyof typeof best, string][]) {
          const { ms, result } = await runNative(binary, input, { folder, repetitions });
          if (!Buffer.from(result).equals(Buffer.from(run.result))) {
            throw new Error(`${name}: C gives other bytes than the program`);
          }
          best[kind] = Math.min(best[kind], ms);
        }
      }
      print(`\n${name}: ${what}`);
      print(`  ours ${ours.toFixed(2)} ms`);
      if (clang === undefined) continue;
      const { same, tuned } = best;
      ratios[`${name}Ratio`] = round(same / ours);
      print(
        `  C    ${same.toFixed(2)} ms: ours has ${(same / ours).toFixed(2)} of its speed; the same bytes`,
      );
      print(`  C    ${tuned.toFixed(2)} ms with -march=native: ${(tuned / ours).toFixed(2)}`);
      const plainMs = plain === undefined ? same : best.plain;
      if (plain !== undefined) {
        print(`  plain C ${plainMs.toFixed(2)} ms: ${(plainMs / ours).toFixed(2)}`);
      }
      plainRatios.push(plainMs / ours);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }

  const krum = await krumProgram();
  const { ms, memoryBytes } = await runWasm(
    new WebAssembly.Module(new Uint8Array(krum.program)),
    krum.input,
    TURNS,
  );
  wasmBytes = Math.max(wasmBytes, memoryBytes);
  const rssMb = Math.round(process.resourceUsage().maxRSS / 1024);
  print(
    `\nkrum as a task, every update hashed and checked: ${(ms / 1000).toFixed(2)} s on one core`,
  );
  print(
    `memory: ${Math.round(wasmBytes / 2 ** 20)} MiB of a task, ${rssMb} MiB of this process at its peak, inputs included`,
  );
  const geomean = geometricMean(Object.values(ratios));
  const plainGeomean = geometricMean(plainRatios);
  if (geomean !== undefined && plainGeomean !== undefined) {
    print(`geometric mean: ${geomean.toFixed(2)} of C, ${plainGeomean.toFixed(2)} of plain C`);
  }
  print(
    JSON.stringify({
      ...ratios,
      ...(geomean !== undefined && { geomean: round(geomean) }),
      ...(plainGeomean !== undefined && { plainGeomean: round(plainGeomean) }),
      krumSeconds: round(ms / 1000),
      rssMb,
    }),
  );
}

/** The same C for the baseline of its machine and for this one, and plain C where there is one. */
const compileAll = (name: string, plain: string | undefined, folder: string) => ({
  same: compileNative(name, folder, []),
  tuned: compileNative(name, folder, ["-march=native"]),
  ...(plain !== undefined && { plain: compileNative(plain, folder, []) }),
});

function geometricMean(values: readonly number[]): number | undefined {
  if (values.length === 0) return;
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

const round = (value: number) => Math.round(value * 1000) / 1000;
