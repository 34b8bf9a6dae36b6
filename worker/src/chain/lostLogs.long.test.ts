import { afterAll, afterEach, beforeAll, beforeEach, test, vi } from "vitest";
import { lyingAbout } from "../../../test/fixtures/lyingRpc.ts";
import { type Random, seededRandom } from "../../../test/fixtures/random.ts";
import {
  expectLiarDoubted,
  expectLiesSaid,
  type LongChain,
  startLongChain,
  startLostLogs,
} from "../../test/lostLogs.ts";
import { startedThings } from "../../test/network.ts";

// The same as lostLogs.test.ts, at its full size.
const size = { blocks: 10_000, jobs: 1_000 };
vi.setConfig({ testTimeout: 600_000 });
const forAll = startedThings();
const forTest = startedThings();
let long: LongChain;
let random: Random;
beforeAll(async () => {
  long = await startLongChain(forAll, { ...size, random: seededRandom() });
});
beforeEach(() => {
  random = seededRandom();
  process.stdout.write(`SEED=${random.seed}\n`);
});
afterEach(() => forTest.end());
afterAll(() => forAll.end());

test("one endpoint that loses, repeats, reorders and cuts off logs, and one that does not: all jobs are seen", async () => {
  const liar = lyingAbout("receipts", random);
  await expectLiarDoubted(await startLostLogs(forTest, long, [liar, undefined]));
});

test("two that do so say of the events what cannot be: the node says so, and reads all when one is well again", async () => {
  const faults = [lyingAbout("receipts", random), lyingAbout("receipts", random)] as const;
  await expectLiesSaid(await startLostLogs(forTest, long, faults), 60_000);
});
