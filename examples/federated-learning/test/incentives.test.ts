import { describe, expect, test } from "vitest";
import { seededRandom } from "../../../test/fixtures/random.ts";
import { syntheticData } from "../src/data/synthetic.ts";
import { evaluatedUtility } from "../src/incentives/contributions.ts";
import { createLedger } from "../src/incentives/ledger.ts";
import { linearUtility } from "../src/incentives/linearUtility.ts";
import { sharesOf } from "../src/incentives/payout.ts";
import { exactShapley, gtgShapley, leaveOneOut, type Utility } from "../src/incentives/shapley.ts";
import { suspectsOf } from "../src/incentives/suspects.ts";
import { epsilonOf, privacySpent, renyi } from "../src/privacy/accountant.ts";
import { clipAndNoise } from "../src/privacy/clipAndNoise.ts";
import { createRandom } from "../src/random/random.ts";
import { localProgram } from "./programs.ts";

const WORTH: Record<string, number> = {
  "": 0,
  "0": 40,
  "1": 60,
  "2": 80,
  "0,1": 70,
  "0,2": 75,
  "1,2": 85,
  "0,1,2": 90,
};
const worth: Utility = (players) => WORTH[players.toSorted().join()] ?? Number.NaN;

describe("contributions", () => {
  const random = seededRandom();

  test("Shapley's values and leave-one-out of a small game", () => {
    const [a = 0, b = 0, c = 0] = exactShapley(3, worth);
    // By hand: 40/3 + 10/6 − 5/6 + 5/3, and so on.
    expect(a).toBeCloseTo(95 / 6, 9);
    expect(b).toBeCloseTo(185 / 6, 9);
    expect(c).toBeCloseTo(260 / 6, 9);
    expect(leaveOneOut(3, worth)).toEqual([5, 15, 20]);
  });

  test("GTG-Shapley comes near, sums to the whole, and passes over a round without effect", () => {
    const { values, permutations } = gtgShapley(3, worth, {
      random: createRandom(3),
      convergence: 0.001,
      maxPermutations: 6_000,
    });
    expect(permutations).toBeGreaterThanOrEqual(30);
    for (const [i, exact] of exactShapley(3, worth).entries()) {
      expect(Math.abs((values[i] ?? 0) - exact)).toBeLessThan(2);
    }
    expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(90, 9);
    const flat = gtgShapley(4, () => 0.5, { random: createRandom(1) });
    expect(flat).toEqual({ values: [0, 0, 0, 0], permutations: 0 });
  });

  test("of softmax regression are the same by its logits as by the program", async () => {
    const evaluate = await localProgram("evaluate");
    const data = syntheticData({ seed: 2, examples: 300, features: 12, classes: 4 });
    // Some features are absent, as in text.
    data.values.forEach((value, i) => {
      if (value < 0.3) data.values[i] = 0;
    });
    const shape = { features: 12, hidden: 0, classes: 4 };
    const numbers = () =>
      Float64Array.from({ length: 52 }, () => random.below(2 ** 24) / 2 ** 23 - 1);
    const model = numbers();
    const updates = Array.from({ length: 6 }, numbers);
    const fast = linearUtility({ shape, data }, model, updates);
    const slow = evaluatedUtility(evaluate, { shape, data }, model, updates);
    for (let set = 0; set < 1 << 6; set++) {
      const members = [0, 1, 2, 3, 4, 5].filter((i) => (set & (1 << i)) !== 0);
      expect(fast(members), `SEED=${random.seed}`).toBe(slow(members));
    }
  });

  test("a budget is shared to the wei, and who did harm is not paid", () => {
    const shares = sharesOf(
      100n,
      new Map([
        [7, 1],
        [3, 1],
        [5, 1],
        [9, -4],
      ]),
    );
    expect([...shares.values()].reduce((sum, wei) => sum + wei, 0n)).toBe(100n);
    expect(shares).toEqual(
      new Map([
        [7, 33n],
        [3, 34n],
        [5, 33n],
      ]),
    );
    expect(
      sharesOf(
        100n,
        new Map([
          [1, 0],
          [2, -1],
        ]),
      ),
    ).toEqual(new Map());
  });

  test("shares are the contributions' own proportions, not rounded ones", () => {
    const ether = 10n ** 18n;
    const of = (...values: number[]) => [
      ...sharesOf(ether, new Map(values.map((value, client) => [client, value]))).values(),
    ];
    expect(of(1, 2)).toEqual([333_333_333_333_333_333n, 666_666_666_666_666_667n]);
    expect(of(1, 6)).toEqual([142_857_142_857_142_857n, 857_142_857_142_857_143n]);
    expect(of(2 ** -1074, 2 ** -1073)).toEqual(of(1, 2));
    expect(of(2 ** 1000, 2 ** 1001)).toEqual(of(1, 2));
    expect(of(Number.MAX_VALUE, Number.MAX_VALUE)).toEqual([ether / 2n, ether / 2n]);
    // Less than a part of 10^9, and still its wei.
    expect(of(1, 2 ** -40)).toEqual([ether - 909_495n, 909_495n]);
    expect(() => of(1, Number.NaN)).toThrow(RangeError);
    expect(() => of(1, Number.POSITIVE_INFINITY)).toThrow(RangeError);
  });

  test(`shares add up, and none is a wei from its exact part (SEED=${random.seed})`, () => {
    for (let round = 0; round < 200; round++) {
      const budget = BigInt(random.below(2 ** 32)) ** BigInt(1 + random.below(4)) + 1n;
      // Whole numbers, so that the parts can be told without floats.
      const values = Array.from({ length: 1 + random.below(20) }, () => random.below(2 ** 32) - 99);
      const total = values.reduce((sum, value) => sum + BigInt(Math.max(0, value)), 0n);
      const shares = sharesOf(budget, new Map(values.map((value, client) => [client, value])));
      const paid = shares.values().reduce((sum, wei) => sum + wei, 0n);
      expect(paid, `SEED=${random.seed}`).toBe(total === 0n ? 0n : budget);
      for (const [client, wei] of shares) {
        const off = wei * total - budget * BigInt(Math.max(0, values[client] ?? 0));
        expect(off < total && -off < total, `SEED=${random.seed}`).toBe(true);
      }
    }
  });

  test("reputation falls with harm and suspicion, rises again, and never reaches 0", () => {
    const ledger = createLedger(2);
    const suspects = new Set([1]);
    for (let i = 0; i < 50; i++) {
      ledger.note({
        contributions: new Map([
          [0, 0.1],
          [1, 0.1],
        ]),
        suspects,
      });
    }
    expect(ledger.reputations[0]).toBeGreaterThan(0.95);
    expect(ledger.reputations[1]).toBeCloseTo(0.02, 9);
    ledger.note({ contributions: new Map([[1, 0.1]]), suspects: new Set() });
    expect(ledger.reputations[1]).toBeGreaterThan(0.3);
  });

  test("suspects are named apart from the aggregate, with the reason", () => {
    const report = (client: number, distance: number) =>
      ({ client, verdict: "counted", score: 0, distance }) as const;
    const reports = [
      report(0, 1),
      report(1, 1.2),
      report(2, 9),
      report(3, 1.1),
      { client: 4, verdict: "not-finite", score: 0, distance: 0 } as const,
    ];
    expect(
      suspectsOf(
        reports,
        new Map([
          [0, 0.5],
          [1, -0.6],
          [3, 0.1],
        ]),
      ),
    ).toEqual([
      { client: 1, reason: "opposed" },
      { client: 2, reason: "far" },
      { client: 4, reason: "not-finite" },
    ]);
  });
});

describe("privacy", () => {
  // The values that the tests of TensorFlow Privacy and Opacus hold their accountants to.
  test("Rényi divergences are those of other accountants", () => {
    expect(renyi(1, 10, 20)).toBeCloseTo(0.1, 12);
    expect(renyi(0, 10, 20)).toBe(0);
    expect(10 * renyi(0.1, 2, 5)).toBeCloseTo(0.07737, 5);
    expect(50 * renyi(0.01, 2.5, 5)).toBeCloseTo(0.00218075, 6);
    expect(50 * renyi(0.01, 2.5, 50)).toBeCloseTo(0.023846, 5);
    expect(50 * renyi(0.01, 2.5, 100)).toBeCloseTo(167.416307, 5);
  });

  test("so are epsilons", () => {
    const orders = Array.from({ length: 31 }, (_, i) => i + 2);
    const { epsilon, order } = epsilonOf(new Map(orders.map((a) => [a, 1.1])), 1e-5);
    expect(epsilon).toBeCloseTo(1.32783806176, 8);
    expect(order).toBe(32);
    const classic = Array.from({ length: 48 }, (_, i) => i + 2).map(
      (a) => 10_000 * renyi(0.01, 4, a) + Math.log(1e5) / (a - 1),
    );
    // By Mironov's own conversion, and so above what the tighter one gives.
    expect(Math.min(...classic)).toBeCloseTo(1.258575, 5);
    expect(classic.indexOf(Math.min(...classic)) + 2).toBe(20);
    const spent = privacySpent({ rate: 0.01, noise: 4, steps: 10_000, delta: 1e-5 });
    expect(spent.epsilon).toBeLessThan(1.258575);
    expect(spent.epsilon).toBeGreaterThan(1);
  });

  test("no noise protects nothing; what makes no sense is refused", () => {
    expect(privacySpent({ rate: 0.5, noise: 0, steps: 1, delta: 1e-5 }).epsilon).toBe(
      Number.POSITIVE_INFINITY,
    );
    expect(() => renyi(1.5, 1, 2)).toThrow(RangeError);
    expect(() => renyi(0.5, 1, 2.5)).toThrow(RangeError);
  });

  test("updates are clipped to the norm, and their noise adds up to what was asked for", () => {
    const options = { clip: 1, shares: 1, random: createRandom(1) };
    const clipped = clipAndNoise(Float32Array.of(3, 4), { ...options, noise: 0 });
    expect([...clipped]).toEqual([Math.fround(0.6), Math.fround(0.8)]);
    const noisy = clipAndNoise(new Float32Array(20_000), {
      clip: 2,
      noise: 3,
      shares: 4,
      random: createRandom(2),
    });
    const variance = noisy.reduce((sum, value) => sum + value * value, 0) / noisy.length;
    expect(Math.abs(Math.sqrt(variance) - (3 * 2) / 2)).toBeLessThan(0.05);
  });
});
