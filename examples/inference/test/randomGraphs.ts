import { type UniformStream, uniformStream } from "../../shared/src/random/uniform.ts";
import type { ClosedSpec, NodeSpec, TensorSpec } from "../src/onnx/writeModel.ts";

/** A random model of supported operators, as it follows from its seed. */
export function randomGraph(seed: number): ClosedSpec {
  const random = uniformStream(seed);
  const draft = new Draft(random);
  const shape = [1, draft.upTo(4), 5 + draft.upTo(6), 5 + draft.upTo(6)] as const;
  let value: Node = { name: "x", channels: shape[1], rows: shape[2], columns: shape[3] };
  for (let left = 2 + draft.upTo(4); left > 0; left--) value = draft.grow(value);
  draft.end(value);
  return { opset: 17, shape, constants: draft.constants, nodes: draft.nodes };
}

interface Node {
  name: string;
  channels: number;
  rows: number;
  columns: number;
}

class Draft {
  readonly constants: Record<string, TensorSpec> = {};
  readonly nodes: NodeSpec[] = [];
  readonly #random: UniformStream;

  constructor(random: UniformStream) {
    this.#random = random;
  }

  /** From 1 to `most`. */
  upTo(most: number): number {
    return 1 + Math.floor(this.#random.next() * most);
  }

  #oneOf<T>(list: readonly T[]): T {
    return list[this.upTo(list.length) - 1] as T;
  }

  #number(size: number): number {
    return (this.#random.next() * 2 - 1) * size;
  }

  #constant(dims: readonly number[], size = 1, shift = 0): string {
    const name = `c${Object.keys(this.constants).length}`;
    const count = dims.reduce((product, side) => product * side, 1);
    const values = Array.from({ length: count }, () => this.#number(size) + shift);
    this.constants[name] = { dims, values };
    return name;
  }

  #node(op: string, inputs: readonly string[], attributes: NodeSpec["attributes"] = {}): string {
    const output = `t${this.nodes.length}`;
    this.nodes.push({ op, inputs, output, attributes });
    return output;
  }

  grow(value: Node): Node {
    const steps = [
      () => this.#conv(value),
      () => this.#conv(value),
      () => this.#pool(value),
      () => this.#activation(value),
      () => this.#normalise(value),
      () => this.#branch(value),
      () => this.#resize(value),
      () => this.#scaled(value),
    ];
    return this.#oneOf(steps)();
  }

  #conv(value: Node): Node {
    const kernel = [this.upTo(3), this.upTo(3)] as const;
    const strides = [this.upTo(2), this.upTo(2)] as const;
    const isDeep = this.upTo(3) === 1;
    const group = isDeep ? value.channels : 1;
    const channels = isDeep ? value.channels * this.upTo(2) : this.upTo(6);
    const depth = value.channels / group;
    const pads = [0, 0, 0, 0].map(() => this.upTo(2) - 1);
    const dilations = kernel.map(() => this.upTo(2)) as [number, number];
    const length = (axis: 0 | 1, size: number) => {
      const padded = size + (pads[axis] ?? 0) + (pads[axis + 2] ?? 0);
      return Math.floor((padded - dilations[axis] * (kernel[axis] - 1) - 1) / strides[axis]) + 1;
    };
    const rows = length(0, value.rows);
    const columns = length(1, value.columns);
    if (rows < 1 || columns < 1) return value;
    const weight = this.#constant(
      [channels, depth, ...kernel],
      1 / Math.sqrt(depth * kernel[0] * kernel[1]),
    );
    const bias = this.upTo(2) === 1 ? [this.#constant([channels], 0.5)] : [];
    const attributes = { kernel_shape: kernel, strides, pads, dilations, group };
    const name = this.#node("Conv", [value.name, weight, ...bias], attributes);
    return { name, channels, rows, columns };
  }

  #pool(value: Node): Node {
    if (value.rows < 2 || value.columns < 2) return value;
    const op = this.#oneOf(["MaxPool", "AveragePool"]);
    const pads = [0, 0, 0, 0].map(() => this.upTo(2) - 1);
    const side = (axis: 0 | 1, size: number) =>
      Math.floor((size + (pads[axis] ?? 0) + (pads[axis + 2] ?? 0) - 2) / 2) + 1;
    const counts = op === "AveragePool" ? { count_include_pad: this.upTo(2) - 1 } : {};
    const attributes = { kernel_shape: [2, 2], strides: [2, 2], pads, ...counts };
    const name = this.#node(op, [value.name], attributes);
    return { ...value, name, rows: side(0, value.rows), columns: side(1, value.columns) };
  }

  #activation(value: Node): Node {
    const op = this.#oneOf(["Relu", "LeakyRelu", "Sigmoid", "Relu"]);
    const attributes = op === "LeakyRelu" ? { alpha: Math.fround(this.#random.next() / 2) } : {};
    return { ...value, name: this.#node(op, [value.name], attributes) };
  }

  #normalise(value: Node): Node {
    const each = [value.channels];
    const parts = [this.#constant(each, 0.5, 1), this.#constant(each), this.#constant(each, 0.3)];
    const variance = this.#constant(each, 0.4, 0.6);
    const name = this.#node("BatchNormalization", [value.name, ...parts, variance], {
      epsilon: 1e-5,
    });
    return { ...value, name };
  }

  /** Two ways that meet again. */
  #branch(value: Node): Node {
    const left = this.#activation(value);
    const weight = this.#constant(
      [value.channels, value.channels, 1, 1],
      1 / Math.sqrt(value.channels),
    );
    const right = this.#node("Conv", [value.name, weight]);
    const op = this.#oneOf(["Add", "Mul", "Concat"]);
    const attributes = op === "Concat" ? { axis: 1 } : {};
    const name = this.#node(op, [left.name, right], attributes);
    return { ...value, name, channels: op === "Concat" ? 2 * value.channels : value.channels };
  }

  #resize(value: Node): Node {
    if (value.rows > 12 || value.columns > 12) return value;
    const factors = [this.upTo(2), this.upTo(2)] as const;
    const scales = `c${Object.keys(this.constants).length}`;
    this.constants[scales] = { dims: [4], values: [1, 1, ...factors] };
    const [mode, coordinates] = this.#oneOf([
      ["nearest", "asymmetric"],
      ["nearest", "half_pixel"],
      ["linear", "half_pixel"],
      ["linear", "align_corners"],
      ["linear", "asymmetric"],
    ] as const);
    const nearest = mode === "nearest" ? { nearest_mode: "floor" } : {};
    const attributes = { mode, coordinate_transformation_mode: coordinates, ...nearest };
    const name = this.#node("Resize", [value.name, "", scales], attributes);
    return { ...value, name, rows: value.rows * factors[0], columns: value.columns * factors[1] };
  }

  /** By a gate for each channel, or by constants. */
  #scaled(value: Node): Node {
    if (this.upTo(2) === 1) {
      const factor = this.#constant(
        this.#oneOf([[], [1, value.channels, 1, 1], [value.channels, 1, 1]]),
        1,
        0.2,
      );
      return { ...value, name: this.#node(this.#oneOf(["Mul", "Add"]), [value.name, factor]) };
    }
    const mean = this.#node("GlobalAveragePool", [value.name]);
    const gate = this.#node("Sigmoid", [mean]);
    return { ...value, name: this.#node("Mul", [value.name, gate]) };
  }

  /** An end as classifiers have it, or the image as it is. */
  end({ name, channels, rows, columns }: Node): void {
    const kind = this.upTo(3);
    if (kind === 1) return void this.#node("Softmax", [name], { axis: 1 });
    const [pooled, size] =
      this.upTo(2) === 1
        ? [this.#node("GlobalAveragePool", [name]), channels]
        : [name, channels * rows * columns];
    const flat = this.#node("Flatten", [pooled], { axis: 1 });
    const classes = 2 + this.upTo(8);
    const scale = 1 / Math.sqrt(size);
    const logits =
      kind === 2
        ? this.#node(
            "Gemm",
            [flat, this.#constant([classes, size], scale), this.#constant([classes])],
            { transB: 1 },
          )
        : this.#node("Add", [
            this.#node("MatMul", [flat, this.#constant([size, classes], scale)]),
            this.#constant([classes]),
          ]);
    if (this.upTo(2) === 1) this.#node("Softmax", [logits], { axis: -1 });
  }
}
