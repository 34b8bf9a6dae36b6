import { concat } from "./concat.ts";
import { conv } from "./conv.ts";
import { gemm, matMul } from "./dense.ts";
import {
  add,
  batchNormalization,
  divide,
  leakyRelu,
  multiply,
  relu,
  sigmoid,
  subtract,
} from "./elementwise.ts";
import type { NodeContext } from "./nodeContext.ts";
import { averagePool, globalAveragePool, maxPool } from "./pool.ts";
import { resize } from "./resize.ts";
import { softmax } from "./softmax.ts";
import { constant, dropout, flatten, identity, reshape, squeeze, unsqueeze } from "./views.ts";

/** The operators that a program can compute, and what makes layers of them. */
export const OPERATORS: Readonly<Record<string, (context: NodeContext) => void>> = {
  Add: add,
  AveragePool: averagePool,
  BatchNormalization: batchNormalization,
  Concat: concat,
  Constant: constant,
  Conv: conv,
  Div: divide,
  Dropout: dropout,
  Flatten: flatten,
  Gemm: gemm,
  GlobalAveragePool: globalAveragePool,
  Identity: identity,
  LeakyRelu: leakyRelu,
  MatMul: matMul,
  MaxPool: maxPool,
  Mul: multiply,
  Relu: relu,
  Reshape: reshape,
  Resize: resize,
  Sigmoid: sigmoid,
  Softmax: softmax,
  Squeeze: squeeze,
  Sub: subtract,
  Unsqueeze: unsqueeze,
};
