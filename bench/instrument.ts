/** `npm run bench -- instrument`: what counting fuel and depth and making NaNs canonical costs a program. */
import { compileProgram } from "@assay/sdk/compile";
import { INSTRUMENTED_EXPORT, instrumentProgram, MAX_DEPTH, MAX_FUEL } from "@assay/sdk/program";
import { type Kernel, kernels } from "./instrumentKernels.ts";

/** Timed runs of each kernel, the original and the instrumented one in turns. */
const SAMPLES = 41;
/** Runs before them, so that V8's optimizing compiler is done with both. */
const WARM_UPS = 15;

interface Exports {
  memory: WebAssembly.Memory;
  alloc(length: number): number;
  run(address: number, length: number): bigint;
  [INSTRUMENTED_EXPORT.fuel]?: WebAssembly.Global<bigint>;
  [INSTRUMENTED_EXPORT.depth]?: WebAssembly.Global<number>;
}

interface Measurement {
  name: string;
  kind: Kernel["kind"];
  originalMs: number;
  instrumentedMs: number;
  /** Share of time that is added: 0.1 is a tenth. */
  slowdown: number;
  instrumentMs: number;
  sizeGrowth: number;
}

export async function instrument(): Promise<void> {
  const measurements: Measurement[] = [];
  for (const kernel of kernels) measurements.push(await measure(kernel));
  console.table(
    Object.fromEntries(measurements.map(({ name, ...figures }) => [name, rounded(figures)])),
  );
  const slowdownOf = (kind: Kernel["kind"]) =>
    geometricMean(measurements.filter((m) => m.kind === kind).map((m) => 1 + m.slowdown)) - 1;
  console.log(
    JSON.stringify(
      rounded({
        floatSlowdown: slowdownOf("float"),
        integerSlowdown: slowdownOf("integer"),
        callsSlowdown: slowdownOf("calls"),
        instrumentMs: median(measurements.map((m) => m.instrumentMs)),
        sizeGrowth: geometricMean(measurements.map((m) => 1 + m.sizeGrowth)) - 1,
        rssMb: process.memoryUsage().rss / 2 ** 20,
      }),
    ),
  );
}

async function measure({ name, kind, source, rounds }: Kernel): Promise<Measurement> {
  const wasm = await compileProgram({ source });
  const instrumented = instrumentProgram(wasm);
  const instrumentMs = median(
    Array.from({ length: SAMPLES }, () => timed(() => void instrumentProgram(wasm))),
  );
  const before = prepare(wasm, rounds);
  const after = prepare(instrumented, rounds);
  for (let i = 0; i < WARM_UPS; i++) {
    if (before() !== after()) throw new Error(`${name} gives another result when instrumented`);
  }
  const originals: number[] = [];
  const others: number[] = [];
  for (let i = 0; i < SAMPLES; i++) {
    originals.push(timed(before));
    others.push(timed(after));
  }
  return {
    name,
    kind,
    originalMs: median(originals),
    instrumentedMs: median(others),
    // Neighbours in time share what else the machine does.
    slowdown: median(others.map((ms, i) => ms / (originals[i] as number))) - 1,
    instrumentMs,
    sizeGrowth: instrumented.length / wasm.length - 1,
  };
}

/** One task again and again in one instance, whose result tells whether it did its work. */
function prepare(wasm: Uint8Array, rounds: number): () => bigint {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(wasm));
  const exports = instance.exports as unknown as Exports;
  const fuel = exports[INSTRUMENTED_EXPORT.fuel];
  const depth = exports[INSTRUMENTED_EXPORT.depth];
  const refill = () => {
    if (fuel !== undefined) fuel.value = MAX_FUEL;
    if (depth !== undefined) depth.value = MAX_DEPTH;
  };
  refill();
  (instance.exports[INSTRUMENTED_EXPORT.start] as (() => void) | undefined)?.();
  const address = exports.alloc(4) >>> 0;
  return () => {
    refill();
    new DataView(exports.memory.buffer).setInt32(address, rounds, true);
    const result = Number(BigInt.asUintN(64, exports.run(address, 4)) >> 32n);
    return new DataView(exports.memory.buffer).getBigUint64(result, true);
  };
}

function timed(run: () => unknown): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] as number;

const geometricMean = (values: number[]) =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);

function rounded(figures: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(figures).map(([key, value]) => [
      key,
      typeof value === "number" ? Number(value.toFixed(3)) : value,
    ]),
  );
}
