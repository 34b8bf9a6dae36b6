import { compileProgram } from "@assay/sdk/compile";
import { encodeAggregation } from "../../examples/federated-learning/src/aggregate/wire.ts";
import { compile } from "../../examples/federated-learning/src/programs/programs.ts";
import { readSource } from "../../examples/federated-learning/src/programs/source.ts";
import { compileDetector } from "../../examples/fire-detection/src/algorithms/compile.ts";
import { HOTMAP } from "../../examples/fire-detection/src/algorithms/sentinel2.ts";
import { makeScene } from "../../examples/fire-detection/src/synthetic/syntheticScene.ts";
import { encodeTile } from "../../examples/fire-detection/src/tiles/encodeTile.ts";

export interface Kernel {
  name: "fire" | "window" | "krum" | "median";
  what: string;
  program: Uint8Array;
  input: Uint8Array;
  repetitions: number;
  /** The C of the same result without what made the program fast, where there is one: what is written first. */
  plain?: string;
}

const N = 100;
const D = 100_000;
const WINDOW = { side: 160, reach: 10 };

/** The kernels of the examples, each with an input of the size that it has there. */
export async function makeKernels(): Promise<Kernel[]> {
  const entry = async (name: string) =>
    compileProgram({
      source: await readSource(new URL(`assembly/${name}.ts`, import.meta.url)),
      name,
      memoryPages: 4_096,
    });
  const scene = makeScene({ seed: 1 });
  const tile = { index: 0, x: 0, y: 0, width: scene.width, height: scene.height };
  return [
    {
      name: "fire",
      what: `HOTMAP on a synthetic scene of ${scene.width} × ${scene.height} pixels`,
      program: await compileDetector("hotmap"),
      input: encodeTile(scene, tile, HOTMAP),
      repetitions: 60,
      plain: "firePlain",
    },
    {
      name: "window",
      what: `mean and deviation of ${2 * WINDOW.reach + 1}² pixels around each of ${WINDOW.side}²`,
      program: await entry("window"),
      input: windowInput(),
      repetitions: 15,
    },
    {
      name: "krum",
      what: `Krum's scores of ${N} updates of ${D.toLocaleString("en-US")} numbers`,
      program: await entry("krum"),
      input: updatesInput(N, D),
      repetitions: 5,
    },
    {
      name: "median",
      what: `medians of ${N} values at ${D.toLocaleString("en-US")} coordinates`,
      program: await entry("median"),
      input: updatesInput(N, D),
      repetitions: 5,
      plain: "medianPlain",
    },
  ];
}

/** The whole aggregation program, hashes of all updates included. */
export async function krumProgram(): Promise<{ program: Uint8Array; input: Uint8Array }> {
  const updates = Array.from({ length: N }, (_, client) => ({
    client,
    values: numbers(client, D),
  }));
  const input = encodeAggregation(updates, { rule: "krum", f: 20 });
  return { program: await compile("aggregate"), input };
}

/** Numbers about 0, the same in every run. */
function numbers(seed: number, count: number): Float32Array {
  let state = (seed + 1) * 0x9e3779b1;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >> 8) / 2 ** 24;
  });
}

function updatesInput(n: number, d: number): Uint8Array {
  const bytes = new Uint8Array(16 + n * d * 4);
  new Uint32Array(bytes.buffer, 0, 4).set([n, d, 20, 0]);
  new Float32Array(bytes.buffer, 16).set(numbers(0, n * d));
  return bytes;
}

function windowInput(): Uint8Array {
  const { side, reach } = WINDOW;
  const bytes = new Uint8Array(16 + side * side * 4);
  new Uint32Array(bytes.buffer, 0, 4).set([side, side, reach, 0]);
  // A few pixels are no background, as water and clouds are: in patches.
  const values = numbers(1, side * side).map((value, i) =>
    (i % side) % 40 < 6 && Math.floor(i / side) % 30 < 8 ? Number.NaN : 300 + 5 * value,
  );
  new Float32Array(bytes.buffer, 16).set(values);
  return bytes;
}
