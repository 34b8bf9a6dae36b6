import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { seededRandom } from "../../../test/fixtures/random.ts";
import { aggregate } from "../src/aggregate/aggregate.ts";
import type { RuleOptions } from "../src/aggregate/rules.ts";
import { type AttackName, byzantineUpdate } from "../src/attacks/attacks.ts";
import { createRandom } from "../src/random/random.ts";
import { localProgram } from "./programs.ts";

const SCRIPT = fileURLToPath(new URL("answers.py", import.meta.url));

test("attacks and rules are ByzFL's, on rows drawn at random", async (context) => {
  const random = seededRandom();
  const cases = Array.from({ length: 40 }, () => {
    const f = 1 + random.below(3);
    const n = 2 * f + 3 + random.below(5);
    const d = 1 + random.below(8);
    const value = () => random.below(2 ** 24) / 2 ** 20 - 8;
    const rows = Array.from({ length: n }, () => Array.from({ length: d }, value));
    return { f, rows, tau: 0.5 + random.below(100) / 10 };
  });
  const { status, stdout, error } = spawnSync("python3", [SCRIPT], {
    input: JSON.stringify(cases),
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  if (status === 3 || error !== undefined) {
    context.skip("python3 with byzfl is not on this machine: pip install byzfl==0.0.11");
  }
  expect(status).toBe(0);
  const answers: Record<string, number[] | number[][]>[] = JSON.parse(stdout);
  expect(answers).toHaveLength(cases.length);

  const program = await localProgram("aggregate");
  for (const [i, { rows, f, tau }] of cases.entries()) {
    const same = (name: string, ours: readonly (readonly number[])[]) => {
      const theirs = [answers[i]?.[name] ?? []].flat(2);
      expect(ours.flat(), `${name} SEED=${random.seed}`).toHaveLength(theirs.length);
      for (const [k, x] of ours.flat().entries()) {
        expect(x, `${name} SEED=${random.seed}`).toBeCloseTo(theirs[k] ?? Number.NaN, 6);
      }
    };
    const honest = rows.map((row) => Float32Array.from(row));
    for (const attack of ["sign-flip-byzfl", "ipm", "mimic"] satisfies AttackName[]) {
      // In 32 bits, as clients send: the rows are exact in them, the mean is not.
      const made = byzantineUpdate(attack, honest, { random: createRandom(1) });
      const theirs = [answers[i]?.[attack] ?? []].flat(2).map(Math.fround);
      for (const [k, x] of made.entries()) expect(x, attack).toBeCloseTo(theirs[k] ?? 0, 4);
    }
    const updates = rows.map((row, client) => ({ client, values: Float64Array.from(row) }));
    const run = (options: Omit<RuleOptions, "f" | "variant">) =>
      aggregate(program, updates, { ...options, f, variant: "byzfl" }).rows.map((row) => [...row]);
    const plain = [
      "mean",
      "median",
      "trimmed-mean",
      "mean-around-median",
      "krum",
      "multi-krum",
      "minimum-diameter",
    ] as RuleOptions["rule"][];
    for (const rule of plain) same(rule, run({ rule }));
    same("centered-clipping", run({ rule: "centered-clipping", tau }));
    const reference = new Float64Array(rows[0]?.length ?? 0);
    const unconverged = { nu: 0.1, iterations: 3, tolerance: 0, reference };
    same("geometric-median", run({ rule: "geometric-median", ...unconverged }));
    same("nnm", run({ rule: "rows", before: ["nnm"] }));
    same("arc", run({ rule: "rows", before: ["arc"] }));
    same("clip", run({ rule: "rows", before: ["clip"], clip: tau }));
  }
});
