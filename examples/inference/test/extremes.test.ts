import { expect, test } from "vitest";
import { variants } from "../../../test/fixtures/long.ts";
import { createLocalProgram } from "../../shared/src/programs/localProgram.ts";
import { fold } from "../src/graph/fold.ts";
import { at } from "../src/graph/tensors.ts";
import { buildGraph } from "../src/layers/buildGraph.ts";
import { readModel } from "../src/onnx/readModel.ts";
import { writeModel } from "../src/onnx/writeModel.ts";
import { compileModel } from "../src/program/compileModel.ts";
import { quantise } from "../src/quantise/quantise.ts";

/** So many products of a weight of 127 and a value of 255 steps nearly fill 32 bits. */
const PRODUCTS = 66_000;
const OUTPUTS = 5;

/** Weights of an output, by the product. */
const WEIGHTS: readonly ((k: number) => number)[] = [
  () => 1,
  () => -1,
  (k) => (k % 2 === 0 ? 1 : -1),
  (k) => (k < PRODUCTS / 2 ? 1 : -1),
  (k) => (((k * 7_919) % 255) - 127) / 127,
];
const INPUTS: readonly ((k: number) => number)[] = [
  () => 127,
  () => -128,
  (k) => (k % 2 === 0 ? 127 : -128),
  (k) => (k < PRODUCTS / 2 ? 127 : -128),
  (k) => ((k * 31) % 256) - 128,
];
const indices = Array.from({ length: PRODUCTS }, (_, k) => k);

const models = {
  Conv: () => ({
    shape: [1, PRODUCTS, 1, 1],
    constants: {
      w: { dims: [OUTPUTS, PRODUCTS, 1, 1], values: WEIGHTS.flatMap((f) => indices.map(f)) },
    },
  }),
  MatMul: () => ({
    shape: [1, PRODUCTS],
    constants: {
      w: { dims: [PRODUCTS, OUTPUTS], values: indices.flatMap((k) => WEIGHTS.map((f) => f(k))) },
    },
  }),
};

const CASES = (["Conv", "MatMul"] as const).flatMap((op) =>
  (
    [
      [0, 255],
      [-255, 0],
      [-128, 127],
    ] as const
  ).map((range) => [op, range] as const),
);

test.each(variants(CASES))(
  "%s of values in %j: sums that nearly fill 32 bits are exact",
  async (op, inputRange) => {
    const bytes = writeModel({
      ...models[op](),
      nodes: [{ op, inputs: ["x", "w"], output: "y" }],
    });
    const samples = inputRange.map((value) => new Float64Array(PRODUCTS).fill(value));
    const model = quantise(fold(buildGraph(readModel(bytes))), { samples, inputRange });
    const layer = at(model.layers, 0);
    if (layer.kind !== "conv" && layer.kind !== "dense") expect.unreachable(layer.kind);
    const { wasm } = await compileModel(model);
    const program = createLocalProgram(wasm);
    let largest = 0n;
    for (const input of INPUTS) {
      const x = Int8Array.from(indices, input);
      const result = program.run(new Uint8Array(x.buffer));
      const expected = WEIGHTS.map((_, c) => {
        const products = x.reduce((sum, q, k) => sum + q * at(layer.weight, c * PRODUCTS + k), 0);
        const sum = BigInt(at(layer.bias, c) + products);
        if (sum > largest) largest = sum;
        const shift = BigInt(at(layer.shift, c));
        const scaled = (sum * BigInt(at(layer.multiplier, c)) + (1n << (shift - 1n))) >> shift;
        return Math.min(Math.max(Number(scaled) + layer.zeroOut, -128), 127);
      });
      expect([...new Int8Array(Uint8Array.from(result).buffer)]).toEqual(expected);
    }
    expect(largest).toBeGreaterThan(2n ** 29n);
  },
);
