import { batchRange, createJuryClient, Ruling, type TaskResult } from "@assay/sdk";
import { type Address, http } from "viem";
import { expect, test } from "vitest";
import { localJuryParameters, type TestChain } from "../../../test/fixtures/chain.ts";
import { numbered } from "../../../test/fixtures/programs.ts";
import { disputesOn, lying, STAKE } from "../../test/disputes.ts";
import { marketForAllTests } from "../../test/market.ts";
import { accountOf, next, type Requester, temporaryFolder } from "../../test/network.ts";
import { createNode } from "./node.ts";

let chain: TestChain;
let requester: Requester;
let jury: Address;
const forTest = marketForAllTests((market) => {
  ({ chain, requester, jury } = market);
});

const { demand, mineBlocks, post, start, startJurors } = disputesOn(() => ({
  ...{ chain, requester, jury, started: forTest },
}));

async function all(results: AsyncIterable<TaskResult>): Promise<TaskResult[]> {
  const list: TaskResult[] = [];
  for await (const result of results) list.push(result);
  return list;
}

test("a liar is found, by an auditor that is killed in between, convicted and slashed, and its batch done again", async () => {
  const jurors = await startJurors([5, 6, 7]);
  const liar = await start({ account: 2, createExecutor: lying });
  const refused = next(liar, "job refused");
  const slashed = next(liar, "stake slashed");
  const submitted = next(liar, "batch submitted");
  const job = await post();
  const { jobId, terms } = job;
  await submitted;

  const dataDir = await temporaryFolder(forTest);
  const first = await start({ account: 3, roles: ["auditor"], dataDir });
  await next(first, "wrong result found");
  await first.stop();
  const audited = Promise.all(jurors.map((juror) => next(juror, "verdict revealed")));
  const paid = Promise.all(jurors.map((juror) => next(juror, "juror credit withdrawn")));
  mineBlocks();
  const second = await start({ account: 3, roles: ["worker", "auditor"], dataDir });
  const resubmitted = next(second, "batch submitted");
  const { id } = await next(second, "batch challenged");
  expect((await audited).map(({ verdict }) => verdict)).toEqual(
    jurors.map(() => Ruling.workerWrong),
  );
  const standing = createJuryClient(requester.market, jury);
  expect(await standing.getStanding({ id })).toMatchObject({ stage: "appealable" });
  await chain.increaseTime(localJuryParameters.appealSeconds);

  expect(await slashed).toEqual({ jobId, batch: 0, slashedWei: STAKE / 2n });
  expect(await refused).toMatchObject({ reason: "results of ours were found wrong" });
  expect((await paid).map(({ amountWei }) => amountWei)).toEqual(
    jurors.map(() => localJuryParameters.seatFeeWei),
  );
  // Only now, and by the other: what the requester gets in the end is right.
  await resubmitted;
  const settled = all(job.results({ ordered: true, finality: "settled" }));
  await chain.increaseTime(terms.challengeWindowSeconds);
  const results = await settled;
  expect(results.map((result) => result.outcome === "ok" && result.bytes)).toEqual(numbered(2));
  expect(new Set(results.map(({ worker }) => worker))).toEqual(new Set([second.address]));
});

test("a worker shows a leaf that is demanded, and a challenge that is wrong brings it the bond", async () => {
  await startJurors([5, 6, 7]);
  const node = await start({ account: 2 });
  const submitted = next(node, "batch submitted");
  const job = await post();
  const { jobId, terms } = job;
  const { resultRoot } = await submitted;
  const { market } = requester;
  const revealed = next(node, "leaf revealed");
  await chain.increaseTime(1);
  await demand(market, job, { position: 1, resultRoot });
  expect(await revealed).toEqual({ jobId, batch: 0, position: 1 });

  // An auditor whose own machine is wrong, with money for one challenge and for no appeal.
  mineBlocks();
  const maxLockedWei = STAKE / 10n + 3n * localJuryParameters.seatFeeWei;
  const auditor = await start({
    ...{ account: 3, roles: ["auditor"], createExecutor: lying, policy: { maxLockedWei } },
  });
  const notAppealed = next(auditor, "ruling not appealed");
  const { position } = await next(auditor, "batch challenged");
  expect(position).toBeLessThan(batchRange(terms, 0).count);
  const resolved = Promise.race([
    next(node, "dispute resolved"),
    next(auditor, "dispute resolved"),
  ]);
  const standing = createJuryClient(market, jury);
  const [asked] = await market.getPendingQuestions({ jobId, batch: 0 });
  const { dispute: id } = asked ?? { dispute: "0x" as const };
  await expect.poll(async () => (await standing.getStanding({ id })).stage).toBe("appealable");
  expect((await notAppealed).reason).toBe("more would be locked at once than the policy allows");
  await chain.increaseTime(localJuryParameters.appealSeconds);
  expect(await resolved).toMatchObject({ jobId, batch: 0, ruling: Ruling.workerRight });

  // The window goes on, and then the worker is paid: its reward and half of both bonds.
  const settled = next(node, "batch settled");
  await chain.increaseTime(terms.challengeWindowSeconds);
  expect(await settled).toMatchObject({ batch: 0 });
  await job.settled();
  await expect.poll(() => market.getCredit({ account: node.address })).toBe(0n);
  const toBlock = await market.public.getBlockNumber({ cacheTime: 0 });
  const events = await market.getMarketEvents({ fromBlock: job.blockNumber, toBlock });
  const withdrawn = events.flatMap((event) =>
    event.type === "creditWithdrawn" && event.account === node.address ? [event.amount] : [],
  );
  const bonds = STAKE / 100n + STAKE / 10n;
  expect(withdrawn.reduce((sum, amount) => sum + amount, 0n)).toBe(bonds / 2n + 2000n);
});

test("a juror without a jury is refused at once", () => {
  expect(() =>
    createNode({
      ...{ chain: chain.chain, transport: http(chain.rpcUrl), account: accountOf(chain, 2) },
      ...{ marketplace: chain.marketplace, dataDir: "nowhere", network: "local" },
      roles: ["juror"],
    }),
  ).toThrow(expect.objectContaining({ code: "JURY_REQUIRED" }));
});
