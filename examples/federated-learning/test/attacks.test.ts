import { describe, expect, test } from "vitest";
import {
  ATTACKS,
  alieStrength,
  attackLabel,
  byzantineUpdate,
  flipLabels,
  IPM_EPSILON,
} from "../src/attacks/attacks.ts";
import { normalQuantile } from "../src/attacks/normal.ts";
import { exp, log } from "../src/random/elementary.ts";
import { createRandom } from "../src/random/random.ts";

const honest = [Float32Array.of(1, 4), Float32Array.of(3, 4), Float32Array.of(2, 10)];
const made = (attack: Parameters<typeof byzantineUpdate>[0]) => [
  ...byzantineUpdate(attack, honest, { random: createRandom(1) }),
];

describe("attacks", () => {
  test("ALIE's strength is that of its paper's examples", () => {
    expect(alieStrength(50, 12)).toBeCloseTo(0.336, 4);
    expect(alieStrength(20, 4)).toBeCloseTo(0.1573, 4);
    expect(alieStrength(17, 4)).toBeCloseTo(0.2934, 4);
    expect(normalQuantile(0.975)).toBeCloseTo(1.959964, 6);
  });

  test("make up what their definitions say", () => {
    expect(made("ipm")).toEqual([-2 * IPM_EPSILON, -6 * IPM_EPSILON]);
    expect(made("sign-flip")).toEqual([-2, -6]);
    const own = Float32Array.of(5, -1);
    const options = { own, random: createRandom(1) };
    expect([...byzantineUpdate("sign-flip", honest, options)]).toEqual([-5, 1]);
    // ByzFL's does not look at what its own training gave.
    expect([...byzantineUpdate("sign-flip-byzfl", honest, options)]).toEqual([-2, -6]);
    expect(ATTACKS.map(attackLabel).filter((label) => label.startsWith("sign-flip"))).toEqual([
      "sign-flip (Blades)",
      "sign-flip (ByzFL)",
    ]);
    expect(made("mimic")).toEqual([1, 4]);
    const [x = 0, y = 0] = made("alie");
    expect(x).toBeCloseTo(2 - 1.5 * Math.sqrt(2 / 3), 6);
    expect(y).toBeCloseTo(6 - 1.5 * Math.sqrt(8), 6);
    const labels = Uint8Array.of(0, 1, 9);
    const data = { features: 1, classes: 10, values: new Float32Array(3), labels };
    expect([...flipLabels(data).labels]).toEqual([9, 8, 0]);
  });

  test("Min-Max goes as far as honest updates are from each other, and no farther", () => {
    const distance = (a: ArrayLike<number>, b: ArrayLike<number>) =>
      Math.hypot(...Array.from(a, (value, i) => value - (b[i] ?? 0)));
    const widest = Math.max(...honest.flatMap((a) => honest.map((b) => distance(a, b))));
    const farthest = Math.max(...honest.map((a) => distance(made("min-max"), a)));
    expect(farthest).toBeCloseTo(widest, 4);
  });
});

describe("random numbers", () => {
  test("log and exp agree with the engine's to 14 digits", () => {
    for (const x of [1e-300, 1e-9, 0.1, 0.5, 0.999999, 1, 1.0000001, 2, 10, 1e9, 1e300]) {
      expect(Math.abs(log(x) - Math.log(x))).toBeLessThanOrEqual(
        1e-14 * Math.abs(Math.log(x)) + 1e-16,
      );
    }
    for (const x of [-690, -20.5, -1, -1e-9, 0, 0.3, 1, 12, 690]) {
      expect(Math.abs(exp(x) / Math.exp(x) - 1)).toBeLessThan(1e-13);
    }
  });

  test("normal and gamma numbers have their means and variances", () => {
    const random = createRandom(7);
    const moments = (draw: () => number) => {
      const values = Array.from({ length: 40_000 }, draw);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return [mean, values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length];
    };
    const near = ([mean = 0, variance = 0]: number[], expected: [number, number]) => {
      expect(Math.abs(mean - expected[0])).toBeLessThan(0.05);
      expect(Math.abs(variance - expected[1])).toBeLessThan(0.1);
    };
    near(moments(random.normal), [0, 1]);
    near(
      moments(() => random.gamma(0.3)),
      [0.3, 0.3],
    );
    near(
      moments(() => random.gamma(2)),
      [2, 2],
    );
  });
});
