import type { DataSet } from "../data/dataSet.ts";
import type { ModelShape } from "../learning/model.ts";
import type { Utility } from "./shapley.ts";

/**
 * The accuracy, on a data set, of a softmax regression plus the mean of some updates. Its logits are linear in its parameters: those of the
 * model and of each update are computed once, and a set of updates costs a few sums, where `evaluate` would go through all examples and
 * features again. Both give the same accuracy, but for examples whose two best logits differ in their last bits alone.
 */
export function linearUtility(
  { shape, data }: { shape: ModelShape; data: DataSet },
  model: Float64Array,
  updates: readonly ArrayLike<number>[],
): Utility {
  const { classes } = shape;
  const { labels } = data;
  const rows = presentOf(data);
  const base = logitsOf(rows, shape, model);
  const moves = updates.map((update) => logitsOf(rows, shape, update));
  const sum = new Float64Array(base.length);
  return (members) => {
    sum.fill(0);
    for (const member of members) {
      const move = moves[member] ?? [];
      for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) + (move[i] ?? 0);
    }
    const share = 1 / Math.max(1, members.length);
    let right = 0;
    for (let example = 0; example < labels.length; example++) {
      let best = 0;
      let most = Number.NEGATIVE_INFINITY;
      for (let c = 0; c < classes; c++) {
        const i = example * classes + c;
        const logit = (base[i] ?? 0) + share * (sum[i] ?? 0);
        if (logit > most) {
          most = logit;
          best = c;
        }
      }
      if (best === labels[example]) right += 1;
    }
    return right / labels.length;
  };
}

/** For each example the numbers of the features that are not 0, and their values. */
type Rows = readonly { features: Uint32Array; values: Float32Array }[];

const known = new WeakMap<DataSet, Rows>();

function presentOf(data: DataSet): Rows {
  const before = known.get(data);
  if (before !== undefined) return before;
  const rows = Array.from(data.labels, (_, i) => {
    const all = data.values.subarray(i * data.features, (i + 1) * data.features);
    const features = Uint32Array.from([...all.keys()].filter((k) => all[k] !== 0));
    return { features, values: Float32Array.from(features, (k) => all[k] ?? 0) };
  });
  known.set(data, rows);
  return rows;
}

/** b + x · W for each example x, `classes` numbers each. */
function logitsOf(
  rows: Rows,
  { features: inputs, classes }: ModelShape,
  parameters: ArrayLike<number>,
): Float64Array {
  const logits = new Float64Array(rows.length * classes);
  for (const [example, { features, values }] of rows.entries()) {
    for (let c = 0; c < classes; c++) {
      let logit = parameters[inputs * classes + c] ?? 0;
      for (let k = 0; k < features.length; k++) {
        logit += (values[k] ?? 0) * (parameters[(features[k] ?? 0) * classes + c] ?? 0);
      }
      logits[example * classes + c] = logit;
    }
  }
  return logits;
}
