import { parseEventLogs, zeroHash } from "viem";
import { beforeEach, describe, expect, it } from "vitest";
import { marketplaceAbi } from "../../sdk/src/generated/marketplaceAbi.ts";
import {
  BatchStatus,
  DAY,
  ETHER,
  expectRevert,
  hashTerms,
  JobStatus,
  noInquiry,
} from "./market.ts";
import { CLAIMED_AT, type PostedJob, postJob, results, root, SUBMITTED_AT } from "./postedJob.ts";

let { market, terms, job, stakeOf, claim, submit } = {} as PostedJob;
beforeEach(async () => {
  ({ market, terms, job, stakeOf, claim, submit } = await postJob());
});

describe("claim", () => {
  it("locks the stake, starts the deadline and closes the batch's tasks", async () => {
    const { worker, read } = market;
    await market.at(CLAIMED_AT);
    const { events } = await market.receipt(worker.write.claim([terms, 2]));

    const deadline = CLAIMED_AT + terms.submitWindowSeconds;
    expect(events).toEqual([
      { eventName: "BatchClaimed", args: { job, batch: 2, worker: worker.address, deadline } },
    ]);
    expect(await read.batches([job, 2, 1])).toEqual([
      {
        worker: worker.address,
        timestamp: deadline,
        status: BatchStatus.claimed,
        resultRoot: zeroHash,
        inquiry: noInquiry,
      },
    ]);
    expect(await read.job([job])).toEqual([JobStatus.posted, 8]);
    expect(await stakeOf(worker.address)).toMatchObject({
      stake: ETHER,
      locked: terms.stakePerBatch,
    });
  });

  it("of the first batch leaves the job's own state beside it alone", async () => {
    const { worker, read } = market;
    await market.at(CLAIMED_AT);
    await worker.write.claim([terms, 0]);

    expect(await read.job([job])).toEqual([JobStatus.posted, 6]);
    await worker.write.claim([terms, 1]);
    await worker.write.claim([terms, 2]);
    expect(await read.job([job])).toEqual([JobStatus.posted, 0]);
    expect(await read.batches([job, 0, 1])).toEqual([
      {
        worker: worker.address,
        timestamp: CLAIMED_AT + terms.submitWindowSeconds,
        status: BatchStatus.claimed,
        resultRoot: zeroHash,
        inquiry: noInquiry,
      },
    ]);
    expect(await stakeOf(worker.address)).toMatchObject({ locked: 3n * terms.stakePerBatch });
  });

  it("gives a batch to the first that comes", async () => {
    const { rival } = market;
    await claim(1);
    await expectRevert(rival.write.claim([terms, 1]), "Marketplace_WrongStatus", [
      job,
      1,
      BatchStatus.claimed,
      BatchStatus.open,
    ]);
  });

  it("is possible up to claimUntil, and no second longer", async () => {
    const { worker } = market;
    await market.at(terms.claimUntil);
    await worker.write.claim([terms, 0]);
    await market.at(terms.claimUntil + 1);
    await expectRevert(worker.write.claim([terms, 1]), "Marketplace_ClaimingClosed", [
      job,
      terms.claimUntil,
    ]);
  });

  it("takes exactly the free stake it needs", async () => {
    const { stranger } = market;
    await stranger.write.deposit({ value: 2n * terms.stakePerBatch - 1n });
    await stranger.write.claim([terms, 0]);
    await expectRevert(stranger.write.claim([terms, 1]), "Marketplace_InsufficientStake", [
      stranger.address,
      terms.stakePerBatch - 1n,
      terms.stakePerBatch,
    ]);
    await stranger.write.deposit({ value: 1n });
    await stranger.write.claim([terms, 1]);
  });

  it("does not count unbonding stake", async () => {
    const { worker } = market;
    await worker.write.unbond([ETHER]);
    await expectRevert(worker.write.claim([terms, 0]), "Marketplace_InsufficientStake", [
      worker.address,
      0n,
      terms.stakePerBatch,
    ]);
  });

  it.each([3, 2 ** 32 - 1])("refuses batch %s of three", async (batch) => {
    await expectRevert(market.worker.write.claim([terms, batch]), "Marketplace_NoSuchBatch", [
      job,
      batch,
      3n,
    ]);
  });

  it("refuses a job that was never posted, whatever its terms", async () => {
    const other = { ...terms, salt: 0n, batchSize: 0, taskCount: 0 };
    await expectRevert(market.worker.write.claim([other, 0]), "Marketplace_NotPosted", [
      hashTerms(other),
    ]);
  });
});

describe("submit", () => {
  it("stores the root and the time, and tells where the results are", async () => {
    const { worker, read } = market;
    await claim(0);
    await market.at(SUBMITTED_AT);
    const { events } = await market.receipt(worker.write.submit([job, 0, root, results]));

    expect(events).toEqual([
      {
        eventName: "BatchSubmitted",
        args: { job, batch: 0, worker: worker.address, resultRoot: root, results },
      },
    ]);
    expect(await read.batches([job, 0, 1])).toEqual([
      {
        worker: worker.address,
        timestamp: SUBMITTED_AT,
        status: BatchStatus.submitted,
        resultRoot: root,
        inquiry: noInquiry,
      },
    ]);
    expect(await read.job([job])).toEqual([JobStatus.posted, 6]);
    expect(await stakeOf(worker.address)).toMatchObject({ locked: terms.stakePerBatch });
  });

  it("is the claimer's alone", async () => {
    const { worker, rival } = market;
    await claim(1);
    await expectRevert(rival.write.submit([job, 1, root, results]), "Marketplace_NotClaimer", [
      job,
      1,
      rival.address,
      worker.address,
    ]);
  });

  it("is in time at the deadline, and overdue a second later", async () => {
    const { worker } = market;
    await claim(0);
    await claim(1);
    const deadline = CLAIMED_AT + terms.submitWindowSeconds;
    await market.at(deadline + 1);
    await worker.write.submit([job, 1, root, results]);
    await market.at(deadline + 2);
    await expectRevert(worker.write.submit([job, 0, root, results]), "Marketplace_Overdue", [
      job,
      0,
      deadline,
    ]);
  });

  it("works on for a cancelled job", async () => {
    await claim(0);
    await market.requester.write.cancel([terms]);
    await submit(0);
    expect(await market.read.job([job])).toEqual([JobStatus.cancelled, 0]);
  });

  it("refuses what is open, submitted, or of no job", async () => {
    const { worker } = market;
    await claim(0);
    await submit(0);
    const refused: [typeof job, number, number][] = [
      [job, 0, BatchStatus.submitted],
      [job, 1, BatchStatus.open],
      [zeroHash, 0, BatchStatus.open],
    ];
    for (const [id, batch, status] of refused) {
      await expectRevert(
        worker.write.submit([id, batch, root, results]),
        "Marketplace_WrongStatus",
        [id, batch, status, BatchStatus.claimed],
      );
    }
  });

  it("refuses the zero root and results without a name", async () => {
    const { worker } = market;
    await claim(0);
    await expectRevert(
      worker.write.submit([job, 0, zeroHash, results]),
      "Marketplace_ZeroResultRoot",
      [job, 0],
    );
    await expectRevert(
      worker.write.submit([job, 0, root, { ...results, digest: zeroHash }]),
      "Marketplace_MalformedCid",
      [results.prefix, zeroHash],
    );
  });
});

it("paid and refunded are the escrow, by the logs alone", async () => {
  const { requester, worker, stranger, client } = market;
  for (const batch of [0, 1, 2]) await claim(batch);
  await submit(0);
  await worker.write.release([terms, 1]);
  await requester.write.cancel([terms]);
  await market.at(CLAIMED_AT + DAY);
  await stranger.write.expire([terms, 2]);
  await stranger.write.settle([terms, [0]]);

  const logs = parseEventLogs({
    abi: marketplaceAbi,
    logs: await client.getLogs({ address: market.address, fromBlock: 0n }),
    eventName: ["BatchSettled", "BatchRefunded", "JobCancelled"],
  });
  const amounts = logs.map(({ args }) =>
    "reward" in args ? args.reward : "refund" in args ? args.refund : args.amount,
  );
  expect(logs.map(({ eventName }) => eventName).sort()).toEqual([
    "BatchRefunded",
    "BatchSettled",
    "JobCancelled",
  ]);
  expect(amounts.reduce((sum, amount) => sum + amount)).toBe(10n * terms.rewardPerTask);
});
