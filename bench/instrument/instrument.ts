import {
  compileProgram,
  INSTRUMENTED_EXPORT,
  instrumentProgram,
  MAX_DEPTH,
  MAX_FUEL,
} from "@assay/sdk";
import { type Kernel, kernels } from "./kernels.ts";

/** Timed runs of each kernel, original and instrumented in turns. */
const SAMPLES = 25;
/** Runs before them, so that V8's optimizing compiler is done with both. */
const WARM_UPS = 25;

interface Exports {
  memory: WebAssembly.Memory;
  alloc(length: number): number;
  run(address: number, length: number): bigint;
  [INSTRUMENTED_EXPORT.fuel]?: WebAssembly.Global<bigint>;
  [INSTRUMENTED_EXPORT.depth]?: WebAssembly.Global<number>;
  [INSTRUMENTED_EXPORT.start]?(): void;
}

function prepare(wasm: Uint8Array, rounds: number): () => bigint {
  const module = new WebAssembly.Module(wasm);
  const exports = new WebAssembly.Instance(module).exports as unknown as Exports;
  const fuel = exports[INSTRUMENTED_EXPORT.fuel];
  const depth = exports[INSTRUMENTED_EXPORT.depth];
  const refill = () => {
    if (fuel !== undefined) fuel.value = MAX_FUEL;
    if (depth !== undefined) depth.value = MAX_DEPTH;
  };
  refill();
  exports[INSTRUMENTED_EXPORT.start]?.();
  const address = exports.alloc(4) >>> 0;
  return () => {
    refill();
    new DataView(exports.memory.buffer).setInt32(address, rounds, true);
    const result = Number(BigInt.asUintN(64, exports.run(address, 4)) >> 32n);
    return new DataView(exports.memory.buffer).getBigUint64(result, true);
  };
}

function timed(run: () => bigint): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] as number;

async function measure(kernel: Kernel) {
  const wasm = await compileProgram({ source: kernel.source });
  const start = performance.now();
  const instrumented = instrumentProgram(wasm);
  const instrumentMs = performance.now() - start;
  const before = prepare(wasm, kernel.rounds);
  const after = prepare(instrumented, kernel.rounds);
  if (before() !== after())
    throw new Error(`${kernel.name} gives another result when instrumented`);
  for (let i = 0; i < WARM_UPS; i++) {
    before();
    after();
  }
  const originalMs: number[] = [];
  const instrumentedMs: number[] = [];
  for (let i = 0; i < SAMPLES; i++) {
    originalMs.push(timed(before));
    instrumentedMs.push(timed(after));
  }
  const slowdown = median(instrumentedMs) / median(originalMs) - 1;
  console.log(
    `${kernel.kind.padEnd(8)} ${kernel.name.padEnd(20)} ${median(originalMs).toFixed(2)} ms → ${median(instrumentedMs).toFixed(2)} ms  ${(100 * slowdown).toFixed(1)} %  ${wasm.length} → ${instrumented.length} bytes, ${instrumentMs.toFixed(1)} ms`,
  );
  return { kind: kernel.kind, slowdown };
}

for (const kernel of kernels) await measure(kernel);
