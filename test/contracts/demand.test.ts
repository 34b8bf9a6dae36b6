import { zeroHash } from "viem";
import { beforeEach, describe, expect, it } from "vitest";
import { answerTo, type Court, type QuestionOptions, SUBMITTED_AT, startCourt } from "./dispute.ts";
import {
  AskedStatus,
  BatchStatus,
  ETHER,
  emptyBatch,
  expectRevert,
  Ground,
  hashTerms,
  NOBODY,
  noInquiry,
  parameters,
} from "./market.ts";

const DEMANDED_AT = SUBMITTED_AT + 100;
const DEADLINE = DEMANDED_AT + parameters.responseWindowSeconds;

let court: Court;
beforeEach(async () => {
  court = await startCourt();
});

const demandedFor = (options: QuestionOptions = {}) =>
  court.question({ position: 2, ground: Ground.none, ...options });

/** The call itself, of what was prepared. */
const call = (options?: QuestionOptions, terms = court.terms) =>
  court.rival.write.demand([terms, demandedFor(options)]);

const demand = (position = 2) => court.demand({ position, at: DEMANDED_AT });

function reveal(position = 2, { by = court.worker, number = 1 } = {}) {
  const { leaf, proof } = court.results.open(position);
  return by.write.reveal([court.terms, 0, number, leaf, proof]);
}

describe("demand", () => {
  it("locks the bond, and gives the worker time to show one leaf", async () => {
    const { rival, worker, terms, job, results, bond, demandBond, read, creditOf } = court;
    await court.prepare(rival, demandedFor());
    await court.at(DEMANDED_AT);
    const { events } = await court.receipt(call());

    expect(events).toEqual([
      {
        eventName: "LeafDemanded",
        args: {
          job,
          batch: 0,
          worker: worker.address,
          round: 0,
          number: 1,
          position: 2,
          asker: rival.address,
          bond: demandBond,
          deadline: DEADLINE,
        },
      },
    ]);
    expect(await read.batches([job, 0, 1])).toEqual([
      {
        worker: worker.address,
        timestamp: SUBMITTED_AT,
        status: BatchStatus.questioned,
        resultRoot: results.root,
        inquiry: { ...noInquiry, pending: 1, demands: 1, frozenAt: DEMANDED_AT },
      },
    ]);
    expect(await read.asked([job, 0, 0, 1, true])).toEqual({
      asker: rival.address,
      askedAt: DEMANDED_AT,
      position: 2,
      ground: Ground.none,
      status: AskedStatus.pending,
      dispute: zeroHash,
    });
    // What was prepared is as much as a challenge takes; the rest of it is the asker's again.
    expect(await creditOf(rival.address)).toBe(bond - demandBond);
    expect(await court.balance()).toBe(10n * terms.rewardPerTask + ETHER + bond);
  });

  it("is of this job and this root, of a task of a submitted batch, until the window ends", async () => {
    const { rival, terms, job, results } = court;
    await court.prepare(rival, demandedFor());
    const other = { ...terms, salt: 1n };
    await expectRevert(call({}, other), "Marketplace_WrongJob", [hashTerms(other), job]);
    await expectRevert(call({ resultRoot: zeroHash }), "Marketplace_WrongRoot", [
      job,
      0,
      results.root,
      zeroHash,
    ]);
    await expectRevert(call({ position: 4 }), "Marketplace_NoSuchTask", [job, 0, 4]);
    await expectRevert(call({ batch: 1, position: 5 }), "Marketplace_WrongStatus", [
      job,
      1,
      BatchStatus.open,
      BatchStatus.submitted,
    ]);
    await court.at(SUBMITTED_AT + 600);
    await expectRevert(call(), "Marketplace_ChallengeWindowOver", [
      job,
      0,
      BigInt(SUBMITTED_AT + 600),
    ]);
    const early = await startCourt();
    await early.demand({ at: SUBMITTED_AT + 599 });
  });

  it("has no ground and no answer", async () => {
    for (const [ground, answer] of [
      [Ground.wrongResult, answerTo(2)],
      [Ground.unavailable, zeroHash],
      [Ground.none, answerTo(2)],
    ] as const) {
      await expectRevert(call({ ground, answer }), "Marketplace_WrongGround", [ground, 0, answer]);
    }
  });
});

describe("reveal", () => {
  it("earns the worker half of the bond, and the window goes on where it stood still", async () => {
    const { worker, rival, stranger, terms, job, results, bond, demandBond, read, creditOf } =
      court;
    await demand();
    await court.at(DEADLINE);
    const { events } = await court.receipt(reveal());

    expect(events).toEqual([
      { eventName: "LeafRevealed", args: { job, batch: 0, number: 1, leaf: results.open(2).leaf } },
    ]);
    expect(await creditOf(worker.address)).toBe(demandBond / 2n);
    expect(await creditOf(NOBODY)).toBe(demandBond / 2n);
    expect(await creditOf(rival.address)).toBe(bond - demandBond);
    expect(await read.batches([job, 0, 1])).toEqual([
      {
        worker: worker.address,
        timestamp: SUBMITTED_AT + parameters.responseWindowSeconds,
        status: BatchStatus.submitted,
        resultRoot: results.root,
        inquiry: { ...noInquiry, demands: 1, frozenSeconds: parameters.responseWindowSeconds },
      },
    ]);
    expect((await read.asked([job, 0, 0, 1, true])).status).toBe(AskedStatus.ended);
    await court.at(DEADLINE + 499);
    await expectRevert(stranger.write.settle([terms, [0]]), "Marketplace_ChallengeWindowOpen", [
      job,
      0,
      BigInt(DEADLINE + 500),
    ]);
    await court.at(DEADLINE + 500);
    await stranger.write.settle([terms, [0]]);
  });

  it("may be done by anyone who has the leaf; the half is the worker's all the same", async () => {
    const { worker, stranger, demandBond, creditOf } = court;
    await demand();
    await reveal(2, { by: stranger });
    expect(await creditOf(worker.address)).toBe(demandBond / 2n);
    expect(await creditOf(stranger.address)).toBe(0n);
  });

  it("burns the odd wei of a bond", async () => {
    court = await startCourt({ stakePerBatch: 10n ** 16n + 100n });
    expect(court.demandBond % 2n).toBe(1n);
    await demand();
    await reveal();
    expect(await court.creditOf(court.worker.address)).toBe(court.demandBond / 2n);
    expect(await court.creditOf(NOBODY)).toBe(court.demandBond / 2n + 1n);
  });

  it("takes the very leaf that was demanded", async () => {
    const { worker, terms, job, results } = court;
    await demand();
    await expectRevert(reveal(1), "Marketplace_WrongLeaf", [job, 0, 1]);
    const { leaf, proof } = results.open(2);
    await expectRevert(
      worker.write.reveal([terms, 0, 1, { ...leaf, outcome: 2 }, proof]),
      "Marketplace_WrongLeaf",
      [job, 0, 2],
    );
    await expectRevert(
      worker.write.reveal([terms, 0, 1, leaf, proof.slice(1)]),
      "Marketplace_WrongLeaf",
      [job, 0, 2],
    );
    await reveal();
  });

  it("is too late after the deadline, and out of place without a demand, or a second time", async () => {
    const { job } = court;
    await expectRevert(reveal(), "Marketplace_NotAsked", [job, 0, 0, 1]);
    await demand();
    await expectRevert(reveal(2, { number: 2 }), "Marketplace_NotAsked", [job, 0, 0, 2]);
    await expectRevert(reveal(2, { number: 0 }), "Marketplace_NotAsked", [job, 0, 0, 0]);
    await court.at(DEADLINE + 1);
    await expectRevert(reveal(), "Marketplace_Overdue", [job, 0, DEADLINE]);

    const answered = await startCourt();
    await answered.demand({ position: 2 });
    const { leaf, proof } = answered.results.open(2);
    const show = () => answered.worker.write.reveal([answered.terms, 0, 1, leaf, proof]);
    await show();
    await expectRevert(show(), "Marketplace_NotAsked", [job, 0, 0, 1]);
  });
});

describe("forfeit", () => {
  // There is no arbiter to pay: a fifth burns, and of the rest a demand earns at most two of its bonds.
  const slashed = 5_000_000_000_000_000n;
  const burned = slashed / 5n;
  const share = 200_000_000_000_000n;

  it("slashes a worker that hides its leaf, called by anyone, and opens the batch", async () => {
    const { worker, rival, requester, stranger, terms, job, bond, read, creditOf } = court;
    await demand();
    await court.at(DEADLINE + 1);
    const { events } = await court.receipt(stranger.write.forfeit([terms, 0, 0, 1]));

    expect(events).toEqual([
      {
        eventName: "WorkerSlashed",
        args: {
          job,
          batch: 0,
          worker: worker.address,
          asker: rival.address,
          slashed,
          burned,
          reward: share,
          reserved: 0n,
          compensation: slashed - burned - share,
        },
      },
    ]);
    expect(await creditOf(rival.address)).toBe(bond + share);
    expect(await creditOf(requester.address)).toBe(slashed - burned - share);
    expect(await creditOf(NOBODY)).toBe(burned);
    expect(await creditOf(stranger.address)).toBe(0n);
    expect(await read.account([worker.address])).toMatchObject({
      stake: ETHER - slashed,
      locked: 0n,
      slashedBatches: 1,
    });
    expect(await read.batches([job, 0, 1])).toEqual([emptyBatch(BatchStatus.open, { round: 1 })]);
    expect((await read.job([job]))[1]).toBe(10);
    await expectRevert(stranger.write.forfeit([terms, 0, 0, 1]), "Marketplace_NotAsked", [
      job,
      0,
      0,
      1,
    ]);
  });

  it("earns the asker a challenger's share where that is less, and twice the first bond however late it asked", async () => {
    for (const [demandBondBps, earned] of [
      [parameters.challengeBondBps, (slashed - burned) / 4n],
      [parameters.demandBondBps, share],
    ] as const) {
      court = await startCourt({}, { demandBondBps });
      const { stranger, terms, demandBond } = court;
      for (const position of [0, 1]) {
        const number = await court.demand({ position, by: stranger });
        await reveal(position, { number });
      }
      const number = await court.demand({ position: 2, at: DEMANDED_AT });
      await court.at(DEADLINE + 1);
      const { events } = await court.receipt(stranger.write.forfeit([terms, 0, 0, number]));
      expect(events[0]?.args).toMatchObject({
        reward: earned,
        compensation: slashed - burned - earned,
      });
      const spared = court.bond - 3n * demandBond;
      expect(await court.creditOf(court.rival.address)).toBe(
        3n * demandBond + earned + (spared > 0n ? spared : 0n),
      );
    }
  });

  it("waits until the deadline is over, and needs a demand", async () => {
    const { stranger, terms, job } = court;
    await expectRevert(stranger.write.forfeit([terms, 0, 0, 1]), "Marketplace_NotAsked", [
      job,
      0,
      0,
      1,
    ]);
    await demand();
    await court.at(DEADLINE);
    await expectRevert(stranger.write.forfeit([terms, 0, 0, 1]), "Marketplace_NotOverdue", [
      job,
      0,
      DEADLINE,
    ]);
    await expectRevert(stranger.write.forfeit([terms, 0, 1, 1]), "Marketplace_NotAsked", [
      job,
      0,
      1,
      1,
    ]);
  });

  it("is not for challenges: they are counted apart", async () => {
    const { stranger, terms, job } = court;
    const { openedAt } = await court.challenge();
    await court.at(openedAt + parameters.responseWindowSeconds + 1);
    await expectRevert(stranger.write.forfeit([terms, 0, 0, 1]), "Marketplace_NotAsked", [
      job,
      0,
      0,
      1,
    ]);
  });

  it("gives a cancelled job's reward back", async () => {
    const { requester, stranger, terms, job } = court;
    await demand();
    await requester.write.cancel([terms]);
    await court.at(DEADLINE + 1);
    const { events } = await court.receipt(stranger.write.forfeit([terms, 0, 0, 1]));
    expect(events.at(-1)).toEqual({
      eventName: "BatchRefunded",
      args: { job, batch: 0, amount: 4n * terms.rewardPerTask },
    });
    expect((await court.read.batches([job, 0, 1]))[0]?.status).toBe(BatchStatus.void);
  });
});
