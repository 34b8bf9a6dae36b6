import { afterAll, expect, test } from "vitest";
import { seededRandom } from "../../test/fixtures/random.ts";
import { startedThings } from "../../worker/test/network.ts";
import { inputsOf } from "../test/contract.ts";
import { expectSame, startMarket } from "../test/everywhere.ts";

const started = startedThings();
afterAll(() => started.end());

test("10,000 random inputs are bought on the market, and end as the SDK says", async () => {
  const { seed } = seededRandom();
  process.stdout.write(`SEED=${seed}\n`);
  const runner = await startMarket(started);
  started.add(() => runner.close());
  expect((await expectSame(runner, inputsOf(10_000, seed))).size).toBe(4);
});
