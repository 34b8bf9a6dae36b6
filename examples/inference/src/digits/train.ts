import { uniformStream } from "../../../shared/src/random/uniform.ts";
import { writeModel } from "../onnx/writeModel.ts";
import { CLASSES, drawDigit, SIDE } from "./drawDigit.ts";
import {
  createNetwork,
  emptyParameters,
  FEATURES,
  FIRST,
  type Parameters,
  SECOND,
} from "./network.ts";

/** Of the training set; those of other sets are larger. */
export const TRAINING_SEED = 1;
const IMAGES = 6_000;
const EPOCHS = 6;
const BATCH = 20;
const RATE = 0.08;
const MOMENTUM = 0.9;

/**
 * Trains the classifier of digits from nothing: stochastic gradient descent with momentum over drawings of {@link TRAINING_SEED}. It takes half a
 * minute, and gives the same bytes on every machine.
 * @param onEpoch - is told the share of training images that were classified right, while they were learnt from.
 * @returns an ONNX file; its input is 1 × 1 × 16 × 16, grey values from 0 to 1.
 */
export function trainDigits(
  onEpoch: (epoch: number, accuracy: number) => void = () => undefined,
): Uint8Array {
  const random = uniformStream(TRAINING_SEED);
  const parameters = emptyParameters();
  const spread = (values: Float64Array, inputs: number) => {
    // Uniform of He's variance, 2 / inputs.
    for (let i = 0; i < values.length; i++)
      values[i] = (random.next() * 2 - 1) * Math.sqrt(6 / inputs);
  };
  spread(parameters.conv1, 9);
  spread(parameters.conv2, FIRST * 9);
  spread(parameters.dense, FEATURES * 4);

  const digits = Array.from({ length: IMAGES }, (_, i) => drawDigit(TRAINING_SEED, i));
  const network = createNetwork(parameters);
  const names = Object.keys(parameters) as (keyof Parameters)[];
  const speed = emptyParameters();
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    let right = 0;
    const rate = (RATE * (EPOCHS - epoch)) / EPOCHS / BATCH;
    for (let start = 0; start < IMAGES; start += BATCH) {
      const gradient = emptyParameters();
      for (const { label, pixels } of digits.slice(start, start + BATCH)) {
        const shares = network.forward(pixels);
        if (shares.indexOf(Math.max(...shares)) === label) right++;
        network.backward(label, gradient);
      }
      for (const name of names) {
        const [values, moving, slope] = [parameters[name], speed[name], gradient[name]];
        for (let i = 0; i < values.length; i++) {
          moving[i] = MOMENTUM * (moving[i] as number) - rate * (slope[i] as number);
          (values[i] as number) += moving[i] as number;
        }
      }
    }
    onEpoch(epoch + 1, right / IMAGES);
  }
  return toModel(parameters);
}

function toModel({ conv1, bias1, conv2, bias2, dense, bias3 }: Parameters): Uint8Array {
  const conv = { kernel_shape: [3, 3], pads: [1, 1, 1, 1] };
  const pool = { kernel_shape: [2, 2], strides: [2, 2] };
  return writeModel({
    opset: 17,
    shape: [1, 1, SIDE, SIDE],
    constants: {
      "conv1.weight": { dims: [FIRST, 1, 3, 3], values: conv1 },
      "conv1.bias": { dims: [FIRST], values: bias1 },
      "conv2.weight": { dims: [SECOND, FIRST, 3, 3], values: conv2 },
      "conv2.bias": { dims: [SECOND], values: bias2 },
      "dense.weight": { dims: [CLASSES, FEATURES], values: dense },
      "dense.bias": { dims: [CLASSES], values: bias3 },
    },
    nodes: [
      {
        op: "Conv",
        inputs: ["x", "conv1.weight", "conv1.bias"],
        output: "conv1",
        attributes: conv,
      },
      { op: "Relu", inputs: ["conv1"], output: "relu1" },
      { op: "MaxPool", inputs: ["relu1"], output: "pool1", attributes: pool },
      {
        op: "Conv",
        inputs: ["pool1", "conv2.weight", "conv2.bias"],
        output: "conv2",
        attributes: conv,
      },
      { op: "Relu", inputs: ["conv2"], output: "relu2" },
      { op: "MaxPool", inputs: ["relu2"], output: "pool2", attributes: pool },
      { op: "Flatten", inputs: ["pool2"], output: "flat" },
      {
        op: "Gemm",
        inputs: ["flat", "dense.weight", "dense.bias"],
        output: "logits",
        attributes: { transB: 1 },
      },
      { op: "Softmax", inputs: ["logits"], output: "digit", attributes: { axis: -1 } },
    ],
  });
}
