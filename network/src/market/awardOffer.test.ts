import { afterEach, expect, test } from "vitest";
import { seededRandom } from "../../../test/fixtures/random.ts";
import { directHosts } from "../../test/directHosts.ts";
import { evaluatedElsewhere, runRounds } from "../../test/offerMarket.ts";

const { host, stopAll } = directHosts();
afterEach(stopAll);

const { workers, jobs } =
  process.env.ASSAY_TEST_LONG === "true" ? { workers: 20, jobs: 50 } : { workers: 6, jobs: 6 };

test(`${workers} workers bid on ${jobs} jobs: the award is the same whoever evaluates it, and those named are told`, async () => {
  const random = seededRandom();
  process.stdout.write(`SEED=${random.seed}\n`);
  const { rounds, told } = await runRounds(host, { workers, jobs, random });
  // With too little stake for any of them there is no award.
  expect(rounds.length === jobs || rounds.length === 0).toBe(true);
  for (const round of rounds) {
    const { winner, backup } = round.made.selection;
    const expected = { winner: winner.bid, backup: backup?.bid };
    expect(round.made.bids.length).toBe(workers);
    expect(evaluatedElsewhere(round, random)).toEqual(expected);
    expect(round.made.award).toMatchObject({
      winner: winner.bid.worker,
      reward: winner.bid.reward,
    });
    expect(winner.bid.worker).not.toBe(backup?.bid.worker);
  }
  const awards = rounds.map(({ made }) => made.award);
  for (const news of told) expect(news.map(({ award }) => award)).toEqual(awards);
});
