import { countParts } from "./countParts.ts";
import { ModelError } from "./modelError.ts";
import { type GraphProto, type ModelProto, SCHEMA, type ValueInfoProto } from "./schema.ts";
import { FLOAT, readTensor, type TensorData, typeName } from "./tensor.ts";

/** The operators that are supported are the same in all of these, but for what `layers/` decides by the opset. */
const MIN_OPSET = 7;
const MAX_OPSET = 25;
const MAX_NODES = 10_000;
/** Numbers and objects apart from weights, as {@link countParts} counts: so many nodes with 400 each. They take half a gigabyte at most. */
const MAX_PARTS = 400 * MAX_NODES;

/** A model's parts, checked one by one and not against each other. */
export interface OnnxModel {
  opset: number;
  nodes: GraphProto["node"];
  constants: ReadonlyMap<string, TensorData>;
  /** The one input; its first dimension, the batch, is 1. */
  input: { name: string; shape: readonly number[] };
  outputs: readonly string[];
}

/**
 * Reads an ONNX file.
 * @param shape - of the input, where the file leaves dimensions open.
 * @throws {@link ModelError} for a damaged file, and for what no program can be made of.
 */
export function readModel(bytes: Uint8Array, shape?: readonly number[]): OnnxModel {
  const { graph, opsetImport } = decode(bytes);
  if (graph === null || graph.node.length === 0) {
    throw new ModelError("The file has no graph: it is no ONNX model, or was cut short.");
  }
  const opset = opsetImport.find(({ domain }) => domain === "" || domain === "ai.onnx")?.version;
  if (opset === undefined || opset < MIN_OPSET || opset > MAX_OPSET) {
    throw new ModelError(
      `The model's opset is ${opset ?? "not given"}: export it again with an opset from ${MIN_OPSET} to ${MAX_OPSET}.`,
    );
  }
  if (graph.node.length > MAX_NODES) {
    throw new ModelError(
      `The model has ${graph.node.length} nodes, and at most ${MAX_NODES} are taken: split it.`,
    );
  }
  if (graph.sparseInitializer.length > 0) {
    throw new ModelError("The model has sparse weights: export them dense.");
  }
  const constants = new Map<string, TensorData>();
  for (const tensor of graph.initializer) {
    if (constants.has(tensor.name)) {
      throw new ModelError(
        `The model has two initializers named "${tensor.name}": rename one of them.`,
      );
    }
    constants.set(tensor.name, readTensor(tensor, `initializer "${tensor.name}"`));
  }
  const inputs = graph.input.filter(({ name }) => !constants.has(name));
  const [input] = inputs;
  if (input === undefined || inputs.length > 1) {
    throw new ModelError(
      `The model has ${inputs.length} inputs, and a task has one: export it with a single input.`,
    );
  }
  if (graph.output.length === 0) {
    throw new ModelError("The model has no output: export it with one.");
  }
  return {
    opset,
    nodes: graph.node,
    constants,
    input: { name: input.name, shape: inputShape(input, shape) },
    outputs: graph.output.map(({ name }) => name),
  };
}

function decode(bytes: Uint8Array): ModelProto {
  const type = SCHEMA.lookupType("ModelProto");
  try {
    if (countParts(type, bytes, MAX_PARTS) > MAX_PARTS) {
      throw new ModelError(
        `The file has more nodes, attributes and single numbers than a model of ${MAX_NODES} nodes has: export it again with its weights as raw data, or use a smaller model.`,
      );
    }
    const message = type.decode(bytes);
    return type.toObject(message, {
      longs: Number,
      defaults: true,
      arrays: true,
    }) as unknown as ModelProto;
  } catch (cause) {
    if (cause instanceof ModelError) throw cause;
    throw new ModelError("The file is no ONNX model, or was cut short: export it again.", {
      cause,
    });
  }
}

function inputShape({ name, type }: ValueInfoProto, given: readonly number[] | undefined) {
  const tensor = type?.tensorType ?? undefined;
  if (tensor === undefined || tensor.elemType !== FLOAT) {
    const found = tensor === undefined ? "no tensor" : typeName(tensor.elemType);
    throw new ModelError(
      `The input "${name}" is ${found}, and has to be float: export the model with 32-bit floats.`,
    );
  }
  const dims = tensor.shape?.dim ?? [];
  if (given !== undefined && dims.length > 0 && dims.length !== given.length) {
    throw new ModelError(
      `--shape has ${given.length} dimensions and the input "${name}" has ${dims.length}: give as many.`,
    );
  }
  const open = dims.map(({ dimValue, dimParam }) => dimParam || dimValue || "?").join(" × ");
  const shape = (given ?? dims.map(({ dimValue }) => dimValue)).map((size, axis) => {
    const fixed = dims[axis]?.dimValue ?? 0;
    // A batch of unknown size is a batch of one: each image is computed by itself.
    const wanted = size === 0 && axis === 0 ? 1 : size;
    if (fixed > 0 && fixed !== wanted) {
      throw new ModelError(
        `--shape gives dimension ${axis + 1} of the input "${name}" as ${wanted}, and the model as ${fixed}: leave --shape out.`,
      );
    }
    if (wanted > 0 && Number.isSafeInteger(wanted)) return wanted;
    throw new ModelError(
      `The input "${name}" is of open shape ${open}: fix it with --shape, for example --shape 1,3,224,224.`,
    );
  });
  if (shape.length < 2 || shape.length > 4 || shape[0] !== 1) {
    throw new ModelError(
      `The input "${name}" is ${shape.join(" × ") || "a scalar"}: export the model for a batch of one with 2 to 4 dimensions.`,
    );
  }
  return shape;
}
