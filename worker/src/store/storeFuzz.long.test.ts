import { expect, test } from "vitest";
import { seededRandom } from "../../../test/fixtures/random.ts";
import { fuzzStores } from "../../test/storeFuzz.ts";

test("100,000 harmed databases: each is refused by its name, or works", () => {
  const random = seededRandom();
  process.stdout.write(`SEED=${random.seed}\n`);
  const counts = fuzzStores(random, 100_000);
  expect(counts.refused).toBeGreaterThan(30_000);
});
