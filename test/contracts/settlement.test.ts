import { beforeEach, describe, expect, it } from "vitest";
import {
  BatchStatus,
  DAY,
  ETHER,
  emptyBatch,
  expectRevert,
  hashTerms,
  JobStatus,
  NOBODY,
  noInquiry,
  spec,
  termsOf,
} from "./market.ts";
import { CLAIMED_AT, type PostedJob, postJob, results, root, SUBMITTED_AT } from "./postedJob.ts";

let { market, terms, job, stakeOf, creditOf, claim, submit } = {} as PostedJob;
beforeEach(async () => {
  ({ market, terms, job, stakeOf, creditOf, claim, submit } = await postJob());
});

describe("settle", () => {
  const settleableAt = SUBMITTED_AT + 600;

  it("pays the worker and frees its stake, called by anyone", async () => {
    const { worker, stranger, read } = market;
    await claim(0);
    await submit(0);
    await market.at(settleableAt);
    const { events } = await market.receipt(stranger.write.settle([terms, [0]]));

    const reward = 4n * terms.rewardPerTask;
    expect(events).toEqual([
      { eventName: "BatchSettled", args: { job, batch: 0, worker: worker.address, reward } },
    ]);
    expect(await stakeOf(worker.address)).toMatchObject({
      stake: ETHER,
      locked: 0n,
      settledBatches: 1,
      expiredBatches: 0,
    });
    expect(await creditOf(worker.address)).toBe(reward);
    expect(await read.batches([job, 0, 1])).toEqual([
      {
        worker: worker.address,
        timestamp: SUBMITTED_AT,
        status: BatchStatus.settled,
        resultRoot: root,
        inquiry: noInquiry,
      },
    ]);
    expect(await read.job([job])).toEqual([JobStatus.posted, 6]);
  });

  it("pays many batches of several workers at once; the last by its own size", async () => {
    const { worker, rival, stranger } = market;
    await claim(0);
    await claim(2);
    await rival.write.claim([terms, 1]);
    await submit(0);
    await submit(2);
    await rival.write.submit([job, 1, root, results]);
    await market.at(settleableAt + 10);
    const { events } = await market.receipt(stranger.write.settle([terms, [2, 1, 0]]));

    expect(events.map(({ eventName, args }) => [eventName, args])).toEqual([
      ["BatchSettled", { job, batch: 2, worker: worker.address, reward: 2n * terms.rewardPerTask }],
      ["BatchSettled", { job, batch: 1, worker: rival.address, reward: 4n * terms.rewardPerTask }],
      ["BatchSettled", { job, batch: 0, worker: worker.address, reward: 4n * terms.rewardPerTask }],
    ]);
    expect(await creditOf(worker.address)).toBe(6n * terms.rewardPerTask);
    expect(await creditOf(rival.address)).toBe(4n * terms.rewardPerTask);
    expect(await stakeOf(worker.address)).toMatchObject({ locked: 0n, settledBatches: 2 });
    expect(await stakeOf(rival.address)).toMatchObject({ locked: 0n, settledBatches: 1 });
  });

  it("passes over what is settled, in the same call too: nobody is paid twice", async () => {
    const { worker, stranger } = market;
    await claim(0);
    await claim(1);
    await submit(0);
    await submit(1);
    await market.at(settleableAt + 10);
    const first = await market.receipt(stranger.write.settle([terms, [0, 0]]));
    const second = await market.receipt(stranger.write.settle([terms, [0, 1, 0, 1]]));
    const third = await market.receipt(stranger.write.settle([terms, [1, 0]]));

    expect(first.events).toHaveLength(1);
    expect(second.events).toHaveLength(1);
    expect(third.events).toHaveLength(0);
    expect(await creditOf(worker.address)).toBe(8n * terms.rewardPerTask);
    expect(await stakeOf(worker.address)).toMatchObject({ locked: 0n, settledBatches: 2 });
  });

  it("waits for the end of the challenge window, and not a second longer", async () => {
    const { stranger } = market;
    await claim(0);
    await submit(0);
    await market.at(settleableAt - 1);
    await expectRevert(stranger.write.settle([terms, [0]]), "Marketplace_ChallengeWindowOpen", [
      job,
      0,
      BigInt(settleableAt),
    ]);
    await market.at(settleableAt);
    await stranger.write.settle([terms, [0]]);
  });

  it("settles all or nothing", async () => {
    const { worker, stranger } = market;
    await claim(0);
    await claim(1);
    await submit(0);
    await market.at(settleableAt);
    await expectRevert(stranger.write.settle([terms, [0, 1]]), "Marketplace_WrongStatus", [
      job,
      1,
      BatchStatus.claimed,
      BatchStatus.submitted,
    ]);
    expect(await creditOf(worker.address)).toBe(0n);
  });

  it("refuses open batches, batches beyond the last, and jobs that were never posted", async () => {
    const { stranger } = market;
    for (const [each, batch] of [
      [terms, 0],
      [terms, 3],
      [{ ...terms, salt: 0n }, 0],
    ] as const) {
      await expectRevert(stranger.write.settle([each, [batch]]), "Marketplace_WrongStatus", [
        hashTerms(each),
        batch,
        BatchStatus.open,
        BatchStatus.submitted,
      ]);
    }
  });

  it("pays for what was claimed before the job was cancelled", async () => {
    const { requester, worker, stranger, read } = market;
    await claim(0);
    await requester.write.cancel([terms]);
    await submit(0);
    await market.at(settleableAt);
    await stranger.write.settle([terms, [0]]);

    expect(await creditOf(worker.address)).toBe(4n * terms.rewardPerTask);
    expect(await creditOf(requester.address)).toBe(6n * terms.rewardPerTask);
    expect(await read.job([job])).toEqual([JobStatus.cancelled, 0]);
  });
});

describe("expire", () => {
  const deadline = CLAIMED_AT + 3600;
  // Of 10¹⁶ + 1 wei: a fifth, rounded down.
  const penalty = 2_000_000_000_000_000n;

  it("burns the penalty, pays nobody, and opens the batch", async () => {
    const { requester, worker, stranger, read } = market;
    await claim(0);
    await market.at(deadline + 1);
    const { events } = await market.receipt(stranger.write.expire([terms, 0]));

    expect(events).toEqual([
      { eventName: "BatchExpired", args: { job, batch: 0, worker: worker.address, penalty } },
    ]);
    expect(await stakeOf(worker.address)).toMatchObject({
      stake: ETHER - penalty,
      locked: 0n,
      settledBatches: 0,
      expiredBatches: 1,
    });
    expect(await creditOf(NOBODY)).toBe(penalty);
    for (const { address } of [stranger, requester, worker]) {
      expect(await creditOf(address)).toBe(0n);
    }
    expect(await read.job([job])).toEqual([JobStatus.posted, 10]);
    expect(await read.batches([job, 0, 1])).toEqual([emptyBatch(BatchStatus.open)]);
  });

  it("rounds the penalty down, to the wei", async () => {
    const { requester, stranger } = market;
    const odd = termsOf(requester.address, { stakePerBatch: 10n ** 15n + 9n, salt: 9n });
    await requester.write.post([odd, spec], { value: odd.rewardPerTask * 10n });
    await market.at(CLAIMED_AT);
    await market.worker.write.claim([odd, 1]);
    await market.at(deadline + 1);
    await stranger.write.expire([odd, 1]);

    // (10¹⁵ + 9) / 5 = 200000000000001.8
    expect(await creditOf(NOBODY)).toBe(200_000_000_000_001n);
    expect(await stakeOf(market.worker.address)).toMatchObject({
      stake: ETHER - 200_000_000_000_001n,
      locked: 0n,
    });
  });

  it("frees the batch for another worker, who is paid for it", async () => {
    const { worker, rival, stranger } = market;
    await claim(1);
    await market.at(deadline + 2);
    await stranger.write.expire([terms, 1]);
    await rival.write.claim([terms, 1]);
    await expectRevert(worker.write.submit([job, 1, root, results]), "Marketplace_NotClaimer", [
      job,
      1,
      worker.address,
      rival.address,
    ]);
    await rival.write.submit([job, 1, root, results]);
    await market.at(deadline + DAY);
    await stranger.write.settle([terms, [1]]);

    expect(await creditOf(rival.address)).toBe(4n * terms.rewardPerTask);
    expect(await creditOf(worker.address)).toBe(0n);
  });

  it("gives a cancelled job's escrow back at once", async () => {
    const { requester, stranger, worker, read } = market;
    await claim(0);
    await claim(2);
    await requester.write.cancel([terms]);
    await market.at(deadline + 10);
    await stranger.write.expire([terms, 2]);
    await stranger.write.expire([terms, 0]);

    expect(await read.job([job])).toEqual([JobStatus.cancelled, 0]);
    expect(await creditOf(requester.address)).toBe(10n * terms.rewardPerTask);
    expect(await creditOf(NOBODY)).toBe(2n * penalty);
    await expectRevert(worker.write.claim([terms, 0]), "Marketplace_Cancelled", [job]);
  });

  it("works after claiming has closed; the requester cancels the rest", async () => {
    const { requester, stranger } = market;
    await market.at(terms.claimUntil);
    await market.worker.write.claim([terms, 0]);
    await market.at(terms.claimUntil + DAY);
    await stranger.write.expire([terms, 0]);
    await requester.write.cancel([terms]);

    expect(await creditOf(requester.address)).toBe(10n * terms.rewardPerTask);
  });

  it("costs the worker who expires itself all of the penalty", async () => {
    const { worker } = market;
    await claim(0);
    await market.at(deadline + 1);
    await worker.write.expire([terms, 0]);

    expect((await stakeOf(worker.address)).stake + (await creditOf(worker.address))).toBe(
      ETHER - penalty,
    );
  });

  it("waits until the deadline is over", async () => {
    await claim(0);
    await market.at(deadline);
    await expectRevert(market.stranger.write.expire([terms, 0]), "Marketplace_NotOverdue", [
      job,
      0,
      deadline,
    ]);
  });

  it("refuses what is open or submitted, however late", async () => {
    const { stranger } = market;
    await claim(0);
    await submit(0);
    await market.at(deadline + DAY);
    for (const [batch, status] of [
      [0, BatchStatus.submitted],
      [1, BatchStatus.open],
      [3, BatchStatus.open],
    ] as const) {
      await expectRevert(stranger.write.expire([terms, batch]), "Marketplace_WrongStatus", [
        job,
        batch,
        status,
        BatchStatus.claimed,
      ]);
    }
  });
});

describe("release", () => {
  // Of 10¹⁶ + 1 wei, rounded down: a hundredth, and a fifth.
  const fee = 100_000_000_000_000n;
  const penalty = 2_000_000_000_000_000n;

  it("gives the batch back for a fee that burns", async () => {
    const { requester, worker, rival, read } = market;
    await claim(0);
    await market.at(CLAIMED_AT + 1);
    const { events } = await market.receipt(worker.write.release([terms, 0]));

    expect(events).toEqual([
      { eventName: "BatchReleased", args: { job, batch: 0, worker: worker.address, fee } },
    ]);
    expect(await stakeOf(worker.address)).toMatchObject({
      stake: ETHER - fee,
      locked: 0n,
      expiredBatches: 0,
    });
    expect(await creditOf(NOBODY)).toBe(fee);
    expect(await creditOf(requester.address)).toBe(0n);
    expect(await read.batches([job, 0, 1])).toEqual([emptyBatch(BatchStatus.open)]);
    expect(await read.job([job])).toEqual([JobStatus.posted, 10]);
    await rival.write.claim([terms, 0]);
  });

  // A 3600th of the penalty a second, rounded up: in 180 seconds that is the least fee.
  it.each([
    [0, fee],
    [180, fee],
    [181, 100_555_555_555_556n],
    [1800, penalty / 2n],
    [3599, 1_999_444_444_444_445n],
    [3600, penalty],
  ])("costs by the time that the batch was held: %i seconds, %i wei", async (held, wei) => {
    const { worker, network } = market;
    await network.provider.request({ method: "evm_setAutomine", params: [false] });
    await worker.write.claim([terms, 1], { gas: 200_000n });
    await market.at(CLAIMED_AT);
    // Zero seconds: claimed and given back in one block.
    if (held > 0) {
      await network.provider.request({ method: "evm_mine" });
      await market.at(CLAIMED_AT + held);
    }
    const hash = await worker.write.release([terms, 1], { gas: 200_000n });
    await network.provider.request({ method: "evm_mine" });
    const { events } = await market.receipt(Promise.resolve(hash));

    expect(events).toEqual([
      { eventName: "BatchReleased", args: { job, batch: 1, worker: worker.address, fee: wei } },
    ]);
    expect(await creditOf(NOBODY)).toBe(wei);
    expect(await stakeOf(worker.address)).toMatchObject({ stake: ETHER - wei, locked: 0n });
  });

  it("is the claimer's alone, up to the deadline, before it submits", async () => {
    const { worker, rival } = market;
    const deadline = CLAIMED_AT + terms.submitWindowSeconds;
    await claim(0);
    await claim(1);
    await expectRevert(rival.write.release([terms, 0]), "Marketplace_NotClaimer", [
      job,
      0,
      rival.address,
      worker.address,
    ]);
    await submit(1);
    await expectRevert(worker.write.release([terms, 1]), "Marketplace_WrongStatus", [
      job,
      1,
      BatchStatus.submitted,
      BatchStatus.claimed,
    ]);
    await market.at(deadline + 1);
    await expectRevert(worker.write.release([terms, 0]), "Marketplace_Overdue", [job, 0, deadline]);
  });

  it("gives a cancelled job's escrow back", async () => {
    const { requester, worker, read } = market;
    await claim(0);
    await requester.write.cancel([terms]);
    const { events } = await market.receipt(worker.write.release([terms, 0]));
    expect(events.at(-1)).toEqual({
      eventName: "BatchRefunded",
      args: { job, batch: 0, amount: 4n * terms.rewardPerTask },
    });
    expect(await creditOf(requester.address)).toBe(10n * terms.rewardPerTask);
    expect(await read.batches([job, 0, 1])).toEqual([emptyBatch(BatchStatus.void)]);
  });
});
