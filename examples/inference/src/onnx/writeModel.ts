import type { Message } from "protobufjs/light.js";
import { SCHEMA } from "./schema.ts";

export interface TensorSpec {
  dims: readonly number[];
  values: ArrayLike<number>;
  /** Integers are int64, as shapes are. */
  integer?: boolean;
}

export interface NodeSpec {
  op: string;
  inputs: readonly string[];
  output: string;
  /** A number is a float if `floats` names it, else an integer. */
  attributes?: Readonly<Record<string, number | string | readonly number[]>>;
}

export interface ModelSpec {
  opset?: number;
  /** `null`: a dimension that is open. */
  shape: readonly (number | null)[];
  constants?: Readonly<Record<string, TensorSpec>>;
  nodes: readonly NodeSpec[];
  /** Default: what the last node gives. */
  outputs?: readonly string[];
}

/** A model whose shape leaves nothing open. */
export type ClosedSpec = Omit<ModelSpec, "shape"> & { shape: readonly number[] };

const FLOAT_ATTRIBUTES: ReadonlySet<string> = new Set(["alpha", "beta", "epsilon"]);
const FLOAT = 1;
const INT64 = 7;

/** An ONNX file. The input is `x`. Fields of the decoded message can be changed before it is written. */
export function writeModel(
  { opset = 17, shape, constants = {}, nodes, outputs }: ModelSpec,
  change: (model: ReturnType<typeof plain>) => void = () => undefined,
): Uint8Array {
  const model = plain({
    opset,
    shape,
    constants,
    nodes,
    outputs: outputs ?? [nodes.at(-1)?.output ?? ""],
  });
  change(model);
  const type = SCHEMA.lookupType("ModelProto");
  return type.encode(type.fromObject(model) as Message).finish();
}

function plain({ opset, shape, constants, nodes, outputs }: Required<ModelSpec>) {
  const dim = shape.map((size) => (size === null ? { dimParam: "n" } : { dimValue: size }));
  const value = (name: string, of?: object[]) => ({
    name,
    type: { tensorType: { elemType: FLOAT, ...(of && { shape: { dim: of } }) } },
  });
  return {
    irVersion: 8,
    opsetImport: [{ domain: "", version: opset }],
    graph: {
      name: "graph",
      node: nodes.map(({ op, inputs, output, attributes = {} }) => ({
        opType: op,
        name: "",
        domain: "",
        input: [...inputs],
        output: [output],
        attribute: Object.entries(attributes).map(([name, given]) => attribute(name, given)),
      })),
      initializer: Object.entries(constants).map(([name, { dims, values, integer = false }]) => ({
        name,
        dims: [...dims],
        dataType: integer ? INT64 : FLOAT,
        dataLocation: 0,
        rawData: integer
          ? new Uint8Array(BigInt64Array.from(Array.from(values), BigInt).buffer)
          : new Uint8Array(Float32Array.from(values).buffer),
      })),
      input: [value("x", dim)],
      output: outputs.map((name) => value(name)),
    },
  };
}

function attribute(name: string, given: number | string | readonly number[]) {
  if (typeof given === "string") return { name, type: 3, s: new TextEncoder().encode(given) };
  if (typeof given === "object") return { name, type: 7, ints: [...given] };
  return FLOAT_ATTRIBUTES.has(name) ? { name, type: 1, f: given } : { name, type: 2, i: given };
}
