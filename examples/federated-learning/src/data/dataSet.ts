/** Labelled examples. */
export interface DataSet {
  features: number;
  classes: number;
  /** One example after another, `features` numbers each. */
  values: Float32Array;
  labels: Uint8Array;
}

/** The data of a run. */
export interface Sources {
  train: DataSet;
  test: DataSet;
}

/** The examples at these positions, in this order. */
export function pick(data: DataSet, positions: readonly number[]): DataSet {
  const { features, classes } = data;
  const values = new Float32Array(positions.length * features);
  for (const [i, position] of positions.entries()) {
    values.set(data.values.subarray(position * features, (position + 1) * features), i * features);
  }
  const labels = Uint8Array.from(positions, (position) => data.labels[position] ?? 0);
  return { features, classes, values, labels };
}
