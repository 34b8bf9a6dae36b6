/** J-2, in pools of 3 to 300 accounts; see `juryChances.test.ts`. */
import { beforeAll, expect, it, onTestFailed } from "vitest";
import { seededRandom } from "../../fixtures/random.ts";
import { type DrawBench, startDrawBench } from "../jury/drawBench.ts";
import { chancesOf, type Pool } from "./juryChances.ts";

let bench: DrawBench;
beforeAll(async () => {
  bench = await startDrawBench();
});

it("J-2: one account or many, the chance is the hypergeometric one, in pools of 3 to 300 accounts", async () => {
  const random = seededRandom();
  onTestFailed(() => console.error(`SEED=${random.seed}`));
  const pools: Pool[] = [];
  for (const accounts of [2, 5, 10, 30, 100, 270]) {
    const honest = Array.from({ length: accounts }, () => 1 + random.below(4));
    const others = honest.reduce((a, b) => a + b);
    for (const share of [0.1, 0.3]) {
      pools.push({ honest, mine: Math.max(1, Math.round((others * share) / (1 - share))) });
    }
  }
  const chances = await chancesOf(bench, pools, 1000);
  console.table(chances);
  expect(chances).toHaveLength(48);
}, 3_600_000);
