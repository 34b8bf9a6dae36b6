import { beforeEach, describe, expect, it } from "vitest";
import {
  type Court,
  type DisputeTuple,
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
  DAY,
  ETHER,
  emptyBatch,
  expectRevert,
  Ground,
  hashTerms,
  Manner,
  NOBODY,
  noInquiry,
  parameters,
  Ruling,
} from "./market.ts";

const OPENED_AT = SUBMITTED_AT + 300;
const WINDOW_END = SUBMITTED_AT + 600;
const TIMEOUT_AT = OPENED_AT + parameters.disputeTimeoutSeconds;

// Of 10¹⁶ + 1 wei: half is slashed, a fifth of that burned; the fee comes back, and a quarter of the rest is the challenger's.
const slashed = 5_000_000_000_000_000n;
const burned = 1_000_000_000_000_000n;
const share = (slashed - burned - FEE) / 4n;
const compensation = slashed - burned - FEE - share;

let court: Court;
let dispute: DisputeTuple;
beforeEach(async () => {
  court = await startCourt();
  dispute = await court.challenge({ at: OPENED_AT });
});

/** Rules, carries it out, and tells of it. */
async function resolve(ruling: (typeof Ruling)[keyof typeof Ruling], about = dispute) {
  await court.arbiter.rule(idOf(about), ruling);
  return court.receipt(court.stranger.write.resolve([court.terms, about]));
}

const resolved = (ruling: number) => ({
  eventName: "ChallengeResolved",
  args: { job: court.job, batch: 0, id: idOf(dispute), ruling },
});

const batch = async () => (await court.read.batches([court.job, 0, 1]))[0];

/** What a batch is that goes on, `still` seconds later. */
const thawed = (still: number) => ({
  worker: court.worker.address,
  timestamp: SUBMITTED_AT + still,
  status: BatchStatus.submitted,
  resultRoot: court.results.root,
  inquiry: { ...noInquiry, challenges: 1, frozenSeconds: still },
});

describe("a ruling that does not go against the worker", () => {
  it.each([
    ["worker right", Ruling.workerRight, "worker"],
    ["challenge failed", Ruling.challengeFailed, "worker"],
    ["undecided", Ruling.undecided, "rival"],
  ] as const)(
    "%s: half of the bond burns, the other half has an owner, and the window goes on",
    async (_, ruling, owner) => {
      const { worker, stranger, requester, rival, terms, job, bond, read, creditOf } = court;
      await court.arbiter.rule(idOf(dispute), ruling);
      await court.at(OPENED_AT + 1000);
      const { events } = await court.receipt(stranger.write.resolve([terms, dispute]));

      expect(events).toEqual([resolved(ruling)]);
      expect(await creditOf(NOBODY)).toBe(bond / 2n);
      for (const each of ["worker", "rival", "requester", "stranger"] as const) {
        expect(await creditOf(court[each].address)).toBe(each === owner ? bond / 2n : 0n);
      }
      expect(await read.account([worker.address])).toMatchObject({
        stake: ETHER,
        locked: terms.stakePerBatch,
        slashedBatches: 0,
      });
      expect(await batch()).toEqual(thawed(1000));
      expect((await read.asked([job, 0, 0, 1, false])).status).toBe(AskedStatus.ended);

      await court.at(WINDOW_END + 999);
      await expectRevert(stranger.write.settle([terms, [0]]), "Marketplace_ChallengeWindowOpen", [
        job,
        0,
        BigInt(WINDOW_END + 1000),
      ]);
      await court.at(WINDOW_END + 1000);
      await stranger.write.settle([terms, [0]]);
      const reward = 4n * terms.rewardPerTask;
      expect(await creditOf(worker.address)).toBe(reward + (owner === "worker" ? bond / 2n : 0n));
      expect(await creditOf(requester.address)).toBe(0n);
      expect(await creditOf(rival.address)).toBe(owner === "rival" ? bond / 2n : 0n);
    },
  );

  it("burns the odd wei of a bond", async () => {
    const odd = await startCourt({ stakePerBatch: 10n ** 16n + 10n });
    expect(odd.bond % 2n).toBe(1n);
    const challenged = await odd.challenge();
    await odd.arbiter.rule(idOf(challenged), Ruling.workerRight);
    await odd.stranger.write.resolve([odd.terms, challenged]);
    expect(await odd.creditOf(odd.worker.address)).toBe(odd.bond / 2n);
    expect(await odd.creditOf(NOBODY)).toBe(odd.bond / 2n + 1n);
  });
});

describe("worker wrong", () => {
  it("splits the slash to the wei, gives the bond back, and opens the batch", async () => {
    const { worker, rival, requester, terms, job, bond, read, creditOf } = court;
    const { events } = await resolve(Ruling.workerWrong);

    expect(events).toEqual([
      resolved(Ruling.workerWrong),
      {
        eventName: "WorkerSlashed",
        args: {
          job,
          batch: 0,
          worker: worker.address,
          asker: rival.address,
          slashed,
          burned,
          reward: FEE + share,
          reserved: 0n,
          compensation,
        },
      },
    ]);
    expect(await creditOf(rival.address)).toBe(bond + FEE + share);
    expect(await creditOf(requester.address)).toBe(compensation);
    expect(await creditOf(NOBODY)).toBe(burned);
    expect(await creditOf(worker.address)).toBe(0n);
    expect(await read.account([worker.address])).toMatchObject({
      stake: ETHER - slashed,
      locked: 0n,
      slashedBatches: 1,
      settledBatches: 0,
    });
    expect(await batch()).toEqual(emptyBatch(BatchStatus.open, { round: 1 }));
    expect((await read.job([job]))[1]).toBe(10);
    await rival.write.deposit({ value: ETHER });
    await rival.write.claim([terms, 0]);
  });

  it("pays the arbiter's fee back as far as the slash goes, and a fifth burns", async () => {
    const dear = await startCourt({ stakePerBatch: 10n ** 15n });
    const challenged = await dear.challenge();
    await dear.arbiter.rule(idOf(challenged), Ruling.workerWrong);
    await dear.stranger.write.resolve([dear.terms, challenged]);

    const all = part(dear.terms, parameters.slashBps);
    expect(all).toBeLessThan(FEE);
    expect(await dear.creditOf(NOBODY)).toBe(all / 5n);
    expect(await dear.creditOf(dear.rival.address)).toBe(dear.bond + (all / 5n) * 4n);
    expect(await dear.creditOf(dear.requester.address)).toBe(0n);
  });

  it.each(["cancelled", "past claimUntil"])(
    "of a job that is %s the reward goes back",
    async (how) => {
      const { requester, stranger, arbiter, terms, job, read, creditOf } = court;
      await arbiter.rule(idOf(dispute), Ruling.workerWrong);
      if (how === "cancelled") await requester.write.cancel([terms]);
      else await court.at(terms.claimUntil + 1);
      const before = await creditOf(requester.address);
      const { events } = await court.receipt(stranger.write.resolve([terms, dispute]));

      const amount = 4n * terms.rewardPerTask;
      expect(events.at(-1)).toEqual({
        eventName: "BatchRefunded",
        args: { job, batch: 0, amount },
      });
      expect(await creditOf(requester.address)).toBe(before + amount + compensation);
      expect(await batch()).toEqual(emptyBatch(BatchStatus.void, { round: 1 }));
      expect((await read.job([job]))[1]).toBe(how === "cancelled" ? 0 : 6);
    },
  );
});

it("both wrong: the worker is slashed, the challenger's bond burns, and nobody is rewarded", async () => {
  const { worker, rival, requester, job, bond, read, creditOf } = court;
  const { events } = await resolve(Ruling.bothWrong);

  expect(events).toEqual([
    resolved(Ruling.bothWrong),
    {
      eventName: "WorkerSlashed",
      args: {
        job,
        batch: 0,
        worker: worker.address,
        asker: rival.address,
        slashed,
        burned: burned + bond,
        reward: 0n,
        reserved: 0n,
        compensation: slashed - burned,
      },
    },
  ]);
  expect(await creditOf(rival.address)).toBe(0n);
  expect(await creditOf(requester.address)).toBe(slashed - burned);
  expect(await creditOf(NOBODY)).toBe(burned + bond);
  expect(await read.account([worker.address])).toMatchObject({
    stake: ETHER - slashed,
    locked: 0n,
    slashedBatches: 1,
  });
  expect(await batch()).toEqual(emptyBatch(BatchStatus.open, { round: 1 }));
});

describe("a leaf that was found right", () => {
  const stands = (position = 1) =>
    court.read.stands([court.job, position, court.results.open(position).hash]);
  const again = (position = 1, ground: number = Ground.wrongResult) => {
    const { leaf, proof } = court.results.open(position);
    const question = court.question({ position, ground });
    return court.rival.write.challenge([court.terms, question, leaf, proof]);
  };

  it("stands: nobody can say again that it is wrong", async () => {
    const { job, results } = court;
    expect(await stands()).toBe(false);
    await resolve(Ruling.workerRight);
    expect(await stands()).toBe(true);
    await expectRevert(again(), "Marketplace_LeafStands", [job, 1, results.open(1).hash]);
  });

  it("can still be unavailable, and be demanded; other leaves stand for themselves", async () => {
    await resolve(Ruling.workerRight);
    expect(await stands(2)).toBe(false);
    await court.challenge({ ground: Ground.unavailable });
    await court.challenge({ position: 2 });
    await court.demand({ position: 1 });
  });

  it("stands for the next worker too, and not for another job", async () => {
    const { rival, stranger, terms, job, results, arbiter, requester, read } = court;
    await resolve(Ruling.workerRight);
    const other = await court.challenge({ position: 2, by: stranger });
    await arbiter.rule(idOf(other), Ruling.workerWrong);
    await stranger.write.resolve([terms, other]);
    await rival.write.deposit({ value: ETHER });
    await rival.write.claim([terms, 0]);
    await rival.write.submit([job, 0, results.root, manifest]);
    await expectRevert(again(), "Marketplace_LeafStands", [job, 1, results.open(1).hash]);
    const elsewhere = hashTerms({ ...terms, requester: requester.address, salt: 1n });
    expect(await read.stands([elsewhere, 1, results.open(1).hash])).toBe(false);
  });

  it.each([Ruling.undecided, Ruling.challengeFailed])(
    "is not one that ruling %i is about",
    async (ruling) => {
      await resolve(ruling);
      expect(await stands()).toBe(false);
      await court.challenge();
    },
  );

  it("is not one whose content was found", async () => {
    const found = await court.challenge({ position: 2, ground: Ground.unavailable });
    await resolve(Ruling.workerRight, found);
    expect(await stands(2)).toBe(false);
  });
});

describe("resolve", () => {
  it("waits for the arbiter, and not for ever: its silence is undecided", async () => {
    const { stranger, rival, terms, job, bond, creditOf } = court;
    for (const at of [OPENED_AT + 1, TIMEOUT_AT]) {
      await court.at(at);
      await expectRevert(stranger.write.resolve([terms, dispute]), "Marketplace_NotRuled", [
        job,
        0,
        BigInt(TIMEOUT_AT),
      ]);
    }
    await court.at(TIMEOUT_AT + 1);
    const { events } = await court.receipt(stranger.write.resolve([terms, dispute]));
    expect(events).toEqual([resolved(Ruling.undecided)]);
    expect(await creditOf(rival.address)).toBe(bond / 2n);
    expect(await batch()).toEqual(thawed(parameters.disputeTimeoutSeconds + 1));
  });

  it("prefers a late ruling to none", async () => {
    const { stranger, arbiter, terms, worker } = court;
    await arbiter.rule(idOf(dispute), Ruling.workerWrong);
    await court.at(TIMEOUT_AT + DAY);
    await stranger.write.resolve([terms, dispute]);
    expect((await court.read.account([worker.address])).slashedBatches).toBe(1);
  });

  it("is about a dispute that is pending, as it was told, and about no other", async () => {
    const { stranger, arbiter, terms, job } = court;
    for (const forged of [
      { ...dispute, challenger: stranger.address },
      { ...dispute, bond: dispute.bond + 1n },
      { ...dispute, openedAt: 0 },
      { ...dispute, number: 2 },
      { ...dispute, round: 1 },
      { ...dispute, batch: 1 },
      { ...dispute, answer: dispute.resultLeaf },
    ]) {
      await arbiter.rule(idOf(forged), Ruling.workerWrong);
      await expectRevert(stranger.write.resolve([terms, forged]), "Marketplace_NotAsked", [
        job,
        forged.batch,
        forged.round,
        forged.number,
      ]);
    }
    const other = { ...terms, salt: 1n };
    await expectRevert(stranger.write.resolve([other, dispute]), "Marketplace_NotAsked", [
      hashTerms(other),
      0,
      0,
      1,
    ]);
    for (const ruling of [Ruling.undecided, Ruling.workerWrong]) {
      const again = ruling === Ruling.undecided ? dispute : await court.challenge();
      await resolve(ruling, again);
      await expectRevert(stranger.write.resolve([terms, again]), "Marketplace_NotAsked", [
        job,
        0,
        0,
        again.number,
      ]);
    }
  });

  it.each(["reverting", "burningGas", "nonsense", "short"] as const)(
    "takes a %s arbiter's word for none, and ends the dispute when its time is over",
    async (manner) => {
      const { stranger, arbiter, terms, job } = court;
      await arbiter.rule(idOf(dispute), Ruling.workerWrong);
      await arbiter.behave(Manner[manner]);
      await court.at(TIMEOUT_AT);
      await expectRevert(
        stranger.write.resolve([terms, dispute], { gas: 2_000_000n }),
        "Marketplace_NotRuled",
        [job, 0, BigInt(TIMEOUT_AT)],
      );
      await court.at(TIMEOUT_AT + 1);
      const { events } = await court.receipt(
        stranger.write.resolve([terms, dispute], { gas: 2_000_000n }),
      );
      expect(events).toEqual([resolved(Ruling.undecided)]);
      expect((await batch())?.status).toBe(BatchStatus.submitted);
    },
  );

  it("is not drowned in an arbiter's answer", async () => {
    const { stranger, arbiter, terms } = court;
    await arbiter.behave(Manner.long);
    await court.at(TIMEOUT_AT + 1);
    const { gasUsed } = await court.receipt(stranger.write.resolve([terms, dispute]));
    expect(gasUsed).toBeLessThan(300_000n);
    expect((await batch())?.status).toBe(BatchStatus.submitted);
  });

  it("cannot be starved: with too little gas for the arbiter there is no outcome at all", async () => {
    const { stranger, arbiter, terms } = court;
    await arbiter.rule(idOf(dispute), Ruling.workerWrong);
    await court.at(TIMEOUT_AT + 1);
    for (let gas = 60_000n; gas <= 240_000n; gas += 5000n) {
      await expect(
        stranger.write.resolve([terms, dispute], { gas }),
        `${gas} gas`,
      ).rejects.toThrow();
      expect((await batch())?.status).toBe(BatchStatus.questioned);
    }
    await expect(stranger.write.resolve([terms, dispute], { gas: 220_000n })).rejects.toThrow(
      "Marketplace_TooLittleGas",
    );
    await stranger.write.resolve([terms, dispute]);
    expect((await court.read.account([court.worker.address])).slashedBatches).toBe(1);
  });
});
