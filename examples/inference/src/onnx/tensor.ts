import { ModelError } from "./modelError.ts";
import type { TensorProto } from "./schema.ts";

/** `TensorProto.DataType`. */
export const FLOAT = 1;
const INT32 = 6;
const INT64 = 7;
const TYPE_NAMES = [
  ...["undefined", "float", "uint8", "int8", "uint16", "int16", "int32", "int64", "string"],
  ...["bool", "float16", "double", "uint32", "uint64", "complex64", "complex128", "bfloat16"],
];
const EXTERNAL = 1;

/** Most values of one tensor, and of all tensors of a model together: 512 MiB while layers are computed in 64-bit floats. */
export const MAX_VALUES = 1 << 26;
/** Most dimensions. Images have four. */
export const MAX_DIMENSIONS = 8;

/** A constant: floats, or the integers of a shape, as 64-bit floats. Row-major. */
export interface TensorData {
  shape: readonly number[];
  isInteger: boolean;
  values: Float64Array;
}

export const typeName = (type: number): string => TYPE_NAMES[type] ?? `type ${type}`;

/** How many values a tensor of this shape has; a scalar has one. */
export const countOf = (shape: readonly number[]): number =>
  shape.reduce((product, size) => product * size, 1);

/**
 * The values of a tensor.
 * @param what - the tensor in words, for errors.
 * @throws {@link ModelError} for another type than float, int32 and int64, data in another file, data of another length than the shape says,
 * and for values that are not finite.
 */
export function readTensor(tensor: TensorProto, what: string): TensorData {
  const { dims, dataType, rawData, dataLocation } = tensor;
  if (dataLocation === EXTERNAL) {
    throw new ModelError(
      `The ${what} lies in another file: save the model with its weights inside (onnx.save without external data).`,
    );
  }
  if (dims.length > MAX_DIMENSIONS) {
    throw new ModelError(
      `The ${what} has ${dims.length} dimensions, and a tensor has at most ${MAX_DIMENSIONS}: export the model again.`,
    );
  }
  const count = countOf(dims);
  if (!dims.every((size) => Number.isSafeInteger(size) && size >= 0) || count > MAX_VALUES) {
    throw new ModelError(
      `The ${what} is ${dims.join(" × ")}, and a tensor has at most ${MAX_VALUES} values: use a smaller model.`,
    );
  }
  const isInteger = dataType === INT32 || dataType === INT64;
  if (dataType !== FLOAT && !isInteger) {
    throw new ModelError(
      `The ${what} is ${typeName(dataType)}, and has to be float: export the model with 32-bit floats.`,
    );
  }
  const values = rawData.length > 0 ? fromRaw(rawData, dataType) : listed(tensor);
  if (values.length !== count) {
    throw new ModelError(
      `The ${what} is ${dims.join(" × ")} and has ${values.length} values: the file was cut short or damaged; export it again.`,
    );
  }
  if (!values.every(Number.isFinite)) {
    throw new ModelError(
      `The ${what} has values that are NaN or infinite: train or export the model again.`,
    );
  }
  return { shape: dims, isInteger, values };
}

function listed({ dataType, floatData, int32Data, int64Data }: TensorProto): Float64Array {
  const values = dataType === FLOAT ? floatData : dataType === INT32 ? int32Data : int64Data;
  return Float64Array.from(values);
}

/** Little-endian, as the format says. Bytes that are left over make one value more, which the count then refuses. */
function fromRaw(raw: Uint8Array, dataType: number): Float64Array {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const width = dataType === INT64 ? 8 : 4;
  const whole = Math.floor(raw.byteLength / width);
  const values = new Float64Array(Math.ceil(raw.byteLength / width));
  for (let i = 0; i < whole; i++) {
    if (dataType === FLOAT) values[i] = view.getFloat32(i * 4, true);
    else if (dataType === INT32) values[i] = view.getInt32(i * 4, true);
    else values[i] = Number(view.getBigInt64(i * 8, true));
  }
  return values;
}
