import type { DataSet } from "../data/dataSet.ts";
import type { Random } from "../random/random.ts";
import { normalQuantile } from "./normal.ts";

/**
 * Attacks of Byzantine clients, who know every honest update of the round and act together.
 *
 * - `label-flip`: they train as asked, on labels y → C − 1 − y.
 * - `sign-flip`: they train as asked and send minus their own update, as in Blades.
 * - `sign-flip-byzfl`: all send minus the mean of the honest updates, as in ByzFL.
 * - `ipm`: inner-product manipulation, −ε times the mean (Xie, Koyejo, Gupta 2020); ε = 10.
 * - `gaussian`: numbers from N(0, 1).
 * - `alie`: a little is enough, mean − z · deviation (Baruch, Baruch, Goldberg 2019); z = 1.5.
 * - `mimic`: all copy one honest client (Karimireddy, He, Jaggi 2022), here the first.
 * - `min-max`: mean − γ · deviation with the largest γ for which the farthest honest update is no farther than honest updates are
 *   from each other (Shejwalkar, Houmansadr 2021).
 */
export const ATTACKS = [
  "none",
  "label-flip",
  "sign-flip",
  "sign-flip-byzfl",
  "ipm",
  "gaussian",
  "alie",
  "mimic",
  "min-max",
] as const;

export type AttackName = (typeof ATTACKS)[number];

/** Name of an attack in tables, with its source if two attacks have the same name. */
export function attackLabel(attack: AttackName): string {
  switch (attack) {
    case "sign-flip":
      return "sign-flip (Blades)";
    case "sign-flip-byzfl":
      return "sign-flip (ByzFL)";
    default:
      return attack;
  }
}

/** Strength of inner-product manipulation. Its authors try 0.5 to 100. */
export const IPM_EPSILON = 10;
/** Strength of ALIE that ByzFL uses; {@link alieStrength} is the paper's, which is weaker for so few clients. */
export const ALIE_Z = 1.5;

/** Whether the Byzantine clients of an attack train, rather than make their update up. */
export function trains(attack: AttackName): boolean {
  return isLabelsOnly(attack) || attack === "sign-flip";
}

/** Whether the Byzantine clients of an attack send the update that they trained. */
export function isLabelsOnly(attack: AttackName): boolean {
  return attack === "none" || attack === "label-flip";
}

export function flipLabels(data: DataSet): DataSet {
  return { ...data, labels: data.labels.map((label) => data.classes - 1 - label) };
}

/** The update that every Byzantine client sends in a round; a Gaussian one draws again for each. */
export function byzantineUpdate(
  attack: AttackName,
  honest: readonly Float32Array[],
  {
    own,
    random,
    alieZ = ALIE_Z,
  }: { own?: Float32Array | undefined; random: Random; alieZ?: number },
): Float32Array {
  const [first] = honest;
  if (first === undefined) throw new RangeError("there is no honest update to know");
  switch (attack) {
    case "sign-flip":
      return Float32Array.from(own ?? mean(honest), (value) => -value);
    case "sign-flip-byzfl":
      return Float32Array.from(mean(honest), (value) => -value);
    case "ipm":
      return Float32Array.from(mean(honest), (value) => -IPM_EPSILON * value);
    case "gaussian":
      return Float32Array.from(first, () => random.normal());
    case "alie": {
      const deviation = deviations(honest);
      return Float32Array.from(mean(honest), (value, i) => value - alieZ * (deviation[i] ?? 0));
    }
    case "mimic":
      return first.slice();
    case "min-max":
      return minMax(honest);
    default:
      throw new RangeError(`${attack} makes no update up`);
  }
}

/** z of ALIE by its paper: the f Byzantine clients and the honest ones that lie farther out are a majority. */
export function alieStrength(n: number, f: number): number {
  const supporters = Math.floor(n / 2) + 1 - f;
  return normalQuantile((n - f - supporters) / (n - f));
}

function mean(updates: readonly Float32Array[]): Float64Array {
  const sum = new Float64Array(updates[0]?.length ?? 0);
  for (const update of updates) {
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) + (update[i] ?? 0);
  }
  return sum.map((value) => value / updates.length);
}

/** Standard deviation of each coordinate over the clients, with 1/n. */
function deviations(updates: readonly Float32Array[]): Float64Array {
  const centre = mean(updates);
  return centre.map((mu, i) => {
    const squares = updates.reduce((sum, update) => sum + ((update[i] ?? 0) - mu) ** 2, 0);
    return Math.sqrt(squares / updates.length);
  });
}

function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] ?? 0) - (b[i] ?? 0)) ** 2;
  return Math.sqrt(sum);
}

function minMax(honest: readonly Float32Array[]): Float32Array {
  const centre = mean(honest);
  const deviation = deviations(honest);
  const widest = Math.max(...honest.flatMap((a) => honest.map((b) => distance(a, b))));
  const at = (gamma: number) => centre.map((value, i) => value - gamma * (deviation[i] ?? 0));
  const fits = (gamma: number) => {
    const made = at(gamma);
    return honest.every((update) => distance(made, update) <= widest);
  };
  let low = 0;
  // The farthest distance is convex in gamma: what does not fit once never fits again.
  let high = 1;
  while (fits(high) && high < 1e6) high *= 2;
  for (let i = 0; i < 30; i++) {
    const middle = (low + high) / 2;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return Float32Array.from(at(low));
}
