/** J-2: what splitting a stake over accounts does to its chance of a majority, by the draw that is deployed. */
import { beforeAll, expect, it } from "vitest";
import { type DrawBench, startDrawBench } from "../jury/drawBench.ts";
import { chancesOf, type Pool } from "./juryChances.ts";

let bench: DrawBench;
beforeAll(async () => {
  bench = await startDrawBench();
});

/** Of honest accounts and their tickets; the coalition's tickets are in one account or in one each. */
const pools: Pool[] = [
  { honest: [1, 1], mine: 1 },
  { honest: [50, 50, 50, 50, 50, 50], mine: 7 },
  { honest: Array<number>(70).fill(1), mine: 30 },
];

it("J-2: one account or many, the chance is the hypergeometric one, on first panels and appeals", async () => {
  const chances = await chancesOf(bench, pools, 200);
  console.table(chances);
  expect(chances).toHaveLength(12);
});
