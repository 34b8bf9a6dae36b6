import { expect, test } from "vitest";
import { seededRandom } from "../../../test/fixtures/random.ts";
import { fuzzRpc } from "../../test/rpcFuzz.ts";

test("100,000 flawed answers of a node: none is a crash, a hang or a wrong result without a word", async () => {
  const random = seededRandom();
  process.stdout.write(`SEED=${random.seed}\n`);
  const counts = await fuzzRpc(random, 100_000);
  expect(counts.refused).toBeGreaterThan(20_000);
});
