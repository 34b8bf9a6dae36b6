import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createLocalProgram } from "../../shared/src/programs/localProgram.ts";
import { uniformStream } from "../../shared/src/random/uniform.ts";
import { fold } from "../src/graph/fold.ts";
import { at } from "../src/graph/tensors.ts";
import { buildGraph } from "../src/layers/buildGraph.ts";
import { readModel } from "../src/onnx/readModel.ts";
import { type ClosedSpec, writeModel } from "../src/onnx/writeModel.ts";
import { compileModel } from "../src/program/compileModel.ts";
import { type QuantisedGraph, quantise, quantiseValues } from "../src/quantise/quantise.ts";

/** A model and one input, which follow from their seed. */
export interface Prepared {
  name: string;
  bytes: Uint8Array;
  model: QuantisedGraph;
  shape: readonly number[];
  input: Float64Array;
  integers: Int8Array;
}

const SAMPLES = 8;
/** The input goes beyond the samples a little, so that some values are cut off. */
const REACH = 1.1;

export function prepare(name: string, seed: number, spec: ClosedSpec): Prepared {
  const bytes = writeModel(spec);
  const graph = fold(buildGraph(readModel(bytes)));
  const random = uniformStream(seed);
  const size = spec.shape.reduce((product, side) => product * side, 1);
  const draw = (most: number) =>
    Float64Array.from({ length: size }, () => Math.fround((random.next() * 2 - 1) * most));
  const model = quantise(graph, { samples: Array.from({ length: SAMPLES }, () => draw(1)) });
  const input = draw(REACH);
  const integers = quantiseValues(input, at(model.quantisations, graph.input));
  return { name, bytes, model, shape: spec.shape, input, integers };
}

/** What the program gives for the input. */
export async function runProgram({ model, integers }: Prepared): Promise<Int8Array> {
  const { wasm } = await compileModel(model);
  const result = createLocalProgram(wasm).run(new Uint8Array(integers.buffer));
  return Int8Array.from(result, (byte) => byte);
}

/** What the outputs have to be: integers by NumPy, floats by onnxruntime. */
export interface Answer {
  integers: Int8Array;
  floats: Float32Array;
}

/** Another one than the system's may have the packages: give its path. */
export const PYTHON = process.env.PYTHON ?? "python3";
export const hasPython = () => spawnSync(PYTHON, ["-c", "import numpy, onnxruntime"]).status === 0;
const SCRIPT = fileURLToPath(new URL("reference/integers.py", import.meta.url));

/** Asks `reference/integers.py`. */
export async function answersOf(all: readonly Prepared[]): Promise<Map<string, Answer>> {
  const folder = await mkdtemp(join(tmpdir(), "assay-inference-"));
  try {
    for (const prepared of all) {
      await writeFile(join(folder, `${prepared.name}.onnx`), prepared.bytes);
      await writeFile(join(folder, `${prepared.name}.json`), toJson(prepared));
    }
    const { status, stdout, stderr } = spawnSync(PYTHON, [SCRIPT, folder], {
      encoding: "utf8",
      maxBuffer: 1 << 28,
    });
    if (status !== 0) throw new Error(`${SCRIPT} failed: ${stderr}`);
    const lines = stdout.trim().split("\n");
    return new Map(
      lines.map((line) => {
        const { name, integers, floats } = JSON.parse(line);
        return [name, { integers: Int8Array.from(integers), floats: Float32Array.from(floats) }];
      }),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

function toJson({ model, shape, input, integers }: Prepared): string {
  const { graph, layers, constants } = model;
  const described = {
    ...{ input: graph.input, shape, floats: input, integers, layers },
    constants: Object.fromEntries(
      constants.flatMap((values, id) => (values ? [[id, values]] : [])),
    ),
    outputs: graph.outputs.map(({ tensor }) => tensor),
  };
  return JSON.stringify(described, (_, value) =>
    ArrayBuffer.isView(value) ? Array.from(value as Int8Array) : value,
  );
}
