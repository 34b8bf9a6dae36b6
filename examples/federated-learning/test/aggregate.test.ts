import { beforeAll, describe, expect, test } from "vitest";
import { seededRandom } from "../../../test/fixtures/random.ts";
import type { LocalProgram } from "../../shared/src/programs/localProgram.ts";
import { aggregate } from "../src/aggregate/aggregate.ts";
import type { ClientUpdate } from "../src/aggregate/aggregation.ts";
import {
  minimumClients,
  parseRule,
  type RuleName,
  type RuleOptions,
} from "../src/aggregate/rules.ts";
import { decodeAggregation, encodeAggregation } from "../src/aggregate/wire.ts";
import { localProgram } from "./programs.ts";
import { krumScore, referenceAggregate, sorted } from "./reference.ts";

let program: LocalProgram;
beforeAll(async () => {
  program = await localProgram("aggregate");
});

const f64 = (...rows: number[][]): ClientUpdate[] =>
  rows.map((row, client) => ({ client, values: Float64Array.from(row) }));
const f32 = (...rows: number[][]): ClientUpdate[] =>
  rows.map((row, client) => ({ client, values: Float32Array.from(row) }));
const scalars = (...values: number[]) => f64(...values.map((value) => [value]));
const fours = (...values: number[]) => f64(...values.map((value) => Array(4).fill(value)));
const run = (updates: ClientUpdate[], options: RuleOptions) => aggregate(program, updates, options);
const rowOf = (updates: ClientUpdate[], options: RuleOptions) => [
  ...(run(updates, options).rows[0] ?? []),
];
const close = (row: readonly number[], expected: readonly number[], digits = 8) => {
  expect(row).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(row[i]).toBeCloseTo(value, digits);
};

describe("published vectors", () => {
  test("Flower: Krum, Multi-Krum, Bulyan", () => {
    const flower = { variant: "flower", f: 1 } as const;
    expect(rowOf(fours(0.2, 0.7, 1.0), { rule: "krum", ...flower })).toEqual(Array(4).fill(0.7));
    close(
      rowOf(fours(0.2, 0.5, 1.0), { rule: "multi-krum", m: 2, ...flower }),
      Array(4).fill(0.35),
    );
    close(rowOf(scalars(0.2, 0.5, 0.7, 12, 0.1, 0.1), { rule: "bulyan", f: 0 }), [2.26667], 5);
  });

  const trimmed = [
    [0.5, 0.5, 0.5, 0.5],
    [1, 0.2, 0.5, 1],
    [0.2, 0.5, 1, 0.2],
    [0.5, 1, 0.2, 0.5],
  ];

  test("Flower: trimmed mean and median", () => {
    expect(rowOf(f64(...trimmed), { rule: "trimmed-mean", f: 1 })).toEqual(Array(4).fill(0.5));
    expect(rowOf(scalars(0.5, 1, 2, 100), { rule: "trimmed-mean", f: 1 })).toEqual([1.5]);
    expect(rowOf(f64(...trimmed.slice(1)), { rule: "median" })).toEqual(Array(4).fill(0.5));
    expect(rowOf(scalars(1, 3, 2), { rule: "median" })).toEqual([2]);
  });

  test("Flower: the values nearest to a reference", () => {
    const around = (reference: number, m: number) =>
      ({ rule: "mean-around-reference", m, reference: Float64Array.of(reference) }) as const;
    expect(rowOf(scalars(1, 2, 0.5), around(1, 2))).toEqual([0.75]);
    expect(rowOf(scalars(1, -0.5, 10), around(0, 1))).toEqual([-0.5]);
    expect(() => run(scalars(1, 2, 0.5), around(1, 4))).toThrow(/option/);
  });

  const byzfl = f64([1, 2, 3], [4, 5, 6], [7, 8, 9]);

  test("ByzFL: selections", () => {
    const options = { variant: "byzfl", f: 1 } as const;
    expect(rowOf(byzfl, { rule: "krum", ...options })).toEqual([1, 2, 3]);
    for (const rule of ["multi-krum", "minimum-diameter", "mean-around-median"] as const) {
      expect(rowOf(byzfl, { rule, ...options }), rule).toEqual([2.5, 3.5, 4.5]);
    }
    expect(rowOf(byzfl, { rule: "trimmed-mean", ...options })).toEqual([4, 5, 6]);
  });

  test("ByzFL: geometric median, centered clipping", () => {
    const zero = new Float64Array(3);
    close(
      rowOf(byzfl, {
        rule: "geometric-median",
        nu: 0.1,
        iterations: 3,
        tolerance: 0,
        reference: zero,
      }),
      [3.78788764, 4.78788764, 5.78788764],
    );
    close(rowOf(byzfl, { rule: "centered-clipping", tau: 100 }), [4, 5, 6]);
  });

  test("ByzFL: what is done before a rule", () => {
    const rows = (options: Omit<RuleOptions, "rule">) =>
      run(byzfl, { rule: "rows", variant: "byzfl", f: 1, ...options }).rows.map((row) => [...row]);
    expect(rows({ before: ["nnm"] })).toEqual([
      [2.5, 3.5, 4.5],
      [2.5, 3.5, 4.5],
      [5.5, 6.5, 7.5],
    ]);
    const [one, two, three = []] = rows({ before: ["arc"] });
    expect([one, two]).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    close(three, [4.41004009, 5.04004582, 5.67005155]);
    close(rows({ before: ["clip"], clip: 2 })[0] ?? [], [0.53452248, 1.06904497, 1.60356745]);
  });
});

describe("where implementations differ, the paper is the default", () => {
  const six = f64([2, -1], [0, -3], [-1, 3], [0, 5], [-2, 1], [0, 1]);
  const scores = (options: Partial<RuleOptions>) => {
    const { clients } = run(six, { rule: "krum", f: 1, ...options });
    const chosen = clients.findIndex(({ verdict }) => verdict === "selected");
    return { scores: clients.map(({ score }) => score), chosen };
  };

  test("Krum sums over n − f − 2 neighbours; over n − f − 1 on request", () => {
    const expected = { scores: [36, 44, 15, 41, 29, 17], chosen: 2 };
    expect(scores({})).toEqual(expected);
    expect(scores({ variant: "flower" })).toEqual(expected);
    expect(scores({ variant: "byzfl" })).toEqual({ scores: [61, 81, 40, 81, 49, 33], chosen: 5 });
  });

  test("Bulyan picks one update after another; all at once on request", () => {
    const eleven = scalars(0, 1, 2.5, 4.5, 7, 10, 13.5, 17.5, 22, 27, 100);
    const picks = (variant: "paper" | "flower") =>
      run(eleven, { rule: "bulyan", f: 2, variant })
        .clients.filter(({ verdict }) => verdict === "selected")
        .map(({ client }) => client);
    expect(picks("flower")).not.toEqual(picks("paper"));
    expect(rowOf(eleven, { rule: "bulyan", f: 2 })).toEqual(
      referenceAggregate(eleven, { rule: "bulyan", f: 2 }),
    );
  });
});

const RULE_NAMES = [
  "mean",
  "weighted-mean",
  "median",
  "trimmed-mean",
  "mean-around-median",
  "krum",
  "multi-krum",
  "minimum-diameter",
  "geometric-median",
  "centered-clipping",
  "bulyan",
] as const;

describe("random updates", () => {
  const random = seededRandom();
  const draw = () => (random.below(2 ** 24) / 2 ** 23 - 1) * 4;
  const instance = (rule: RuleName, wide: boolean) => {
    const f = random.below(3);
    const n = Math.max(minimumClients(rule, f), 2 * f + 1) + random.below(6);
    const d = 1 + random.below(wide ? 600 : 12);
    // Few different values make ties.
    const coarse = random.below(2) === 0;
    const single = random.below(2) === 0;
    const row = () => Array.from({ length: d }, () => (coarse ? Math.round(draw()) : draw()));
    const updates = Array.from({ length: n }, (_, i) => ({
      client: 7 * i + random.below(7),
      weight: 1 + random.below(50),
      values: single ? Float32Array.from(row()) : Float64Array.from(row()),
    }));
    return { updates, f };
  };

  test.each(RULE_NAMES)(
    `%s agrees with a reference written apart from it (SEED=${random.seed})`,
    (rule) => {
      for (const before of [[], ["nnm"]] as const) {
        for (let round = 0; round < 25; round++) {
          const { updates, f } = instance(rule, round % 5 === 0);
          const options = { rule, f, before };
          expect(rowOf(updates, options), `SEED=${random.seed}`).toEqual(
            referenceAggregate(updates, options),
          );
        }
      }
    },
  );

  test(`the order in which clients arrive changes not one bit of the result (SEED=${random.seed})`, () => {
    for (const rule of RULE_NAMES) {
      for (const before of [[], ["nnm"], ["arc"]] as const) {
        const { updates, f } = instance(rule, false);
        const first = program.run(encodeAggregation(updates, { rule, f, before }));
        for (let k = 0; k < 4; k++) {
          const shuffled = updates
            .map((update) => ({ update, key: random.below(2 ** 31) }))
            .toSorted((a, b) => a.key - b.key)
            .map(({ update }) => update);
          const again = program.run(encodeAggregation(shuffled, { rule, f, before }));
          expect(Buffer.from(again).equals(Buffer.from(first)), `${rule} SEED=${random.seed}`).toBe(
            true,
          );
        }
      }
    }
  });

  test(`the geometric median has converged: no direction is better (SEED=${random.seed})`, () => {
    for (let round = 0; round < 20; round++) {
      const { updates } = instance("median", false);
      const z = rowOf(updates, { rule: "geometric-median" });
      const cost = (at: readonly number[]) =>
        updates.reduce(
          (sum, { values }) => sum + Math.hypot(...at.map((x, c) => x - (values[c] ?? 0))),
          0,
        );
      const here = cost(z);
      for (let c = 0; c < z.length; c++) {
        for (const step of [-0.01, 0.01]) {
          expect(cost(z.map((x, i) => (i === c ? x + step : x)))).toBeGreaterThan(here - 1e-6);
        }
      }
    }
  });
});

describe("mistakes that other implementations make", () => {
  const five = [
    [1, 2],
    [1.1, 2.1],
    [0.9, 2.2],
    [1.05, 1.9],
    [1, 2.05],
  ];

  test.each(RULE_NAMES)(
    "%s: an update of NaN is reported, and has no part in the aggregate",
    (rule) => {
      const honest = f64(...five, [1.02, 2], [0.97, 2.1]);
      for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
        const attacked = [...honest, { client: 9, values: Float64Array.of(bad, bad) }];
        const { rows, clients } = run(attacked, { rule, f: 1 });
        expect([...(rows[0] ?? [])]).toEqual(rowOf(honest, { rule, f: 0 }));
        expect(clients.filter(({ verdict }) => verdict === "not-finite")).toEqual([
          { client: 9, verdict: "not-finite", score: 0, distance: 0 },
        ]);
      }
    },
  );

  test("distances are taken by direct differences: 1,000 dimensions of 1e4 are at distance 0", () => {
    const rows = Array.from({ length: 5 }, () => Array(1_000).fill(1e4));
    for (const updates of [f32(...rows), f64(...rows)]) {
      const { clients } = run(updates, { rule: "krum", f: 1 });
      expect(clients.map(({ score }) => score)).toEqual(Array(5).fill(0));
    }
  });

  test("f is a whole number, never a share that loses one to rounding", () => {
    for (const [n, f] of [
      [49, 1],
      [47, 3],
      [100, 29],
    ] as const) {
      const updates = scalars(...Array.from({ length: n }, (_, i) => (i < f ? 1e9 : i)));
      const rest = Array.from({ length: n }, (_, i) => i).slice(f);
      const kept = rest.slice(f);
      // f are cut at the top, which the attackers fill, and f at the bottom.
      close(rowOf(updates, { rule: "trimmed-mean", f }), [
        kept.reduce((a, b) => a + b, 0) / kept.length,
      ]);
    }
    expect(() => run(scalars(1, 2, 3, 4), { rule: "trimmed-mean", f: 0.5 })).toThrow(
      /whole number/,
    );
  });

  test("half of all clients cannot be trimmed on both sides", () => {
    expect(() => run(scalars(1, 2, 3, 4), { rule: "trimmed-mean", f: 2 })).toThrow(
      expect.objectContaining({ code: "AGGREGATION_TOO_FEW_CLIENTS" }),
    );
  });

  test.each([
    "krum",
    "multi-krum",
    "bulyan",
    "median",
    "trimmed-mean",
    "geometric-median",
  ] as const)("%s refuses one client too few, and takes just enough", (rule) => {
    for (const f of [1, 2]) {
      const enough = minimumClients(rule, f);
      const updates = scalars(...Array.from({ length: enough }, (_, i) => i));
      expect(run(updates, { rule, f }).rows).toHaveLength(1);
      expect(() => run(updates.slice(1), { rule, f })).toThrow(
        expect.objectContaining({ code: "AGGREGATION_TOO_FEW_CLIENTS" }),
      );
    }
  });

  test("what a client says of its own weight moves the weighted mean, and no robust rule", () => {
    const updates = f64(...five);
    const boasting = updates.map((update, i) => ({ ...update, weight: i === 0 ? 1e9 : 1 }));
    for (const rule of ["multi-krum", "median", "trimmed-mean", "mean"] as const) {
      expect(rowOf(boasting, { rule, f: 1 })).toEqual(rowOf(updates, { rule, f: 1 }));
    }
    close(rowOf(boasting, { rule: "weighted-mean" }), [1, 2], 6);
  });

  test("centered clipping has no memory: the same input gives the same result again", () => {
    const options = { rule: "centered-clipping", tau: 0.1 } as const;
    expect(rowOf(f64(...five), options)).toEqual(rowOf(f64(...five), options));
  });

  test("ties go to the lower hash, whoever came first", () => {
    const tied = scalars(0, 1, 3, 4, 2);
    const twins = scalars(-1, 1, -3, 3, 0.5, -0.5, 0);
    for (const updates of [tied, twins]) {
      const rows = sorted(updates).map(({ values }) => [...values]);
      const scores = rows.map((_, i) => krumScore(rows, i, rows.length - 3));
      const best = scores.indexOf(Math.min(...scores));
      expect(rowOf(updates, { rule: "krum", f: 1 })).toEqual(rows[best]);
      expect(rowOf(updates.toReversed(), { rule: "krum", f: 1 })).toEqual(rows[best]);
    }
  });
});

describe("what cannot be aggregated is a clear error", () => {
  const code = (code: string) => expect.objectContaining({ code });

  test("mixed dimensions, mixed types, nothing at all", () => {
    expect(() => run(f64([1, 2], [1]), { rule: "mean" })).toThrow(code("AGGREGATION_DIMENSION"));
    expect(() => run([...f64([1]), ...f32([1])], { rule: "mean" })).toThrow(
      code("AGGREGATION_DIMENSION"),
    );
    expect(() => run([], { rule: "mean" })).toThrow(code("AGGREGATION_NOTHING_LEFT"));
    expect(() =>
      run(scalars(1, 2), { rule: "centered-clipping", reference: new Float64Array(3) }),
    ).toThrow(code("AGGREGATION_DIMENSION"));
  });

  test("NaN from everybody, and from more than f", () => {
    const nan = Number.NaN;
    expect(() => run(scalars(nan, nan, nan), { rule: "mean" })).toThrow(
      code("AGGREGATION_NOTHING_LEFT"),
    );
    expect(() => run(scalars(1, 2, nan, nan, 3, 4, 5), { rule: "median", f: 1 })).toThrow(
      code("AGGREGATION_TOO_MANY_EXCLUDED"),
    );
  });

  test("a client that is there twice, weights that are none, options out of range", () => {
    const twice = scalars(1, 2).map((update) => ({ ...update, client: 5 }));
    expect(() => run(twice, { rule: "mean" })).toThrow(code("AGGREGATION_DUPLICATE_CLIENT"));
    const weightless = scalars(1, 2).map((update) => ({ ...update, weight: 0 }));
    expect(() => run(weightless, { rule: "weighted-mean" })).toThrow(code("AGGREGATION_WEIGHTS"));
    expect(() => run(scalars(1, 2), { rule: "multi-krum", variant: "flower", m: 3 })).toThrow(
      code("AGGREGATION_OPTION"),
    );
    expect(() => run(scalars(1, 2), { rule: "centered-clipping", tau: Number.NaN })).toThrow(
      code("AGGREGATION_OPTION"),
    );
    const many = scalars(...Array.from({ length: 41 }, (_, i) => i));
    expect(() => run(many, { rule: "minimum-diameter", f: 20 })).toThrow(
      code("AGGREGATION_OPTION"),
    );
  });

  test("an aggregate beyond 64-bit floats, a median that does not converge", () => {
    expect(() => run(scalars(1.7e308, 1.7e308), { rule: "mean" })).toThrow(
      code("AGGREGATION_OVERFLOW"),
    );
    const triangle = f64([0, 0], [1, 0], [0, 1]);
    expect(() => run(triangle, { rule: "geometric-median", iterations: 1 })).toThrow(
      code("AGGREGATION_NOT_CONVERGED"),
    );
  });

  test("bytes that are no input, and a result that is none", () => {
    const good = encodeAggregation(scalars(1, 2), { rule: "mean" });
    for (const bad of [
      new Uint8Array(0),
      good.slice(0, -1),
      good.map((b, i) => (i === 0 ? 0 : b)),
    ]) {
      expect(() => decodeAggregation(program.run(bad))).toThrow(code("AGGREGATION_MALFORMED"));
    }
    expect(() => decodeAggregation(new Uint8Array(40))).toThrow(code("AGGREGATION_MALFORMED"));
  });

  test("names of rules", () => {
    expect(parseRule("nnm+trimmed-mean")).toEqual({ rule: "trimmed-mean", before: ["nnm"] });
    expect(parseRule("trimmed-mean+nnm")).toBeUndefined();
    expect(parseRule("toString")).toBeUndefined();
  });
});
