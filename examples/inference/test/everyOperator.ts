import { uniformStream } from "../../shared/src/random/uniform.ts";
import type { ClosedSpec, NodeSpec, TensorSpec } from "../src/onnx/writeModel.ts";

/** One model with every operator and its variants, each as an output: a layer is compared by itself, and nothing is folded away. */
export function everyOperator(): ClosedSpec {
  const random = uniformStream(7);
  const constants: Record<string, TensorSpec> = {};
  const nodes: NodeSpec[] = [];
  const floats = (dims: readonly number[], size = 0.5, shift = 0) => {
    const name = `c${Object.keys(constants).length}`;
    const count = dims.reduce((product, side) => product * side, 1);
    const values = Array.from({ length: count }, () => (random.next() * 2 - 1) * size + shift);
    constants[name] = { dims, values };
    return name;
  };
  const integers = (values: readonly number[]) => {
    const name = `c${Object.keys(constants).length}`;
    constants[name] = { dims: [values.length], values, integer: true };
    return name;
  };
  const given = (values: readonly number[]) => {
    const name = `c${Object.keys(constants).length}`;
    constants[name] = { dims: [values.length], values };
    return name;
  };
  const node = (op: string, inputs: readonly string[], attributes: NodeSpec["attributes"] = {}) => {
    const output = `${op}${nodes.length}`;
    nodes.push({ op, inputs, output, attributes });
    return output;
  };

  const x = "x"; // 1 × 3 × 7 × 6
  const plain = node("Conv", [x, floats([6, 3, 3, 3]), floats([6])], { pads: [1, 1, 1, 1] });
  node("Conv", [x, floats([5, 3, 3, 2])], {
    strides: [2, 1],
    dilations: [1, 2],
    pads: [2, 0, 1, 1],
  });
  node("Conv", [x, floats([3, 1, 3, 3]), floats([3])], {
    group: 3,
    auto_pad: "SAME_UPPER",
    strides: [2, 2],
  });
  node("Conv", [plain, floats([4, 3, 1, 1])], { group: 2 });
  node("Conv", [plain, floats([6, 1, 2, 2])], { group: 6, auto_pad: "SAME_LOWER" });
  node("Conv", [x, floats([2, 3, 7, 6]), floats([2], 5)], { auto_pad: "VALID" });
  node("MaxPool", [x], { kernel_shape: [3, 2], strides: [2, 2], pads: [1, 0, 1, 1], ceil_mode: 1 });
  node("MaxPool", [x], { kernel_shape: [2, 2], dilations: [2, 2] });
  node("AveragePool", [x], { kernel_shape: [3, 3], strides: [2, 1], pads: [1, 1, 1, 1] });
  node("AveragePool", [x], { kernel_shape: [3, 3], pads: [1, 1, 0, 1], count_include_pad: 1 });
  node("AveragePool", [x], { kernel_shape: [2, 3], strides: [2, 2], ceil_mode: 1 });
  const mean = node("GlobalAveragePool", [plain]);
  const rectified = node("Relu", [plain]);
  const leaky = node("LeakyRelu", [plain], { alpha: 0.2 });
  const gate = node("Sigmoid", [mean]);
  node("Mul", [leaky, gate]);
  node("Mul", [rectified, leaky]);
  node("Add", [rectified, leaky]);
  node("Add", [plain, floats([6, 7, 6])]);
  node("Mul", [floats([7, 1]), plain]);
  node("Mul", [x, floats([])]);
  node("Add", [floats([3, 1, 1]), x]);
  node("Sub", [x, floats([1, 3, 1, 1])]);
  node("Sub", [floats([]), x]);
  node("Div", [x, floats([3, 1, 1], 0.1, 0.3)]);
  const each = [6];
  node(
    "BatchNormalization",
    [plain, floats(each, 0.5, 1), floats(each), floats(each), floats(each, 0.4, 0.6)],
    { epsilon: 1e-3 },
  );
  node("Concat", [plain, rectified, leaky], { axis: 1 });
  node("Concat", [x, x], { axis: -1 });
  node("Softmax", [plain], { axis: 1 });
  node("Softmax", [x]);
  const scales = given([1, 1, 2, 1.5]);
  const resize = (mode: string, coordinates: string, rest: NodeSpec["attributes"] = {}) =>
    node("Resize", [x, "", scales], { mode, coordinate_transformation_mode: coordinates, ...rest });
  resize("nearest", "asymmetric", { nearest_mode: "floor" });
  resize("nearest", "half_pixel", { nearest_mode: "round_prefer_ceil" });
  resize("nearest", "align_corners", { nearest_mode: "ceil" });
  resize("linear", "half_pixel");
  resize("linear", "pytorch_half_pixel");
  resize("linear", "asymmetric");
  node("Resize", [x, "", "", integers([1, 3, 4, 9])], {
    mode: "linear",
    coordinate_transformation_mode: "align_corners",
  });
  const flat = node("Flatten", [mean]);
  const dense = node("Gemm", [flat, floats([6, 5]), floats([5])], { alpha: 0.5, beta: 2 });
  node("Gemm", [flat, floats([4, 6]), floats([1])], { transB: 1 });
  node("MatMul", [x, floats([6, 4])]);
  const rows = node("Reshape", [x, integers([0, -1, 6])]);
  node("Add", [node("MatMul", [rows, floats([6, 3])]), floats([3])]);
  node("Softmax", [dense], { axis: -1 });
  node("Unsqueeze", [node("Squeeze", [mean, integers([2, 3])]), integers([0])]);
  node("Identity", [node("Dropout", [dense])]);
  return { shape: [1, 3, 7, 6], constants, nodes, outputs: nodes.map(({ output }) => output) };
}
