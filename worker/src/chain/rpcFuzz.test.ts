import { expect, onTestFailed, test } from "vitest";
import { seededRandom } from "../../../test/fixtures/random.ts";
import { fuzzRpc } from "../../test/rpcFuzz.ts";

// A hundred thousand are in rpcFuzz.long.test.ts.
test("1,000 flawed answers of a node: none is a crash, a hang or a wrong result without a word", async () => {
  const random = seededRandom();
  onTestFailed(() => console.log(`SEED=${random.seed}`));
  const counts = await fuzzRpc(random, 1_000);
  expect(counts.refused).toBeGreaterThan(200);
  expect(counts["the same"]).toBeGreaterThan(50);
});
