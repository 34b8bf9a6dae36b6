import { numberToHex, zeroAddress, zeroHash } from "viem";
import { beforeEach, describe, expect, it } from "vitest";
import { type Court, disputeIn, FEE, SUBMITTED_AT, salt, startCourt } from "./dispute.ts";
import {
  BatchStatus,
  commitmentOf,
  DAY,
  ETHER,
  emptyBatch,
  expectRevert,
  Ground,
  parameters,
} from "./market.ts";

const DEMANDED_AT = SUBMITTED_AT + 100;
const DEADLINE = DEMANDED_AT + parameters.responseWindowSeconds;

let court: Court;
beforeEach(async () => {
  court = await startCourt();
});

const creditOf = (owner: `0x${string}`) => court.read.credit([owner, zeroAddress]);

async function demand(position = 2): Promise<void> {
  const { rival, terms, results, demandBond } = court;
  await court.at(DEMANDED_AT);
  await rival.write.demand([terms, 0, position, results.root], { value: demandBond });
}

function reveal(position = 2, by = court.worker) {
  const { leaf, proof } = court.results.open(position);
  return by.write.reveal([court.terms, 0, leaf, proof]);
}

describe("demand", () => {
  it("locks the bond, and gives the worker time to show one leaf", async () => {
    const { rival, worker, terms, job, results, demandBond, read } = court;
    await court.at(DEMANDED_AT);
    const { events } = await court.receipt(
      rival.write.demand([terms, 0, 2, results.root], { value: demandBond }),
    );

    expect(events).toEqual([
      {
        eventName: "LeafDemanded",
        args: {
          job,
          batch: 0,
          worker: worker.address,
          position: 2,
          challenger: rival.address,
          bond: demandBond,
          deadline: DEADLINE,
        },
      },
    ]);
    const question = (2n << 200n) | (BigInt(DEMANDED_AT) << 160n) | BigInt(rival.address);
    expect(await read.batches([job, 0, 1])).toEqual([
      {
        worker: worker.address,
        timestamp: SUBMITTED_AT,
        status: BatchStatus.demanded,
        resultRoot: results.root,
        question: numberToHex(question, { size: 32 }),
      },
    ]);
    expect(await court.balance()).toBe(10n * terms.rewardPerTask + ETHER + demandBond);
  });

  it("takes the bond to the wei, of this root, of a submitted batch, until the window ends", async () => {
    const { rival, terms, job, results, demandBond } = court;
    for (const value of [0n, demandBond - 1n, demandBond + 1n]) {
      await expectRevert(
        rival.write.demand([terms, 0, 2, results.root], { value }),
        "Marketplace_WrongValue",
        [value, demandBond],
      );
    }
    await expectRevert(
      rival.write.demand([terms, 0, 2, zeroHash], { value: demandBond }),
      "Marketplace_WrongRoot",
      [job, 0, results.root, zeroHash],
    );
    await expectRevert(
      rival.write.demand([terms, 1, 5, results.root], { value: demandBond }),
      "Marketplace_WrongStatus",
      [job, 1, BatchStatus.open, BatchStatus.submitted],
    );
    await court.at(SUBMITTED_AT + 600);
    await expectRevert(
      rival.write.demand([terms, 0, 2, results.root], { value: demandBond }),
      "Marketplace_ChallengeWindowOver",
      [job, 0, BigInt(SUBMITTED_AT + 600)],
    );
  });

  it("is one at a time", async () => {
    const { stranger, terms, job, results, demandBond } = court;
    await demand();
    await expectRevert(
      stranger.write.demand([terms, 0, 1, results.root], { value: demandBond }),
      "Marketplace_WrongStatus",
      [job, 0, BatchStatus.demanded, BatchStatus.submitted],
    );
  });
});

describe("reveal", () => {
  it("earns the worker the bond, and the window goes on where it stood still", async () => {
    const { worker, stranger, terms, job, results, demandBond, read } = court;
    await demand();
    await court.at(DEADLINE);
    const { events } = await court.receipt(reveal());

    expect(events).toEqual([
      { eventName: "LeafRevealed", args: { job, batch: 0, leaf: results.open(2).leaf } },
    ]);
    expect(await creditOf(worker.address)).toBe(demandBond);
    expect(await read.batches([job, 0, 1])).toEqual([
      {
        worker: worker.address,
        timestamp: SUBMITTED_AT + parameters.responseWindowSeconds,
        status: BatchStatus.submitted,
        resultRoot: results.root,
        question: zeroHash,
      },
    ]);
    await court.at(DEADLINE + 499);
    await expectRevert(stranger.write.settle([terms, [0]]), "Marketplace_ChallengeWindowOpen", [
      job,
      0,
      BigInt(DEADLINE + 500),
    ]);
    await court.at(DEADLINE + 500);
    await stranger.write.settle([terms, [0]]);
  });

  it("may be done by anyone who has the leaf; the bond is the worker's all the same", async () => {
    const { worker, stranger, demandBond } = court;
    await demand();
    await reveal(2, stranger);
    expect(await creditOf(worker.address)).toBe(demandBond);
  });

  it("takes the very leaf that was demanded", async () => {
    const { worker, terms, job, results } = court;
    await demand();
    await expectRevert(reveal(1), "Marketplace_WrongLeaf", [job, 0, 1]);
    const { leaf, proof } = results.open(2);
    await expectRevert(
      worker.write.reveal([terms, 0, { ...leaf, outcome: 2 }, proof]),
      "Marketplace_WrongLeaf",
      [job, 0, 2],
    );
    await reveal();
  });

  it("is too late after the deadline, and out of place without a demand", async () => {
    const { job } = court;
    await expectRevert(reveal(), "Marketplace_WrongStatus", [
      job,
      0,
      BatchStatus.submitted,
      BatchStatus.demanded,
    ]);
    await demand();
    await court.at(DEADLINE + 1);
    await expectRevert(reveal(), "Marketplace_Overdue", [job, 0, DEADLINE]);
  });
});

describe("forfeit", () => {
  const slashed = 5_000_000_000_000_000n;
  const burned = slashed / 10n;
  const share = (slashed - burned) / 2n;

  it("slashes a worker that hides its leaf, called by anyone, and opens the batch", async () => {
    const { worker, rival, requester, stranger, terms, job, demandBond, read } = court;
    await demand();
    await court.at(DEADLINE + 1);
    const { events } = await court.receipt(stranger.write.forfeit([terms, 0]));

    expect(events).toEqual([
      {
        eventName: "WorkerSlashed",
        args: {
          job,
          batch: 0,
          worker: worker.address,
          challenger: rival.address,
          slashed,
          burned,
          reward: share,
          compensation: slashed - burned - share,
        },
      },
    ]);
    expect(await creditOf(rival.address)).toBe(demandBond + share);
    expect(await creditOf(requester.address)).toBe(slashed - burned - share);
    expect(await creditOf(stranger.address)).toBe(0n);
    expect(await read.account([worker.address])).toMatchObject({
      stake: ETHER - slashed,
      locked: 0n,
      slashedBatches: 1,
    });
    expect(await read.batches([job, 0, 1])).toEqual([emptyBatch(BatchStatus.open)]);
    expect((await read.job([job]))[1]).toBe(10);
  });

  it("waits until the deadline is over, and needs a demand", async () => {
    const { stranger, terms, job } = court;
    await expectRevert(stranger.write.forfeit([terms, 0]), "Marketplace_WrongStatus", [
      job,
      0,
      BatchStatus.submitted,
      BatchStatus.demanded,
    ]);
    await demand();
    await court.at(DEADLINE);
    await expectRevert(stranger.write.forfeit([terms, 0]), "Marketplace_NotOverdue", [
      job,
      0,
      DEADLINE,
    ]);
  });

  it("gives a cancelled job's reward back", async () => {
    const { requester, stranger, terms, job } = court;
    await demand();
    await requester.write.cancel([terms]);
    await court.at(DEADLINE + 1);
    const { events } = await court.receipt(stranger.write.forfeit([terms, 0]));
    expect(events.at(-1)).toEqual({
      eventName: "BatchRefunded",
      args: { job, batch: 0, amount: 4n * terms.rewardPerTask },
    });
    expect((await court.read.batches([job, 0, 1]))[0]?.status).toBe(BatchStatus.void);
  });
});

describe("a challenge of a batch that is demanded", () => {
  const challenge = () => {
    const { stranger, terms, results, bond } = court;
    const { leaf, proof } = results.open(1);
    return stranger.write.challenge(
      [terms, 0, leaf, proof, results.root, Ground.wrongResult, salt],
      { value: bond + FEE },
    );
  };
  beforeEach(async () => {
    const { stranger, job } = court;
    const commitment = commitmentOf(stranger.address, job, 0, 1, Ground.wrongResult, salt);
    await stranger.write.prepareChallenge([commitment]);
    await demand();
  });

  it("takes the demand's place: no demand shields a wrong result", async () => {
    const { rival, job, demandBond, read } = court;
    await court.at(DEMANDED_AT + 250);
    const { events } = await court.receipt(challenge());
    expect(events[0]).toEqual({
      eventName: "DemandSuperseded",
      args: { job, batch: 0, challenger: rival.address },
    });
    expect(disputeIn(events).challenger).toBe(court.stranger.address);
    expect(await creditOf(rival.address)).toBe(demandBond);
    expect((await read.batches([job, 0, 1]))[0]).toMatchObject({
      timestamp: SUBMITTED_AT + 250,
      status: BatchStatus.challenged,
    });
  });

  it("comes too late for a demand that is overdue: that can only be forfeited", async () => {
    await court.at(DEADLINE + 1);
    await expectRevert(challenge(), "Marketplace_Overdue", [court.job, 0, DEADLINE]);
    await court.at(DEADLINE + DAY);
    await court.stranger.write.forfeit([court.terms, 0]);
  });
});
