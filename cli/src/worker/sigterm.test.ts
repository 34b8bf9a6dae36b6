import { parseEther } from "viem";
import { expect, test } from "vitest";
import type { TestChain } from "../../../test/fixtures/chain.ts";
import { variants } from "../../../test/fixtures/long.ts";
import { echo, numbered } from "../../../test/fixtures/programs.ts";
import { marketForFile } from "../../../worker/test/market.ts";
import {
  accountOf,
  type LogLine,
  type Requester,
  startCli,
  temporaryFolder,
  workerArguments,
} from "../../../worker/test/network.ts";

let chain: TestChain;
let requester: Requester;
const forTest = marketForFile((market) => {
  ({ chain, requester } = market);
});

// From the first word of a job to its money. What comes in between is in life.test.ts (computing) and lostTransaction.test.ts (sending).
const steps = [
  "batch submitted",
  "batch settled",
  "job discovered",
  "job ready",
  "batch claimed",
  "task computed",
  "credit withdrawn",
];
test.each(variants(steps))(
  "ended by SIGTERM when it says %j, and started again, a node does a batch once and is paid once",
  async (said) => {
    const { argv, environment } = workerArguments(chain, requester, {
      dataDir: await temporaryFolder(forTest),
    });
    const run = () => startCli(argv, forTest, environment);
    const first = run();
    await first.line("node started");
    const job = await requester.market.submitJob({
      ...{
        program: echo.wasm,
        inputs: numbered(3),
        rewardPerTask: parseEther("0.001"),
        batchSize: 3,
      },
    });
    const ofJob = (line: LogLine) => line.jobId === job.jobId;
    const isBeforeSettling = !["batch settled", "credit withdrawn"].includes(said);
    if (!isBeforeSettling) {
      await first.line("batch submitted", ofJob);
      await chain.increaseTime(job.terms.challengeWindowSeconds);
    }
    await first.line(said, said === "credit withdrawn" ? () => true : ofJob);
    first.kill("SIGTERM");
    expect(await first.exit).toBe(0);

    const again = run();
    await again.line("node started");
    if (isBeforeSettling) {
      await expect.poll(async () => (await job.status()).batches.submitted).toBe(1);
      await chain.increaseTime(job.terms.challengeWindowSeconds);
    }
    await job.settled();
    expect((await job.status()).batches).toMatchObject({ settled: 1, claimed: 0, submitted: 0 });
    // Whichever of the two has withdrawn it.
    const { market } = requester;
    const account = accountOf(chain, 2).address;
    await expect.poll(() => market.getCredit({ account })).toBe(0n);
    const toBlock = await market.public.getBlockNumber({ cacheTime: 0 });
    const events = await market.getMarketEvents({ fromBlock: job.blockNumber, toBlock });
    const paid = events.flatMap((event) =>
      event.type === "creditWithdrawn" && event.account === account ? [event.amount] : [],
    );
    expect(paid).toEqual([parseEther("0.003")]);
    const claims = events.filter(({ type }) => type === "batchClaimed");
    expect(claims).toHaveLength(1);
  },
);
