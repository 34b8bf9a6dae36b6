import { beforeAll, describe, expect, test } from "vitest";
import { type Random, seededRandom } from "../../../test/fixtures/random.ts";
import type { LocalProgram } from "../../shared/src/programs/localProgram.ts";
import { aggregate } from "../src/aggregate/aggregate.ts";
import { minimumClients, type RuleName, type RuleOptions } from "../src/aggregate/rules.ts";
import { anywhere, attack, FLOATS, type FloatName, scale, vector } from "./magnitudes.ts";
import { localProgram } from "./programs.ts";

let program: LocalProgram;
beforeAll(async () => {
  program = await localProgram("aggregate");
});

type Row = readonly number[];

const distance = (a: Row, b: Row) => Math.hypot(...a.map((x, c) => x - (b[c] ?? 0)));
const sum = (values: Row) => values.reduce((total, value) => total + value, 0);
const column = (rows: readonly Row[], c: number) =>
  rows.map((row) => row[c] ?? 0).toSorted((a, b) => a - b);
const widest = (rows: readonly Row[]) =>
  Math.max(...rows.flatMap((a) => rows.map((b) => distance(a, b))));
const nearest = (rows: readonly Row[], z: Row) => Math.min(...rows.map((row) => distance(row, z)));
const run = (float: FloatName, rows: readonly Row[], options: RuleOptions) =>
  aggregate(
    program,
    rows.map((row, client) => ({ client, values: vector(float, row) })),
    options,
  );

interface Instance {
  float: FloatName;
  /** What the honest rows are multiples of: 2^exponent. */
  exponent: number;
  f: number;
  /** Whole numbers, which are exact at any exponent. */
  honest: number[][];
  /** As they are sent. */
  rows: number[][];
}

function draw(random: Random, rule: RuleName): Instance {
  const float = random.below(2) === 0 ? "f32" : "f64";
  const { from, to } = FLOATS[float].ulp;
  const f = 1 + random.below(3);
  const n = Math.max(minimumClients(rule, f), 2 * f + 1) + random.below(4);
  const d = 1 + random.below(5);
  // Both ends of the range, where something is lost or is too much, as often as all in between.
  const ends = [from, from + random.below(8), to, to - random.below(8)];
  const exponent =
    random.below(2) === 0
      ? (ends[random.below(4)] ?? 0)
      : Math.max(from, Math.min(to, from + random.below(to - from)));
  const centre = Array.from({ length: d }, () => random.below(2 ** 19) - 2 ** 18);
  const width = 2 ** (1 + random.below(18));
  const honest = Array.from({ length: n - f }, () =>
    centre.map((x) => x + random.below(width) - width / 2),
  );
  const sent = honest.map((row) => row.map((x) => scale(x, exponent)));
  return { float, exponent, f, honest, rows: [...sent, ...attack(random, float, sent, f)] };
}

/** How far a rule's result may be from where its theorem has it: rounding, of the smallest numbers included. */
const slack = ({ honest }: Pick<Instance, "honest">) =>
  1e-6 * widest(honest) + 1e-9 * Math.max(...honest.flat().map(Math.abs)) + 4 * honest.length;

/** By how much `z` breaks what the rule promises of n rows with these honest ones: at most 0 for none. */
type Promise = (z: Row, honest: readonly Row[], f: number) => number;

/** Every coordinate from the mean of the least n − 2f honest values to that of the largest ones (Yin et al. 2018). */
const betweenMeans: Promise = (z, honest, f) =>
  Math.max(
    ...z.map((x, c) => {
      const values = column(honest, c);
      const kept = values.length - f;
      const low = sum(values.slice(0, kept)) / kept;
      const high = sum(values.slice(f)) / kept;
      return Math.max(low - x, x - high);
    }),
  );

/** No coordinate farther outside of the honest values than these are apart (Xie et al. 2018, El Mhamdi et al. 2018). */
const besideTheHonest: Promise = (z, honest) =>
  Math.max(
    ...z.map((x, c) => {
      const values = column(honest, c);
      const [low = 0, high = 0] = [values[0], values.at(-1)];
      return Math.max(low - x, x - high) - (high - low);
    }),
  );

/**
 * Within Δ · √((n − f − 2) / (n − 2f − 1)) of an honest row, Δ being the widest distance of these: a score is at most (n − f − 2) Δ² for
 * an honest row, and that of any other has n − 2f − 1 honest ones in its sum (Blanchard et al. 2017).
 */
const krumReach = (honest: readonly Row[], f: number) =>
  widest(honest) * Math.sqrt((honest.length - 2) / (honest.length - f - 1));

const nearARow: Promise = (z, honest, f) => nearest(honest, z) - krumReach(honest, f);

const nearTheRows: Promise = (z, honest, f) =>
  nearest(honest, z) - krumReach(honest, f) - widest(honest);

const withinTheDiameter: Promise = (z, honest) => nearest(honest, z) - widest(honest);

/** Within (1 − α) / √(1 − 2α) times the radius of the honest rows around any point, α = f / n (Minsker 2015). */
const geometric: Promise = (z, honest, f) => {
  const share = f / (honest.length + f);
  const centre = (honest[0] ?? []).map((_, c) => sum(column(honest, c)) / honest.length);
  const radius = Math.max(...honest.map((row) => distance(row, centre)));
  return distance(z, centre) - (radius * (1 - share)) / Math.sqrt(1 - 2 * share);
};

const PROMISES: Partial<Record<RuleName, Promise>> = {
  median: (z, honest) =>
    Math.max(
      ...z.map((x, c) => {
        const values = column(honest, c);
        return Math.max((values[0] ?? 0) - x, x - (values.at(-1) ?? 0));
      }),
    ),
  "trimmed-mean": betweenMeans,
  "mean-around-median": besideTheHonest,
  krum: nearARow,
  "multi-krum": nearTheRows,
  "minimum-diameter": withinTheDiameter,
  "geometric-median": geometric,
  bulyan: besideTheHonest,
};

const ROBUST = Object.keys(PROMISES) as RuleName[];
const ROUNDS = 60;

describe("f rows anywhere move a result no further than its theorem has it", () => {
  const random = seededRandom();
  const title = (rule: string) => `${rule} (SEED=${random.seed})`;
  const said = (instance: Instance) => `SEED=${random.seed} ${JSON.stringify(instance)}`;
  /** In units of the honest rows. */
  const seen = (row: Iterable<number>, { exponent }: Instance) =>
    [...row].map((x) => scale(x, -exponent));

  for (const rule of ROBUST) {
    test(title(rule), () => {
      for (let round = 0; round < ROUNDS; round++) {
        const instance = draw(random, rule);
        const { float, honest, rows, f } = instance;
        const { rows: result, clients } = run(float, rows, { rule, f });
        const z = seen(result[0] ?? [], instance);
        const broken = PROMISES[rule]?.(z, honest, f) ?? Number.NaN;
        expect(broken, said(instance)).toBeLessThanOrEqual(slack(instance));
        for (const { score, distance } of clients) {
          expect(Number.isFinite(score) && Number.isFinite(distance), said(instance)).toBe(true);
        }
      }
    });

    test(title(`nnm+${rule}`), () => {
      for (let round = 0; round < ROUNDS; round++) {
        const instance = draw(random, rule);
        const { float, honest, rows, f } = instance;
        const mixed = run(float, rows, { rule: "rows", before: ["nnm"], f }).rows.map((row) =>
          seen(row, instance),
        );
        const theirs = mixed.slice(0, honest.length);
        // The n − f nearest to an honest row are no farther than the farthest honest one.
        for (const [i, row] of theirs.entries()) {
          const moved = distance(row, honest[i] ?? []);
          expect(moved, said(instance)).toBeLessThanOrEqual(widest(honest) + slack(instance));
        }
        const { rows: result } = run(float, rows, { rule, f, before: ["nnm"] });
        const broken = PROMISES[rule]?.(seen(result[0] ?? [], instance), theirs, f) ?? Number.NaN;
        expect(broken, said(instance)).toBeLessThanOrEqual(slack(instance));
      }
    });
  }

  test(title("arc: no row is longer than the longest honest one"), () => {
    for (let round = 0; round < ROUNDS; round++) {
      const instance = draw(random, "median");
      const { float, honest, rows, f } = instance;
      const longest = Math.max(...honest.map((row) => Math.hypot(...row)));
      for (const options of [{ rule: "rows" }, { rule: "mean" }] as const) {
        for (const row of run(float, rows, { ...options, before: ["arc"], f }).rows) {
          const length = Math.hypot(...seen(row, instance));
          expect(length - longest, said(instance)).toBeLessThanOrEqual(slack(instance));
        }
      }
    }
  });

  test(title("clip: no row is longer than the norm"), () => {
    for (let round = 0; round < ROUNDS; round++) {
      const instance = draw(random, "median");
      const { float, honest, rows, exponent } = instance;
      const units = 1 + Math.max(...honest.map((row) => Math.hypot(...row))) / 2;
      const clip = scale(units, exponent);
      if (!(clip > 0 && Number.isFinite(clip))) continue;
      for (const row of run(float, rows, { rule: "rows", before: ["clip"], clip }).rows) {
        const length = Math.hypot(...seen(row, instance));
        expect(length - units, said(instance)).toBeLessThanOrEqual(slack(instance));
      }
    }
  });

  test(title("centered clipping: each of f rows moves it by 2 tau / n a pass"), () => {
    for (let round = 0; round < ROUNDS; round++) {
      const instance = draw(random, "centered-clipping");
      const { float, honest, rows, f, exponent } = instance;
      const units = 1 + random.below(2 ** 18);
      const passes = 1 + random.below(3);
      // Sums that no float holds are refused by an error: here they have room.
      const farthest = rows.length * (Math.max(...honest.flat().map(Math.abs)) + passes * units);
      if (!Number.isFinite(scale(farthest, exponent))) continue;
      const options = {
        rule: "centered-clipping",
        f,
        tau: scale(units, exponent),
        iterations: passes,
      } as const;
      const quiet = [...rows.slice(0, honest.length), ...rows.slice(0, f)];
      const results = [rows, quiet].map((sent) =>
        seen(run(float, sent, options).rows[0] ?? [], instance),
      );
      const moved = distance(results[0] ?? [], results[1] ?? []);
      expect(moved - (2 * f * units * passes) / rows.length, said(instance)).toBeLessThanOrEqual(
        slack(instance),
      );
    }
  });

  test(
    title("mean-around-reference: the n − f nearest are no farther than the honest rows"),
    () => {
      for (let round = 0; round < ROUNDS; round++) {
        const instance = draw(random, "median");
        const { float, honest, rows, f, exponent } = instance;
        const reference = honest[0]?.map((x) => x + random.below(1_000)) ?? [];
        const { rows: result } = run(float, rows, {
          rule: "mean-around-reference",
          f,
          m: honest.length,
          reference: Float64Array.from(reference, (x) => scale(x, exponent)),
        });
        for (const [c, x] of seen(result[0] ?? [], instance).entries()) {
          const farthest = Math.max(
            ...column(honest, c).map((h) => Math.abs(h - (reference[c] ?? 0))),
          );
          const off = Math.abs(x - (reference[c] ?? 0)) - farthest;
          expect(off, said(instance)).toBeLessThanOrEqual(slack(instance));
        }
      }
    },
  );
});

describe("rows of every magnitude at once", () => {
  const random = seededRandom();
  /** A float as a whole number of 2^-1074. */
  const exact = (value: number): bigint => {
    const bits = new DataView(new Float64Array([value]).buffer).getBigUint64(0, true);
    const power = (bits >> 52n) & 0x7ffn;
    const fraction = (bits & ((1n << 52n) - 1n)) | (power === 0n ? 0n : 1n << 52n);
    const size = fraction << (power === 0n ? 0n : power - 1n);
    return bits >> 63n === 0n ? size : -size;
  };
  const squared = (a: Row, b: Row) =>
    a.reduce((total, x, c) => total + (exact(x) - exact(b[c] ?? 0)) ** 2n, 0n);
  const drawRows = () => {
    const f = 1 + random.below(2);
    const n = 2 * f + 3 + random.below(3);
    const d = 1 + random.below(4);
    const base = anywhere(random, "f64");
    const rows = Array.from({ length: n }, () =>
      Array.from({ length: d }, () => (random.below(4) === 0 ? base : anywhere(random, "f64"))),
    );
    return { rows, f };
  };
  /** Not larger, but for what fits the last bits. */
  const atMost = (a: bigint, b: bigint) => a <= b + (b >> 40n);
  const ascending = (values: bigint[]) => values.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const total = (values: readonly bigint[]) => values.reduce((all, value) => all + value, 0n);
  const selected = (rows: Row[], options: RuleOptions) =>
    run("f64", rows, options).clients.filter(({ verdict }) => verdict === "selected");

  test(`Krum and Multi-Krum choose by exact scores (SEED=${random.seed})`, () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { rows, f } = drawRows();
      const scores = rows.map((row) =>
        total(ascending(rows.map((other) => squared(row, other))).slice(1, rows.length - f - 1)),
      );
      for (const rule of ["krum", "multi-krum"] as const) {
        const chosen = new Set(selected(rows, { rule, f }).map(({ client }) => client));
        const [most = 0n] = ascending([...chosen].map((i) => scores[i] ?? 0n)).toReversed();
        for (const [i, score] of scores.entries()) {
          const right = chosen.has(i) || atMost(most, score);
          expect(right, `SEED=${random.seed} ${rule} ${f} ${JSON.stringify(rows)}`).toBe(true);
        }
      }
    }
  });

  test(`minimum-diameter averaging chooses by exact diameters (SEED=${random.seed})`, () => {
    for (let round = 0; round < 20; round++) {
      const { rows, f } = drawRows();
      const chosen = selected(rows, { rule: "minimum-diameter", f }).map(({ client }) => client);
      const diameter = (set: readonly number[]) => {
        const pairs = set.flatMap((a) => set.map((b) => squared(rows[a] ?? [], rows[b] ?? [])));
        return ascending(pairs).at(-1) ?? 0n;
      };
      const sets = (from: number, size: number): number[][] =>
        size === 0
          ? [[]]
          : rows.flatMap((_, i) =>
              i < from ? [] : sets(i + 1, size - 1).map((rest) => [i, ...rest]),
            );
      for (const set of sets(0, rows.length - f)) {
        const right = atMost(diameter(chosen), diameter(set));
        expect(right, `SEED=${random.seed} ${f} ${JSON.stringify(rows)}`).toBe(true);
      }
    }
  });

  test(`rows 2^k times as large have the same result 2^k times as large, to the bit (SEED=${random.seed})`, () => {
    for (let round = 0; round < ROUNDS; round++) {
      const rule = ROBUST[random.below(ROBUST.length)] ?? "median";
      const f = 1 + random.below(2);
      const rows = Array.from({ length: minimumClients(rule, f) + random.below(4) }, () =>
        Array.from({ length: 1 + (round % 3) }, () => random.below(2 ** 10) - 2 ** 9),
      );
      const before = random.below(2) === 0 ? (["nnm"] as const) : [];
      const [plain = [], ...others] = [0, 900, -900].map((exponent) => {
        const scaled = rows.map((row) => row.map((x) => scale(x, exponent)));
        // Ties go to whoever came first, not to the lower hash, which changes with k.
        const options = { rule, f, before, variant: "flower" } as const;
        const { rows: result } = run("f64", scaled, options);
        return [...(result[0] ?? [])].map((x) => scale(x, -exponent));
      });
      for (const other of others) expect(other, `SEED=${random.seed} ${rule}`).toEqual(plain);
    }
  });
});

describe("the geometric median", () => {
  const medianOf = (float: FloatName, rows: readonly Row[], f: number) => {
    const { rows: result, iterations } = run(float, rows, { rule: "geometric-median", f });
    return { z: [...(result[0] ?? [])], iterations };
  };

  test("of numbers on a line is between the middle two, whatever one row has", () => {
    const honest = [0, 1, 2, 3, 4];
    for (const float of ["f32", "f64"] as const) {
      const { largest, ulp } = FLOATS[float];
      for (const bad of [largest, -largest, largest / 2 ** 30, 1e12, FLOATS[float].smallest]) {
        for (const exponent of [ulp.from, 0, ulp.to]) {
          const rows = [...honest.map((x) => [scale(x, exponent)]), [bad]];
          const [x = Number.NaN] = medianOf(float, rows, 1).z;
          const seen = scale(x, -exponent);
          expect(seen >= 1 && seen <= 3, `${bad} beside ${exponent}: ${seen}`).toBe(true);
        }
      }
    }
  });

  test("of a majority in one place is that place", () => {
    const rows = [...Array(4).fill([3, -7]), [1e300, 0], [-1e300, 1e-300], [3, 7]];
    expect(medianOf("f64", rows, 3).z).toEqual([3, -7]);
  });

  test("is found in bounded work where liars make a row almost the median", () => {
    const random = seededRandom();
    const unit = () => random.below(2 ** 20) / 2 ** 19 - 1;
    for (let round = 0; round < 300; round++) {
      const d = 2 + random.below(4);
      const liars = 1 + random.below(3);
      const honest = Array.from({ length: liars + 1 + random.below(6) }, () =>
        Array.from({ length: d }, unit),
      );
      const p = honest[0] ?? [];
      const copies = Array.from({ length: liars - 1 }, () => p);
      // At p the others pull with |R|; the last liar makes that the number of rows at p, or a little more or less.
      const pull = p.map((x, c) =>
        sum(honest.slice(1).map((row) => ((row[c] ?? 0) - x) / distance(row, p))),
      );
      const length = Math.hypot(...pull);
      const target = liars * (1 + ([0, 1e-3, 1e-6, -1e-6, 1e-9][round % 5] ?? 0));
      const cosine = (target ** 2 - length ** 2 - 1) / (2 * length);
      const along = Math.max(-1, Math.min(1, cosine));
      const e = pull.map((x) => x / length);
      const side = Array.from({ length: d }, unit);
      const dot = sum(side.map((x, c) => x * (e[c] ?? 0)));
      const across = side.map((x, c) => x - dot * (e[c] ?? 0));
      const size = Math.hypot(...across);
      const last = p.map(
        (x, c) => x + along * (e[c] ?? 0) + (Math.sqrt(1 - along ** 2) * (across[c] ?? 0)) / size,
      );
      const { iterations } = medianOf("f64", [...honest, ...copies, last], liars);
      expect(iterations, `SEED=${random.seed}`).toBeLessThan(20_000);
    }
  });
});
