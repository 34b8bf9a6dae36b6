import { applyUpdate } from "../learning/model.ts";

/** What an adaptive strategy remembers from round to round. */
export interface Moments {
  /** Moving mean of the aggregates. */
  m: Float64Array;
  /** Moving mean of their squares. */
  v: Float64Array;
  /** Number of steps made. */
  steps: number;
}

/**
 * How the server moves the model, on top of any rule of aggregation. A strategy holds no state: what one remembers is given to it and handed
 * back, so that a training can be stored after any round.
 */
export interface Strategy {
  readonly name: StrategyName;
  /** mu of the term that clients add to their loss; 0 for none. */
  readonly proximal: number;
  /**
   * The model after a round.
   * @param aggregate - what the rule made of the clients' updates, as long as the model.
   * @param moments - what the last step handed back; undefined before the first.
   */
  step(
    model: Float64Array,
    aggregate: Float64Array,
    moments: Moments | undefined,
  ): { model: Float64Array; moments: Moments | undefined };
}

export const STRATEGIES = ["fedavg", "fedprox", "fedadam", "fedyogi"] as const;

export type StrategyName = (typeof STRATEGIES)[number];

/** w ← w + rate · aggregate (McMahan et al. 2017). Default: a rate of 1. */
export function fedAvg({ rate = 1 }: { rate?: number } = {}): Strategy {
  return {
    name: "fedavg",
    proximal: 0,
    step: (model, aggregate) => ({
      model: applyUpdate(model, aggregate, rate),
      moments: undefined,
    }),
  };
}

/**
 * FedAvg, whose clients minimise their loss plus mu / 2 · ‖w − w₀‖², where w₀ is the model that they were given (Li et al. 2020, formula 2).
 * Defaults: mu 0.1, a rate of 1.
 */
export function fedProx({ mu = 0.1, rate = 1 }: { mu?: number; rate?: number } = {}): Strategy {
  return { ...fedAvg({ rate }), name: "fedprox", proximal: mu };
}

export interface AdaptiveOptions {
  /** eta of Reddi et al. Default: 0.1. */
  rate?: number;
  /** Default: 0.9. */
  beta1?: number;
  /** Default: 0.99. */
  beta2?: number;
  /** How much a coordinate adapts: with a large tau, all move alike. Default: 0.001. */
  tau?: number;
  /**
   * `paper` (default): v begins at tau², and no step is corrected. `flower`: v begins at 0, and the rate of FedAdam is corrected by
   * √(1 − beta2ᵗ) / (1 − beta1ᵗ) with t = 2 in the first round.
   */
  variant?: "paper" | "flower";
}

/** Adam on the server: Reddi et al. 2021, algorithm 2. */
export function fedAdam(options: AdaptiveOptions = {}): Strategy {
  const { beta1 = BETA1, beta2 = BETA2, variant = "paper" } = options;
  const correction = (steps: number) =>
    Math.sqrt(1 - power(beta2, steps + 1)) / (1 - power(beta1, steps + 1));
  return adaptive("fedadam", options, {
    second: (v, square) => beta2 * v + (1 - beta2) * square,
    correction: variant === "flower" ? correction : () => 1,
  });
}

/** Yogi on the server: Reddi et al. 2021, algorithm 2. v grows and falls by no more than (1 − beta2) · aggregate² a round. */
export function fedYogi(options: AdaptiveOptions = {}): Strategy {
  const { beta2 = BETA2 } = options;
  return adaptive("fedyogi", options, {
    second: (v, square) => v - (1 - beta2) * square * Math.sign(v - square),
    correction: () => 1,
  });
}

const BETA1 = 0.9;
const BETA2 = 0.99;

function adaptive(
  name: StrategyName,
  { rate = 0.1, beta1 = BETA1, tau = 1e-3, variant = "paper" }: AdaptiveOptions,
  {
    second,
    correction,
  }: {
    second: (v: number, square: number) => number;
    correction: (steps: number) => number;
  },
): Strategy {
  const first = (length: number): Moments => ({
    m: new Float64Array(length),
    v: new Float64Array(length).fill(variant === "paper" ? tau * tau : 0),
    steps: 0,
  });
  return {
    name,
    proximal: 0,
    step(model, aggregate, before = first(model.length)) {
      const steps = before.steps + 1;
      const m = before.m.map((value, i) => beta1 * value + (1 - beta1) * (aggregate[i] ?? 0));
      const v = before.v.map((value, i) => second(value, square(aggregate[i] ?? 0)));
      const eta = rate * correction(steps);
      return {
        model: model.map((value, i) => value + (eta * (m[i] ?? 0)) / (Math.sqrt(v[i] ?? 0) + tau)),
        moments: { m, v, steps },
      };
    },
  };
}

/** base to a whole exponent, by products alone: ECMAScript leaves the bits of ** open. */
function power(base: number, exponent: number): number {
  let product = 1;
  for (let i = 0; i < exponent; i++) product *= base;
  return product;
}

const square = (value: number) => value * value;

/** How a strategy is chosen on the command line. */
export interface StrategyOptions {
  name: StrategyName;
  /** The server's rate. Default: that of the strategy. */
  rate?: number | undefined;
  /** mu of FedProx. Default: 0.1. */
  mu?: number | undefined;
}

/** Default: FedAvg at a rate of 1. */
export function strategyOf({ name, rate, mu }: StrategyOptions = { name: "fedavg" }): Strategy {
  const given = rate === undefined ? {} : { rate };
  switch (name) {
    case "fedavg":
      return fedAvg(given);
    case "fedprox":
      return fedProx({ ...given, ...(mu !== undefined && { mu }) });
    case "fedadam":
      return fedAdam(given);
    case "fedyogi":
      return fedYogi(given);
  }
}
