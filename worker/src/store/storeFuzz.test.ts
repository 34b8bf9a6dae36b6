import { expect, onTestFailed, test } from "vitest";
import { seededRandom } from "../../../test/fixtures/random.ts";
import { fuzzStores } from "../../test/storeFuzz.ts";

// A hundred thousand are in storeFuzz.long.test.ts.
test("1,000 harmed databases: each is refused by its name, or works", () => {
  const random = seededRandom();
  onTestFailed(() => console.log(`SEED=${random.seed}`));
  const counts = fuzzStores(random, 1_000);
  expect(counts.refused).toBeGreaterThan(300);
  expect(counts.opened).toBeGreaterThan(50);
});
