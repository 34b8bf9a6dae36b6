import { expect, onTestFailed, test } from "vitest";
import initWabt from "wabt";
import { seededRandom } from "../../../../test/fixtures/random.ts";
import { randomModule } from "../../../../test/fixtures/wast/randomModule.ts";
import { INSTRUMENTED_EXPORT, MAX_DEPTH, MAX_FUEL } from "../index.ts";
import { instrumentModule } from "./instrumentProgram.ts";

const wabt = await initWabt();
const MODULES = 400;
const INPUTS = [0, 1, -1, 77];

function assemble(text: string): Uint8Array {
  const module = wabt.parseWat("module.wat", text);
  try {
    return module.toBinary({}).buffer;
  } finally {
    module.destroy();
  }
}

/** What `run` gives for each input in turn, in one instance, with the state that it leaves and the fuel that it takes. */
function observe(wasm: Uint8Array) {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm));
  const fuel = exports[INSTRUMENTED_EXPORT.fuel] as WebAssembly.Global<bigint> | undefined;
  const depth = exports[INSTRUMENTED_EXPORT.depth] as WebAssembly.Global<number> | undefined;
  const used: bigint[] = [];
  const endings = INPUTS.map((input) => {
    if (fuel !== undefined) fuel.value = MAX_FUEL;
    if (depth !== undefined) depth.value = MAX_DEPTH;
    let ending: unknown;
    try {
      ending = (exports.run as (input: number) => number)(input);
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      ending = "trap";
    }
    used.push(MAX_FUEL - (fuel?.value ?? 0n));
    const globals = ["i32", "i64", "f32", "f64"].map(
      (name) => (exports[name] as WebAssembly.Global<number>).value,
    );
    const memory = (exports.memory as WebAssembly.Memory).buffer;
    return { ending, globals, memory: Buffer.from(memory, 0, 8_192).toString("hex") };
  });
  return { endings, used };
}

test("random modules end as before, with the same fuel each time", () => {
  const random = seededRandom();
  onTestFailed(() => console.error(`SEED=${random.seed}`));
  let ended = 0;
  for (let i = 0; i < MODULES; i++) {
    const wasm = assemble(randomModule(random));
    const instrumented = instrumentModule(wasm);
    const before = observe(wasm);
    const after = observe(instrumented);
    expect(after.endings).toEqual(before.endings);
    expect(observe(instrumented).used).toEqual(after.used);
    ended += after.endings.filter(({ ending }) => ending !== "trap").length;
  }
  // Modules that only trap would test little.
  expect(ended).toBeGreaterThan(MODULES);
});
