// Rényi differential privacy of the subsampled Gaussian mechanism: Mironov, Talwar, Zhang (2019), "Rényi Differential Privacy of
// the Sampled Gaussian Mechanism", section 3.3, at whole orders; to (epsilon, delta) by Canonne, Kamath, Steinke (2020),
// proposition 12, which is what Opacus and TensorFlow Privacy use.

/** Orders at which it is computed; the best one counts. */
export const ORDERS: readonly number[] = [
  ...Array.from({ length: 63 }, (_, i) => i + 2),
  80,
  96,
  128,
  192,
  256,
  384,
  512,
];

/**
 * Rényi divergence of order `order` of one step: Poisson sampling at `rate`, noise of `noise` times the sensitivity.
 * @param order - a whole number from 2 on.
 */
export function renyi(rate: number, noise: number, order: number): number {
  if (!Number.isInteger(order) || order < 2) throw new RangeError("an order is a whole number ≥ 2");
  if (!(rate >= 0 && rate <= 1)) throw new RangeError("a sampling rate is from 0 to 1");
  if (!(noise > 0)) return rate === 0 ? 0 : Number.POSITIVE_INFINITY;
  if (rate === 0) return 0;
  if (rate === 1) return order / (2 * noise * noise);
  // log of sum over k of C(order, k) (1 − q)^(order − k) q^k exp(k (k − 1) / 2 sigma²)
  let logBinomial = 0;
  let logSum = Number.NEGATIVE_INFINITY;
  for (let k = 0; k <= order; k++) {
    if (k > 0) logBinomial += Math.log((order - k + 1) / k);
    const term =
      logBinomial +
      (order - k) * Math.log1p(-rate) +
      k * Math.log(rate) +
      (k * (k - 1)) / (2 * noise * noise);
    const larger = Math.max(logSum, term);
    logSum = larger + Math.log(Math.exp(logSum - larger) + Math.exp(term - larger));
  }
  return logSum / (order - 1);
}

/** The epsilon that Rényi divergences at these orders give for a `delta`, and the order that gave it. */
export function epsilonOf(
  divergences: ReadonlyMap<number, number>,
  delta: number,
): { epsilon: number; order: number } {
  let best = { epsilon: Number.POSITIVE_INFINITY, order: 0 };
  for (const [order, divergence] of divergences) {
    const epsilon = divergence + Math.log1p(-1 / order) - Math.log(delta * order) / (order - 1);
    if (epsilon < best.epsilon) best = { epsilon: Math.max(0, epsilon), order };
  }
  return best;
}

/**
 * The privacy loss of each client after `steps` releases of a clipped and noised mean.
 * @param rate - chance of a client to take part in a round.
 * @param noise - standard deviation of the noise on the sum, in units of the clipping norm.
 */
export function privacySpent({
  rate,
  noise,
  steps,
  delta,
}: {
  rate: number;
  noise: number;
  steps: number;
  delta: number;
}): { epsilon: number; delta: number; order: number } {
  const spent = new Map(ORDERS.map((order) => [order, steps * renyi(rate, noise, order)]));
  return { ...epsilonOf(spent, delta), delta };
}
