import { beforeEach, describe, expect, it } from "vitest";
import {
  type Court,
  disputeIn,
  FEE,
  idOf,
  manifest,
  part,
  SUBMITTED_AT,
  startCourt,
} from "./dispute.ts";
import {
  AskedStatus,
  BatchStatus,
  ETHER,
  emptyBatch,
  expectRevert,
  Ground,
  NOBODY,
  noInquiry,
  parameters,
  Ruling,
} from "./market.ts";

const HOUR = 3600;

let court: Court;
beforeEach(async () => {
  court = await startCourt();
});

const view = async () => (await court.read.batches([court.job, 0, 1]))[0];
const settle = () => court.stranger.write.settle([court.terms, [0]]);

async function resolve(
  dispute: Awaited<ReturnType<Court["challenge"]>>,
  ruling: (typeof Ruling)[keyof typeof Ruling],
  at?: number,
) {
  await court.arbiter.rule(idOf(dispute), ruling);
  if (at !== undefined) await court.at(at);
  return court.receipt(court.stranger.write.resolve([court.terms, dispute]));
}

async function reveal(position: number, number: number, at?: number) {
  const { leaf, proof } = court.results.open(position);
  if (at !== undefined) await court.at(at);
  return court.receipt(court.worker.write.reveal([court.terms, 0, number, leaf, proof]));
}

describe("the window", () => {
  it("stands still from the first question until the last is answered, to the second", async () => {
    const { job, stranger, worker, results } = court;
    const first = await court.challenge({ at: SUBMITTED_AT + 100 });
    await court.demand({ position: 2, at: SUBMITTED_AT + 200 });
    const second = await court.challenge({ position: 0, by: stranger, at: SUBMITTED_AT + 300 });
    const frozen = {
      worker: worker.address,
      timestamp: SUBMITTED_AT,
      status: BatchStatus.questioned,
      resultRoot: results.root,
    };
    const inquiry = { ...noInquiry, challenges: 2, demands: 1, frozenAt: SUBMITTED_AT + 100 };
    expect(await view()).toEqual({
      ...frozen,
      inquiry: { ...inquiry, pending: 3, fees: 2n * FEE },
    });

    await resolve(first, Ruling.workerRight, SUBMITTED_AT + 400);
    expect(await view()).toEqual({ ...frozen, inquiry: { ...inquiry, pending: 2, fees: FEE } });
    await reveal(2, 1, SUBMITTED_AT + 500);
    expect(await view()).toEqual({ ...frozen, inquiry: { ...inquiry, pending: 1, fees: FEE } });
    await expectRevert(settle(), "Marketplace_WrongStatus", [
      job,
      0,
      BatchStatus.questioned,
      BatchStatus.submitted,
    ]);

    await resolve(second, Ruling.challengeFailed, SUBMITTED_AT + 5 * HOUR);
    const still = 5 * HOUR - 100;
    expect(await view()).toEqual({
      ...frozen,
      timestamp: SUBMITTED_AT + still,
      status: BatchStatus.submitted,
      inquiry: { ...inquiry, frozenAt: 0, frozenSeconds: still },
    });
    // 500 of 600 seconds are left.
    await court.at(SUBMITTED_AT + 5 * HOUR + 499);
    await expectRevert(settle(), "Marketplace_ChallengeWindowOpen", [
      job,
      0,
      BigInt(SUBMITTED_AT + 5 * HOUR + 500),
    ]);
    await court.at(SUBMITTED_AT + 5 * HOUR + 500);
    await settle();
  });

  it("is open for questions while it stands still, and for what was left of it after", async () => {
    const { job, rival, terms, demandBond } = court;
    await court.demand({ position: 2, at: SUBMITTED_AT + 599 });
    const dispute = await court.challenge({ position: 0, at: SUBMITTED_AT + 1000 });
    await court.demand({ position: 3, at: SUBMITTED_AT + 1100 });
    await reveal(2, 1);
    await reveal(3, 2);
    expect(await view()).toMatchObject({
      status: BatchStatus.questioned,
      inquiry: { pending: 1, challenges: 1, demands: 2, frozenAt: SUBMITTED_AT + 599 },
    });
    // One second is left of it.
    await resolve(dispute, Ruling.undecided, SUBMITTED_AT + 2000);
    const question = court.question({ ground: Ground.none, position: 1 });
    await court.at(SUBMITTED_AT + 2001);
    await expectRevert(
      rival.write.demand([terms, question], { value: 3n * demandBond }),
      "Marketplace_ChallengeWindowOver",
      [job, 0, BigInt(SUBMITTED_AT + 2001)],
    );
    await settle();
  });

  it("adds up what it stood still", async () => {
    const first = await court.challenge({ at: SUBMITTED_AT + 100 });
    await resolve(first, Ruling.workerRight, SUBMITTED_AT + 1100);
    expect((await view())?.inquiry).toMatchObject({ frozenAt: 0, frozenSeconds: 1000 });
    await court.demand({ position: 2, at: SUBMITTED_AT + 1200 });
    await reveal(2, 1, SUBMITTED_AT + 1201);
    expect(await view()).toMatchObject({
      timestamp: SUBMITTED_AT + 1001,
      inquiry: { ...noInquiry, challenges: 1, demands: 1, frozenSeconds: 1001 },
    });
    await court.demand({ position: 3, at: SUBMITTED_AT + 1300 });
    await reveal(3, 2, SUBMITTED_AT + 1300 + 600);
    // 100, 100 and 99 seconds ran; 301 are left.
    expect((await view())?.timestamp).toBe(SUBMITTED_AT + 1601);
    await court.at(SUBMITTED_AT + 2200);
    await expectRevert(settle(), "Marketplace_ChallengeWindowOpen", [
      court.job,
      0,
      BigInt(SUBMITTED_AT + 2201),
    ]);
    await court.at(SUBMITTED_AT + 2201);
    await settle();
  });
});

describe("the n-th question of a round", () => {
  it("costs n² times the first challenge, the arbiter's fee included, and has that as its bond", async () => {
    const { arbiter, bond, rival, terms, results, job, read } = court;
    const positions = [0, 1, 2, 3];
    let held = 0n;
    for (const [i, position] of positions.entries()) {
      const number = i + 1;
      const needed = BigInt(number ** 2) * (bond + FEE);
      const question = court.question({ position });
      await court.prepare(rival, question);
      const { leaf, proof } = results.open(position);
      const call = (value: bigint) =>
        rival.write.challenge([terms, question, leaf, proof], { value });
      await expectRevert(call(needed - bond - 1n), "Marketplace_WrongValue", [needed - 1n, needed]);
      const dispute = disputeIn((await court.receipt(call(needed - bond))).events);
      held += needed - FEE;
      expect(dispute).toMatchObject({ round: 0, number, bond: needed - FEE, fee: FEE });
      expect((await read.asked([job, 0, 0, number, false])).dispute).toBe(idOf(dispute));
      expect(await arbiter.balance()).toBe(BigInt(number) * FEE);
    }
    // 1, 4, 9 and 16 times.
    expect(held).toBe(30n * (bond + FEE) - 4n * FEE);
    expect(await court.balance()).toBe(10n * terms.rewardPerTask + ETHER + held);
  });

  it("costs n times the first demand", async () => {
    // Here demands are as dear as challenges, so that all but the first take more than has to be prepared.
    court = await startCourt({}, { demandBondBps: parameters.challengeBondBps });
    const { demandBond, bond, rival, terms, worker, creditOf } = court;
    expect(demandBond).toBe(bond);
    for (const number of [1, 2, 3, 4]) {
      const needed = BigInt(number) * demandBond;
      const question = court.question({ ground: Ground.none, position: number - 1 });
      await court.prepare(rival, question);
      const call = (value: bigint) => rival.write.demand([terms, question], { value });
      if (number > 1) {
        await expectRevert(call(needed - bond - 1n), "Marketplace_WrongValue", [
          needed - 1n,
          needed,
        ]);
      }
      const { events } = await court.receipt(call(needed - bond));
      expect(events[0]?.args).toMatchObject({ number, bond: needed });
    }
    for (const number of [1, 2, 3, 4]) await reveal(number - 1, number);
    expect(await creditOf(worker.address)).toBe(5n * demandBond);
    expect(await creditOf(NOBODY)).toBe(5n * demandBond);
    expect(await creditOf(rival.address)).toBe(0n);
  });

  it("counts what was answered too, demands and challenges apart, each batch for itself", async () => {
    const { bond, worker, terms, job } = court;
    await resolve(await court.challenge(), Ruling.workerRight);
    await court.demand({ position: 2 });
    await reveal(2, 1);
    const second = await court.challenge({ position: 2 });
    expect(second).toMatchObject({ number: 2, bond: 4n * (bond + FEE) - FEE });
    expect(await court.demand({ position: 0 })).toBe(2);

    await worker.write.claim([terms, 1]);
    await worker.write.submit([job, 1, court.question({ batch: 1 }).resultRoot, manifest]);
    expect(await court.challenge({ batch: 1, position: 5 })).toMatchObject({ number: 1, bond });
  });

  it("shares a grown bond like any other, the odd wei burned", async () => {
    const { creditOf, rival, worker, bond } = court;
    await resolve(await court.challenge(), Ruling.undecided);
    const second = await court.challenge({ position: 2 });
    expect(second.bond % 2n).toBe(1n);
    await resolve(second, Ruling.workerRight);
    expect(await creditOf(rival.address)).toBe(bond / 2n);
    expect(await creditOf(worker.address)).toBe(second.bond / 2n);
    expect(await creditOf(NOBODY)).toBe(bond / 2n + second.bond / 2n + 1n);
  });

  it("gets all of a grown bond back if the worker was wrong, and the fee once", async () => {
    const { creditOf, rival, terms } = court;
    await resolve(await court.challenge(), Ruling.workerRight);
    const second = await court.challenge({ position: 2 });
    await resolve(second, Ruling.workerWrong);
    const left = part(terms, parameters.slashBps) - part(terms, parameters.slashBps) / 5n;
    expect(await creditOf(rival.address)).toBe(second.bond + FEE + (left - FEE) / 4n);
  });
});

// Of 10¹⁶ + 1 wei: half is slashed, a fifth of that burned.
const slashed = 5_000_000_000_000_000n;
const burned = 1_000_000_000_000_000n;

describe("a conviction ends the round", () => {
  it("demands are void: they cannot be answered any more, and need not be waited for", async () => {
    const { worker, rival, stranger, terms, job, bond, demandBond, creditOf, results } = court;
    const dispute = await court.challenge();
    await court.demand({ position: 2 });
    await court.demand({ position: 3, by: stranger });
    await resolve(dispute, Ruling.bothWrong);
    const { leaf, proof } = results.open(2);
    await expectRevert(worker.write.reveal([terms, 0, 1, leaf, proof]), "Marketplace_NotAsked", [
      job,
      0,
      1,
      1,
    ]);
    const before = await creditOf(stranger.address);
    const { events } = await court.receipt(rival.write.forfeit([terms, 0, 0, 2]));
    expect(events).toEqual([
      {
        eventName: "DemandVoided",
        args: { job, batch: 0, asker: stranger.address, bond: 2n * demandBond },
      },
    ]);
    expect(await creditOf(stranger.address)).toBe(before + 2n * demandBond);
    expect(await creditOf(stranger.address)).toBe(bond);
    await expectRevert(rival.write.forfeit([terms, 0, 0, 2]), "Marketplace_NotAsked", [
      job,
      0,
      0,
      2,
    ]);
    await rival.write.forfeit([terms, 0, 0, 1]);
    expect(await creditOf(rival.address)).toBe(bond);
    expect(await view()).toEqual(emptyBatch(BatchStatus.open, { round: 1 }));
  });

  it("by a demand that ran out, whatever else is pending: the fees of challenges are set aside", async () => {
    const { stranger, rival, terms, job, worker, requester, read, bond, demandBond, creditOf } =
      court;
    await court.demand({ position: 2, by: stranger, at: SUBMITTED_AT + 100 });
    const dispute = await court.challenge({ at: SUBMITTED_AT + 200 });
    await court.demand({ position: 3, at: SUBMITTED_AT + 300 });
    await court.at(SUBMITTED_AT + 100 + parameters.responseWindowSeconds + 1);
    const { events } = await court.receipt(rival.write.forfeit([terms, 0, 0, 1]));

    const left = slashed - burned - FEE;
    const share = 2n * demandBond;
    expect(events).toEqual([
      {
        eventName: "WorkerSlashed",
        args: {
          job,
          batch: 0,
          worker: worker.address,
          asker: stranger.address,
          slashed,
          burned,
          reward: share,
          reserved: FEE,
          compensation: left - share,
        },
      },
    ]);
    expect(await creditOf(requester.address)).toBe(left - share);
    expect(await read.pendingQuestions([job, 0, 9n])).toEqual([]);
    expect(await view()).toEqual(emptyBatch(BatchStatus.open, { round: 1 }));

    // The challenger, who was right, gets all that it paid.
    const before = await creditOf(rival.address);
    await resolve(dispute, Ruling.workerWrong);
    expect(await creditOf(rival.address)).toBe(before + bond + FEE);
    expect((await read.account([worker.address])).slashedBatches).toBe(1);
  });

  /** Three challenges, of which the second is ruled on first; the others come after its round. */
  async function threeOfWhichOneEndsTheRound() {
    const { stranger } = court;
    const first = await court.challenge({ position: 0, by: stranger });
    const second = await court.challenge({ position: 2 });
    const third = await court.challenge({ position: 1, by: stranger });
    const { events } = await resolve(second, Ruling.workerWrong);
    return { first, second, third, events };
  }

  it("the fee of who was right first comes back first, then fees are set aside as far as the slash goes", async () => {
    const { rival, worker, requester, job, creditOf } = court;
    const { second, events } = await threeOfWhichOneEndsTheRound();
    const left = slashed - burned - FEE;
    expect(left).toBeLessThan(2n * FEE);
    expect(events.at(-1)).toEqual({
      eventName: "WorkerSlashed",
      args: {
        job,
        batch: 0,
        worker: worker.address,
        asker: rival.address,
        slashed,
        burned,
        reward: FEE,
        reserved: left,
        compensation: 0n,
      },
    });
    expect(await creditOf(rival.address)).toBe(second.bond + FEE);
    expect(await creditOf(requester.address)).toBe(0n);
    expect(await view()).toEqual(emptyBatch(BatchStatus.open, { round: 1 }));
  });

  it("other challengers that were right get bond and fee, as far as it was set aside, and no share", async () => {
    const { stranger, job, read, creditOf, terms, worker } = court;
    const { first, third } = await threeOfWhichOneEndsTheRound();
    const reserved = slashed - burned - FEE;
    let paid = 0n;
    for (const [dispute, fee] of [
      [third, reserved < FEE ? reserved : FEE],
      [first, reserved < FEE ? 0n : reserved - FEE],
    ] as const) {
      const { events } = await resolve(dispute, Ruling.workerWrong);
      expect(events).toEqual([
        {
          eventName: "ChallengeResolved",
          args: { job, batch: 0, id: idOf(dispute), ruling: Ruling.workerWrong },
        },
        {
          eventName: "FeeReturned",
          args: { job, batch: 0, account: stranger.address, amount: fee },
        },
      ]);
      paid += dispute.bond + fee;
      expect(await creditOf(stranger.address)).toBe(paid);
      expect((await read.asked([job, 0, 0, dispute.number, false])).status).toBe(AskedStatus.ended);
      await expectRevert(stranger.write.resolve([terms, dispute]), "Marketplace_NotAsked", [
        job,
        0,
        0,
        dispute.number,
      ]);
    }
    expect(await creditOf(NOBODY)).toBe(burned);
    expect((await read.account([worker.address])).slashedBatches).toBe(1);
    expect(await view()).toEqual(emptyBatch(BatchStatus.open, { round: 1 }));
  });

  it.each([
    ["workerRight", "worker", 2n],
    ["challengeFailed", "worker", 2n],
    ["undecided", "stranger", 2n],
    ["bothWrong", undefined, 1n],
  ] as const)(
    "a challenger that was not right (%s) loses its bond as ever, and its fee is the requester's",
    async (ruling, owner, parts) => {
      const { worker, stranger, requester, job, read, creditOf } = court;
      const first = await court.challenge({ position: 0, by: stranger });
      await resolve(await court.challenge({ position: 2 }), Ruling.workerWrong);
      const reserved = slashed - burned - FEE;
      expect(reserved).toBeLessThan(FEE);
      expect(await creditOf(requester.address)).toBe(0n);
      const { events } = await resolve(first, Ruling[ruling]);

      expect(events).toEqual([
        {
          eventName: "ChallengeResolved",
          args: { job, batch: 0, id: idOf(first), ruling: Ruling[ruling] },
        },
        {
          eventName: "FeeReturned",
          args: { job, batch: 0, account: requester.address, amount: reserved },
        },
      ]);
      expect(await creditOf(requester.address)).toBe(reserved);
      expect(await creditOf(NOBODY)).toBe(burned + first.bond / parts);
      for (const each of ["worker", "stranger"] as const) {
        expect(await creditOf(court[each].address)).toBe(each === owner ? first.bond / 2n : 0n);
      }
      expect(await read.stands([job, 0, first.resultLeaf])).toBe(ruling === "workerRight");
      expect((await read.account([worker.address])).slashedBatches).toBe(1);
      expect(await view()).toEqual(emptyBatch(BatchStatus.open, { round: 1 }));
    },
  );

  it("challenges are still waited for: an arbiter has as long as ever", async () => {
    const { stranger, terms, job, creditOf, rival } = court;
    const dispute = await court.challenge({ at: SUBMITTED_AT + 100 });
    await resolve(await court.challenge({ position: 2, by: stranger }), Ruling.bothWrong);
    const timeoutAt = SUBMITTED_AT + 100 + parameters.disputeTimeoutSeconds;
    await court.at(timeoutAt);
    await expectRevert(stranger.write.resolve([terms, dispute]), "Marketplace_NotRuled", [
      job,
      0,
      BigInt(timeoutAt),
    ]);
    await court.at(timeoutAt + 1);
    await stranger.write.resolve([terms, dispute]);
    expect(await creditOf(rival.address)).toBe(dispute.bond / 2n);
  });

  it("the next worker has a round of its own, in which everything is counted anew", async () => {
    const { rival, stranger, terms, job, bond, read, creditOf } = court;
    await resolve(await court.challenge(), Ruling.workerRight);
    const old = await court.challenge({ position: 0 });
    await resolve(await court.challenge({ position: 2 }), Ruling.workerWrong);
    await rival.write.deposit({ value: ETHER });
    await rival.write.claim([terms, 0]);
    await rival.write.submit([job, 0, court.results.root, manifest]);
    expect((await view())?.inquiry).toEqual({ ...noInquiry, round: 1 });

    const fresh = await court.challenge({ position: 3, by: stranger });
    expect(fresh).toMatchObject({ round: 1, number: 1, bond, worker: rival.address });
    expect(await court.demand({ position: 2, by: stranger })).toBe(1);
    const before = await view();
    expect(before?.inquiry.fees).toBe(FEE);
    // The old question ends without touching the new ones.
    const credit = await creditOf(rival.address);
    await resolve(old, Ruling.undecided);
    expect(await creditOf(rival.address)).toBe(credit + old.bond / 2n);
    expect(await view()).toEqual(before);
    expect((await read.account([rival.address])).slashedBatches).toBe(0);

    await resolve(fresh, Ruling.workerWrong);
    expect((await read.account([rival.address])).slashedBatches).toBe(1);
    expect(await view()).toEqual(emptyBatch(BatchStatus.open, { round: 2 }));
  });

  it("a batch that nobody may claim any more is void; bonds still go back", async () => {
    const { requester, stranger, rival, terms, job, creditOf } = court;
    const dispute = await court.challenge();
    await court.demand({ position: 2 });
    await requester.write.cancel([terms]);
    await resolve(dispute, Ruling.workerWrong);
    expect(await view()).toEqual(emptyBatch(BatchStatus.void, { round: 1 }));
    const before = await creditOf(rival.address);
    await stranger.write.forfeit([terms, 0, 0, 1]);
    expect(await creditOf(rival.address)).toBe(before + court.demandBond);
    const question = court.question({ position: 3 });
    const { leaf, proof } = court.results.open(3);
    await expectRevert(
      rival.write.challenge([terms, question, leaf, proof]),
      "Marketplace_WrongStatus",
      [job, 0, BatchStatus.void, BatchStatus.submitted],
    );
  });
});

it("all bonds and fees are somewhere: what came in is credit, stake or escrow to the wei", async () => {
  const { worker, rival, requester, stranger, terms, creditOf, read } = court;
  const first = await court.challenge();
  await court.demand({ position: 2, by: stranger });
  const second = await court.challenge({ position: 3, by: stranger });
  await resolve(first, Ruling.undecided);
  await reveal(2, 1);
  await court.demand({ position: 0 });
  const third = await court.challenge({ position: 0 });
  await resolve(second, Ruling.bothWrong);
  await stranger.write.forfeit([terms, 0, 0, 2]);
  await resolve(third, Ruling.workerWrong);

  const credits = await Promise.all(
    [worker.address, rival.address, requester.address, stranger.address, NOBODY].map((owner) =>
      creditOf(owner),
    ),
  );
  const { stake } = await read.account([worker.address]);
  expect(credits.reduce((sum, each) => sum + each) + stake + 10n * terms.rewardPerTask).toBe(
    await court.balance(),
  );
});
