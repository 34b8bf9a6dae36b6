import type { Graph, Layer, Tensor } from "../graph/graph.ts";
import { checkModelBytes, dataBytesOf, pagesOf } from "../graph/room.ts";
import { attributesOf, describeNode } from "../onnx/attributes.ts";
import { ModelError } from "../onnx/modelError.ts";
import type { OnnxModel } from "../onnx/readModel.ts";
import type { NodeProto } from "../onnx/schema.ts";
import { countOf, MAX_DIMENSIONS, MAX_VALUES } from "../onnx/tensor.ts";
import type { NodeContext, Value } from "./nodeContext.ts";
import { OPERATORS } from "./operators.ts";
import { workOf } from "./work.ts";

/** Most multiplications of one image. A program does some 10⁸ a second. */
const MAX_WORK = 20e9;

/**
 * Makes a model's layers, with all shapes known.
 * @throws {@link ModelError} that names the node, and the operator or attribute that is missing.
 */
export function buildGraph(model: OnnxModel): Graph {
  const tensors: Tensor[] = [];
  const layers: Layer[] = [];
  const values = new Map<string, Value>();
  let allValues = 0;
  const addTensor = (name: string, shape: readonly number[], constant?: Float64Array) => {
    const size = countOf(shape);
    if (size < 1 || size > MAX_VALUES) {
      throw new ModelError(
        `The tensor "${name}" is ${shape.join(" × ")}, and a tensor has 1 to ${MAX_VALUES} values: use smaller images.`,
      );
    }
    allValues += size;
    if (allValues > MAX_VALUES) {
      throw new ModelError(
        `The tensors up to "${name}" have more than ${MAX_VALUES} values together: use smaller images, or a smaller model.`,
      );
    }
    tensors.push({ name, size, constant });
    return tensors.length - 1;
  };

  const input = addTensor(model.input.name, model.input.shape);
  values.set(model.input.name, { id: input, shape: model.input.shape, constant: undefined });
  for (const [name, data] of model.constants) {
    values.set(name, { id: undefined, shape: data.shape, constant: data });
  }

  let work = 0;
  let dataBytes = 0;
  for (const node of model.nodes) {
    const translate = operatorOf(node);
    const name = describeNode(node);
    const [output = ""] = node.output;
    if (output === "" || values.has(output)) {
      throw new ModelError(
        `${name} gives "${output}", which is empty or given twice: export the model again.`,
      );
    }
    const define = (value: Value) => {
      if (value.shape.length > MAX_DIMENSIONS) {
        throw new ModelError(
          `${name} gives a tensor of ${value.shape.length} dimensions, and there are at most ${MAX_DIMENSIONS}: export the model again.`,
        );
      }
      values.set(output, value);
    };
    const context = contextOf(node, { model, values, addTensor });
    translate({
      ...context,
      emit(layer, shape) {
        const layerWithPlace = { ...layer, name, output: addTensor(output, shape) } as Layer;
        layers.push(layerWithPlace);
        work += workOf(layerWithPlace);
        dataBytes += dataBytesOf(layerWithPlace);
        checkModelBytes(dataBytes);
        define({ id: layerWithPlace.output, shape, constant: undefined });
      },
      alias: define,
    });
    context.attributes.end();
    if (work > MAX_WORK) {
      throw new ModelError(
        `The model takes more than ${MAX_WORK / 1e9} billion multiplications an image: use a smaller model, or smaller images.`,
      );
    }
  }

  const outputs = model.outputs.map((name) => {
    const value = values.get(name);
    if (value?.id === undefined) {
      throw new ModelError(
        `The output "${name}" is nothing that the graph computes: export the model again.`,
      );
    }
    return { tensor: value.id, name, shape: value.shape };
  });
  const inputBytes = countOf(model.input.shape);
  const resultBytes = outputs.reduce((sum, { shape }) => sum + countOf(shape), 0);
  pagesOf({ inputBytes, resultBytes }, dataBytes); // before it is calibrated, which may take a minute
  return { tensors, layers, input, inputShape: model.input.shape, outputs };
}

function operatorOf(node: NodeProto): (context: NodeContext) => void {
  const { opType, domain } = node;
  if (domain !== "" && domain !== "ai.onnx") {
    throw new ModelError(
      `${describeNode(node)} is of the domain ${domain}: export the model with operators of ONNX alone.`,
    );
  }
  const operator = Object.hasOwn(OPERATORS, opType) ? OPERATORS[opType] : undefined;
  if (operator !== undefined) return operator;
  throw new ModelError(
    `${describeNode(node)}: the operator ${opType} is not supported. There are ${Object.keys(OPERATORS).join(", ")}.`,
  );
}

interface Place {
  model: OnnxModel;
  values: Map<string, Value>;
  addTensor: (name: string, shape: readonly number[], constant?: Float64Array) => number;
}

function contextOf(
  node: NodeProto,
  { model, values, addTensor }: Place,
): Omit<NodeContext, "emit" | "alias"> {
  const name = describeNode(node);
  const optional = (index: number): Value | undefined => {
    const input = node.input[index] ?? "";
    if (input === "") return undefined;
    const value = values.get(input);
    if (value === undefined) {
      throw new ModelError(
        `${name} uses "${input}", which no earlier node gives: the graph has a circle, is not in order, or was cut; export it again.`,
      );
    }
    return value;
  };
  const input = (index: number): Value => {
    const value = optional(index);
    if (value !== undefined) return value;
    throw new ModelError(`${name} has no input ${index + 1}: export the model again.`);
  };
  return {
    name,
    opset: model.opset,
    attributes: attributesOf(node),
    inputCount: node.input.length,
    optional,
    input,
    tensor(index) {
      const { id, constant, shape } = input(index);
      if (id !== undefined) return id;
      if (constant !== undefined && !constant.isInteger) {
        return addTensor(node.input[index] ?? "", shape, constant.values);
      }
      throw new ModelError(
        `${name} computes with integers: export the model so that they are constants.`,
      );
    },
  };
}
