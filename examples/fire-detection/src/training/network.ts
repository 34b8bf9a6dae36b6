/** A layer of a {@link Network}: `weights[unit * inputs + input]`. */
export interface Layer {
  inputs: number;
  units: number;
  weights: Float64Array;
  biases: Float64Array;
}

/** Decay of Adam's two running means, and the least that it divides by. */
const MOMENTUM = 0.9;
const VARIANCE = 0.999;
const LEAST = 1e-8;

/**
 * A fully connected network with rectified units and one output, trained by Adam (Kingma & Ba 2015).
 *
 * It uses only additions, multiplications, divisions and square roots of 64-bit floats, one after the other in one order. IEEE 754 says their
 * results to the bit, so that training ends in the same weights on every machine.
 */
export class Network {
  readonly layers: readonly Layer[];
  readonly #gradients: readonly Layer[];
  readonly #means: readonly Layer[];
  readonly #squares: readonly Layer[];
  /** Values of the inputs and of the units of each layer, and the derivatives of the loss by them. */
  readonly #values: readonly Float64Array[];
  readonly #slopes: readonly Float64Array[];
  #momentumLeft = 1;
  #varianceLeft = 1;

  /**
   * @param sizes - number of inputs, then of each layer's units; the last is 1.
   * @param next - uniform in [0, 1), for the first weights.
   */
  constructor(sizes: readonly number[], next: () => number) {
    const layersOf = (weight: (inputs: number) => number) =>
      sizes.slice(1).map((units, l): Layer => {
        const inputs = sizes[l] ?? 0;
        const weights = Float64Array.from({ length: inputs * units }, () => weight(inputs));
        return { inputs, units, weights, biases: new Float64Array(units) };
      });
    // He et al. 2015: the variance of what a rectified layer gives is that of what it takes.
    this.layers = layersOf((inputs) => Math.sqrt(6 / inputs) * (2 * next() - 1));
    this.#gradients = layersOf(() => 0);
    this.#means = layersOf(() => 0);
    this.#squares = layersOf(() => 0);
    this.#values = sizes.map((size) => new Float64Array(size));
    this.#slopes = sizes.map((size) => new Float64Array(size));
  }

  /** Where the next inputs go. */
  get inputs(): Float64Array {
    return this.#values[0] ?? new Float64Array();
  }

  /** The output for {@link inputs}: the logarithm of the odds. */
  output(): number {
    for (const [l, { inputs, units, weights, biases }] of this.layers.entries()) {
      const from = this.#values[l] ?? this.inputs;
      const to = this.#values[l + 1] ?? this.inputs;
      const isLast = l === this.layers.length - 1;
      // Four units at a time: four sums that do not wait for each other.
      for (let unit = 0; unit < units; unit += 4) {
        const first = unit * inputs;
        const [second, third, fourth] = [first + inputs, first + 2 * inputs, first + 3 * inputs];
        let a = biases[unit] ?? 0;
        let b = biases[unit + 1] ?? 0;
        let c = biases[unit + 2] ?? 0;
        let d = biases[unit + 3] ?? 0;
        if (unit + 4 <= units) {
          for (let i = 0; i < inputs; i++) {
            const value = from[i] as number;
            a += (weights[first + i] as number) * value;
            b += (weights[second + i] as number) * value;
            c += (weights[third + i] as number) * value;
            d += (weights[fourth + i] as number) * value;
          }
          to[unit + 1] = isLast || b > 0 ? b : 0;
          to[unit + 2] = isLast || c > 0 ? c : 0;
          to[unit + 3] = isLast || d > 0 ? d : 0;
        } else {
          for (let i = 0; i < inputs; i++)
            a += (weights[first + i] as number) * (from[i] as number);
        }
        to[unit] = isLast || a > 0 ? a : 0;
      }
    }
    return this.#values.at(-1)?.[0] ?? 0;
  }

  /** Adds the gradient of a sample, after {@link output}. @param slope - the derivative of the loss by the output. */
  learn(slope: number): void {
    const last = this.#slopes.at(-1);
    if (last !== undefined) last[0] = slope;
    for (let l = this.layers.length - 1; l >= 0; l--) {
      const { inputs, units, weights } = this.layers[l] as Layer;
      const gradient = this.#gradients[l] as Layer;
      const from = this.#values[l] as Float64Array;
      const above = this.#slopes[l + 1] as Float64Array;
      const below = this.#slopes[l] as Float64Array;
      below.fill(0);
      for (let unit = 0; unit < units; unit++) {
        const steep = above[unit] as number;
        if (steep === 0) continue;
        gradient.biases[unit] = (gradient.biases[unit] as number) + steep;
        const row = unit * inputs;
        for (let i = 0; i < inputs; i++) {
          gradient.weights[row + i] =
            (gradient.weights[row + i] as number) + steep * (from[i] as number);
        }
        if (l === 0) continue;
        for (let i = 0; i < inputs; i++) {
          below[i] = (below[i] as number) + steep * (weights[row + i] as number);
        }
      }
      // A rectified unit at 0 passes nothing on.
      if (l > 0) for (let i = 0; i < inputs; i++) if (from[i] === 0) below[i] = 0;
    }
  }

  /** Moves the weights against the mean gradient of `samples` samples. */
  step(rate: number, samples: number): void {
    this.#momentumLeft *= MOMENTUM;
    this.#varianceLeft *= VARIANCE;
    const speed = rate / (1 - this.#momentumLeft);
    const spread = 1 - this.#varianceLeft;
    for (const [l, layer] of this.layers.entries()) {
      for (const part of ["weights", "biases"] as const) {
        const gradient = this.#gradients[l]?.[part] as Float64Array;
        const means = this.#means[l]?.[part] as Float64Array;
        const squares = this.#squares[l]?.[part] as Float64Array;
        const values = layer[part];
        for (let i = 0; i < values.length; i++) {
          const g = (gradient[i] as number) / samples;
          gradient[i] = 0;
          const mean = MOMENTUM * (means[i] as number) + (1 - MOMENTUM) * g;
          const square = VARIANCE * (squares[i] as number) + (1 - VARIANCE) * g * g;
          means[i] = mean;
          squares[i] = square;
          values[i] = (values[i] as number) - (speed * mean) / (Math.sqrt(square / spread) + LEAST);
        }
      }
    }
  }
}

/** 1 / (1 + e⁻ˣ), of additions, multiplications and divisions alone, so that it is the same on every machine. */
export function logistic(x: number): number {
  const bounded = Math.max(-40, Math.min(40, x));
  // e⁻ˣ = (e^(−x/256))^256, the inner one by its series.
  const small = -bounded / 256;
  let term = 1;
  let power = 1;
  for (let n = 1; n <= 12; n++) {
    term *= small / n;
    power += term;
  }
  for (let n = 0; n < 8; n++) power *= power;
  return 1 / (1 + power);
}
