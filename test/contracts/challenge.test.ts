import { encodeAbiParameters, getAbiItem, keccak256, zeroAddress, zeroHash } from "viem";
import { beforeEach, describe, expect, it } from "vitest";
import { marketplaceAbi } from "../../sdk/src/generated/marketplaceAbi.ts";
import {
  type Court,
  type DisputeTuple,
  disputeIn,
  FEE,
  manifest,
  SUBMITTED_AT,
  salt,
  startCourt,
} from "./dispute.ts";
import {
  BatchStatus,
  commitmentOf,
  DAY,
  ETHER,
  emptyBatch,
  expectRevert,
  Ground,
  hashSpec,
  Manner,
  parameters,
  Ruling,
  spec,
} from "./market.ts";
import { resultsOf } from "./results.ts";

/** The burned part's account. */
const NOBODY = "0x000000000000000000000000000000000000dEaD";
const WINDOW_END = SUBMITTED_AT + 600;

let court: Court;
beforeEach(async () => {
  court = await startCourt();
});

const creditOf = (owner: `0x${string}`) => court.read.credit([owner, zeroAddress]);
const [, disputeType] = getAbiItem({ abi: marketplaceAbi, name: "resolve" }).inputs;
const idOf = (dispute: DisputeTuple) => keccak256(encodeAbiParameters([disputeType], [dispute]));

async function prepare(position = 1, ground: number = Ground.wrongResult): Promise<`0x${string}`> {
  const { rival, job } = court;
  const commitment = commitmentOf(rival.address, job, 0, position, ground, salt);
  await rival.write.prepareChallenge([commitment]);
  return commitment;
}

/** The call itself, well-formed but for the changes. */
function call({
  by = court.rival,
  batch = 0,
  position = 1,
  ground = Ground.wrongResult as number,
  root = court.results.root,
  value = court.bond + FEE,
  terms = court.terms,
} = {}) {
  const { leaf, proof } = court.results.open(position);
  return by.write.challenge([terms, batch, leaf, proof, root, ground, salt], { value });
}

describe("prepareChallenge", () => {
  it("tells of a commitment, once; bringing it again changes nothing", async () => {
    const { rival, stranger, job } = court;
    const commitment = commitmentOf(rival.address, job, 0, 1, Ground.wrongResult, salt);
    const first = await court.receipt(rival.write.prepareChallenge([commitment]));
    expect(first.events).toEqual([
      { eventName: "ChallengePrepared", args: { commitment, account: rival.address } },
    ]);
    const second = await court.receipt(stranger.write.prepareChallenge([commitment]));
    expect(second.events).toEqual([]);
    await call();
  });
});

describe("challenge", () => {
  it("puts one task to the arbiter, who is paid; the batch waits", async () => {
    const { rival, worker, requester, arbiter, terms, job, results, bond, read } = court;
    await prepare();
    await court.at(SUBMITTED_AT + 300);
    const { events } = await court.receipt(call());

    const dispute = {
      job,
      specHash: hashSpec(spec),
      batch: 0,
      position: 1,
      ground: Ground.wrongResult,
      requester: requester.address,
      worker: worker.address,
      challenger: rival.address,
      resultRoot: results.root,
      resultLeaf: results.open(1).hash,
      openedAt: SUBMITTED_AT + 300,
      bond,
      fee: FEE,
    };
    const id = idOf(dispute);
    expect(events).toEqual([
      {
        eventName: "BatchChallenged",
        args: { job, batch: 0, id, dispute, leaf: results.open(1).leaf },
      },
    ]);
    expect(await read.batches([job, 0, 1])).toEqual([
      {
        worker: worker.address,
        timestamp: SUBMITTED_AT,
        status: BatchStatus.challenged,
        resultRoot: results.root,
        question: id,
      },
    ]);
    expect(await arbiter.opened(id)).toBe(true);
    expect(await arbiter.balance()).toBe(FEE);
    expect(await court.balance()).toBe(10n * terms.rewardPerTask + ETHER + bond);
  });

  it("freezes that batch, and no other", async () => {
    const { worker, stranger, terms, job, requester } = court;
    await worker.write.claim([terms, 1]);
    await worker.write.submit([job, 1, resultsOf(terms, 1).root, manifest]);
    await court.challenge();
    await court.at(SUBMITTED_AT + DAY);
    await expectRevert(stranger.write.settle([terms, [0]]), "Marketplace_WrongStatus", [
      job,
      0,
      BatchStatus.challenged,
      BatchStatus.submitted,
    ]);
    await stranger.write.settle([terms, [1]]);
    await requester.write.cancel([terms]);
  });

  it("is for submitted batches alone, one at a time", async () => {
    const { job } = court;
    await prepare();
    await expectRevert(call({ batch: 1 }), "Marketplace_WrongStatus", [
      job,
      1,
      BatchStatus.open,
      BatchStatus.submitted,
    ]);
    await call();
    await expectRevert(call(), "Marketplace_WrongStatus", [
      job,
      0,
      BatchStatus.challenged,
      BatchStatus.submitted,
    ]);
  });

  it("is possible until the window ends, and no second longer", async () => {
    const { job } = court;
    await prepare();
    await court.at(WINDOW_END);
    await expectRevert(call(), "Marketplace_ChallengeWindowOver", [job, 0, BigInt(WINDOW_END)]);
    const early = await startCourt();
    await early.challenge({ at: WINDOW_END - 1 });
  });

  it("needs a commitment of the very same challenge, of an earlier block, and uses it up", async () => {
    const { rival, stranger, job, network } = court;
    const mine = commitmentOf(rival.address, job, 0, 1, Ground.wrongResult, salt);
    await expectRevert(call(), "Marketplace_NotPrepared", [mine, 0n]);
    await prepare();

    const theirs = commitmentOf(stranger.address, job, 0, 1, Ground.wrongResult, salt);
    await expectRevert(call({ by: stranger }), "Marketplace_NotPrepared", [theirs, 0n]);
    const other = commitmentOf(rival.address, job, 0, 2, Ground.wrongResult, salt);
    await expectRevert(call({ position: 2 }), "Marketplace_NotPrepared", [other, 0n]);

    const dispute = disputeIn((await court.receipt(call())).events);
    await court.arbiter.rule(idOf(dispute), Ruling.workerRight);
    await court.stranger.write.resolve([court.terms, dispute]);
    await expectRevert(call(), "Marketplace_NotPrepared", [mine, 0n]);

    // Preparing and challenging in one block is too fast.
    await network.provider.request({ method: "evm_setAutomine", params: [false] });
    const prepared = await rival.write.prepareChallenge([mine]);
    const { leaf, proof } = court.results.open(1);
    const challenged = await rival.write.challenge(
      [court.terms, 0, leaf, proof, court.results.root, Ground.wrongResult, salt],
      { value: court.bond + FEE, gas: 500_000n },
    );
    await network.provider.request({ method: "evm_mine" });
    const [first, second] = await Promise.all(
      [prepared, challenged].map((hash) => court.client.getTransactionReceipt({ hash })),
    );
    expect([first?.status, second?.status]).toEqual(["success", "reverted"]);
    expect(first?.blockNumber).toBe(second?.blockNumber);
  });

  it("takes bond and fee, to the wei", async () => {
    const { bond } = court;
    await prepare();
    for (const value of [0n, bond, bond + FEE - 1n, bond + FEE + 1n]) {
      await expectRevert(call({ value }), "Marketplace_WrongValue", [value, bond + FEE]);
    }
  });

  it("refuses an arbiter's fee beyond 96 bits", async () => {
    await prepare();
    await court.arbiter.charge(2n ** 96n);
    await expectRevert(call(), "SafeCastOverflowedUintDowncast", [96, 2n ** 96n]);
  });

  it("needs an arbiter", async () => {
    const bare = await startCourt({ arbiter: zeroAddress });
    const { leaf, proof } = bare.results.open(1);
    await expectRevert(
      bare.rival.write.challenge(
        [bare.terms, 0, leaf, proof, bare.results.root, Ground.wrongResult, salt],
        { value: bare.bond },
      ),
      "Marketplace_NoArbiter",
      [bare.job],
    );
    await expectRevert(
      bare.rival.write.demand([bare.terms, 0, 1, bare.results.root], { value: bare.demandBond }),
      "Marketplace_NoArbiter",
      [bare.job],
    );
  });

  it("names a ground that fits: only an ok result can be unavailable", async () => {
    await prepare(3, Ground.unavailable);
    await expectRevert(
      call({ position: 3, ground: Ground.unavailable }),
      "Marketplace_WrongGround",
      [Ground.unavailable, 2],
    );
    await expectRevert(call({ ground: Ground.none }), "Marketplace_WrongGround", [Ground.none, 1]);
    const dispute = await court.challenge({ position: 0, ground: Ground.unavailable });
    expect(dispute.ground).toBe(Ground.unavailable);
    const trap = await startCourt();
    await trap.challenge({ position: 3 });
  });

  it("means this very root", async () => {
    await prepare();
    await expectRevert(call({ root: zeroHash }), "Marketplace_WrongRoot", [
      court.job,
      0,
      court.results.root,
      zeroHash,
    ]);
  });

  it("brings the leaf that the worker committed to, at its own place", async () => {
    const { rival, terms, job, results, bond } = court;
    const other = resultsOf(terms, 1);
    const { leaf, proof } = results.open(1);
    const wrong: [typeof leaf, readonly `0x${string}`[]][] = [
      [{ ...leaf, byteLength: leaf.byteLength + 1 }, proof],
      [{ ...leaf, outcome: 3 }, proof],
      [leaf, proof.slice(1)],
      [leaf, results.open(2).proof],
    ];
    await prepare();
    for (const [each, siblings] of wrong) {
      await expectRevert(
        rival.write.challenge([terms, 0, each, siblings, results.root, Ground.wrongResult, salt], {
          value: bond + FEE,
        }),
        "Marketplace_WrongLeaf",
        [job, 0, 1],
      );
    }
    for (const position of [4, 5]) {
      await prepare(position);
      await expectRevert(
        rival.write.challenge(
          [terms, 0, other.open(position).leaf, proof, results.root, Ground.wrongResult, salt],
          { value: bond + FEE },
        ),
        "Marketplace_NoSuchTask",
        [job, 0, position],
      );
    }
  });

  it("is of the last, smaller batch and of its first task too", async () => {
    const { worker, terms, job } = court;
    await worker.write.claim([terms, 2]);
    await worker.write.submit([job, 2, resultsOf(terms, 2).root, manifest]);
    await expectRevert(
      court.rival.write.demand([terms, 2, 7, resultsOf(terms, 2).root], {
        value: court.demandBond,
      }),
      "Marketplace_NoSuchTask",
      [job, 2, 7],
    );
    await expectRevert(
      court.rival.write.demand([terms, 2, 10, resultsOf(terms, 2).root], {
        value: court.demandBond,
      }),
      "Marketplace_NoSuchTask",
      [job, 2, 10],
    );
    expect((await court.challenge({ batch: 2, position: 8 })).position).toBe(8);
  });

  it("does not happen when the arbiter refuses it", async () => {
    const { job, read } = court;
    await prepare();
    await court.arbiter.behave(Manner.reverting);
    await expect(call()).rejects.toThrow("open refused");
    expect((await read.batches([job, 0, 1]))[0]?.status).toBe(BatchStatus.submitted);
  });
});

describe("resolve", () => {
  let dispute: DisputeTuple;
  const openedAt = SUBMITTED_AT + 300;
  beforeEach(async () => {
    dispute = await court.challenge({ at: openedAt });
  });

  it("worker right: the bond is the worker's, and the window goes on where it stood still", async () => {
    const { worker, rival, stranger, arbiter, terms, job, results, bond, read } = court;
    await arbiter.rule(idOf(dispute), Ruling.workerRight);
    await court.at(openedAt + 1000);
    const { events } = await court.receipt(stranger.write.resolve([terms, dispute]));

    expect(events).toEqual([
      {
        eventName: "ChallengeResolved",
        args: { job, batch: 0, id: idOf(dispute), ruling: Ruling.workerRight },
      },
    ]);
    expect(await creditOf(worker.address)).toBe(bond);
    expect(await creditOf(rival.address)).toBe(0n);
    expect(await read.account([worker.address])).toMatchObject({
      stake: ETHER,
      locked: terms.stakePerBatch,
      slashedBatches: 0,
    });
    expect(await read.batches([job, 0, 1])).toEqual([
      {
        worker: worker.address,
        timestamp: SUBMITTED_AT + 1000,
        status: BatchStatus.submitted,
        resultRoot: results.root,
        question: zeroHash,
      },
    ]);
    await court.at(WINDOW_END + 999);
    await expectRevert(stranger.write.settle([terms, [0]]), "Marketplace_ChallengeWindowOpen", [
      job,
      0,
      BigInt(WINDOW_END + 1000),
    ]);
    await court.at(WINDOW_END + 1000);
    await stranger.write.settle([terms, [0]]);
    expect(await creditOf(worker.address)).toBe(bond + 4n * terms.rewardPerTask);
  });

  // Of 10¹⁶ + 1 wei: half is slashed, a tenth of that burned; the fee comes back, and the rest is halved.
  const slashed = 5_000_000_000_000_000n;
  const burned = 500_000_000_000_000n;
  const share = (slashed - burned - FEE) / 2n;

  it("worker wrong: the slash is split to the wei, and the batch open again", async () => {
    const { worker, rival, requester, stranger, arbiter, terms, job, bond, read } = court;
    await arbiter.rule(idOf(dispute), Ruling.workerWrong);
    const { events } = await court.receipt(stranger.write.resolve([terms, dispute]));

    expect(events).toEqual([
      {
        eventName: "ChallengeResolved",
        args: { job, batch: 0, id: idOf(dispute), ruling: Ruling.workerWrong },
      },
      {
        eventName: "WorkerSlashed",
        args: {
          job,
          batch: 0,
          worker: worker.address,
          challenger: rival.address,
          slashed,
          burned,
          reward: FEE + share,
          compensation: slashed - burned - FEE - share,
        },
      },
    ]);
    expect(await creditOf(rival.address)).toBe(bond + FEE + share);
    expect(await creditOf(requester.address)).toBe(slashed - burned - FEE - share);
    expect(await creditOf(NOBODY)).toBe(burned);
    expect(await creditOf(worker.address)).toBe(0n);
    expect(await read.account([worker.address])).toMatchObject({
      stake: ETHER - slashed,
      locked: 0n,
      slashedBatches: 1,
      settledBatches: 0,
    });
    expect(await read.batches([job, 0, 1])).toEqual([emptyBatch(BatchStatus.open)]);
    expect((await read.job([job]))[1]).toBe(10);
    await court.rival.write.deposit({ value: ETHER });
    await court.rival.write.claim([terms, 0]);
  });

  it("worker wrong: the arbiter's fee is paid back as far as the slash goes, and a tenth burns", async () => {
    const dear = await startCourt({ stakePerBatch: 10n ** 15n });
    const challenged = await dear.challenge();
    await dear.arbiter.rule(idOf(challenged), Ruling.workerWrong);
    await dear.stranger.write.resolve([dear.terms, challenged]);

    const all = 5n * 10n ** 14n;
    expect(all).toBeLessThan(FEE);
    const credit = (owner: `0x${string}`) => dear.read.credit([owner, zeroAddress]);
    expect(await credit(NOBODY)).toBe(all / 10n);
    expect(await credit(dear.rival.address)).toBe(dear.bond + (all / 10n) * 9n);
    expect(await credit(dear.requester.address)).toBe(0n);
  });

  it.each(["cancelled", "past claimUntil"])(
    "worker wrong: of a job that is %s the reward goes back",
    async (how) => {
      const { requester, stranger, arbiter, terms, job, read } = court;
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
      expect(await creditOf(requester.address)).toBe(
        before + amount + slashed - burned - FEE - share,
      );
      expect(await read.batches([job, 0, 1])).toEqual([emptyBatch(BatchStatus.void)]);
      expect((await read.job([job]))[1]).toBe(how === "cancelled" ? 0 : 6);
    },
  );

  it("undecided: bond and stake go back, and so does the reward; the batch is void for good", async () => {
    const { worker, rival, requester, stranger, arbiter, terms, job, bond, read } = court;
    await arbiter.rule(idOf(dispute), Ruling.undecided);
    const { events } = await court.receipt(stranger.write.resolve([terms, dispute]));

    expect(events).toEqual([
      {
        eventName: "ChallengeResolved",
        args: { job, batch: 0, id: idOf(dispute), ruling: Ruling.undecided },
      },
      {
        eventName: "BatchRefunded",
        args: { job, batch: 0, amount: 4n * terms.rewardPerTask },
      },
    ]);
    expect(await creditOf(rival.address)).toBe(bond);
    expect(await creditOf(requester.address)).toBe(4n * terms.rewardPerTask);
    expect(await read.account([worker.address])).toMatchObject({
      stake: ETHER,
      locked: 0n,
      score: 0,
      slashedBatches: 0,
    });
    expect(await read.batches([job, 0, 1])).toEqual([emptyBatch(BatchStatus.void)]);
    expect(await read.job([job])).toEqual([1, 6]);
    const refused = [job, 0, BatchStatus.void, BatchStatus.open];
    await expectRevert(worker.write.claim([terms, 0]), "Marketplace_WrongStatus", refused);
    await requester.write.cancel([terms]);
    expect(await creditOf(requester.address)).toBe(10n * terms.rewardPerTask);
  });

  it("waits for the arbiter, and not for ever", async () => {
    const { stranger, terms, job } = court;
    const timeoutAt = openedAt + parameters.disputeTimeoutSeconds;
    for (const at of [openedAt + 1, timeoutAt]) {
      await court.at(at);
      await expectRevert(stranger.write.resolve([terms, dispute]), "Marketplace_NotRuled", [
        job,
        0,
        BigInt(timeoutAt),
      ]);
    }
    await court.at(timeoutAt + 1);
    await stranger.write.resolve([terms, dispute]);
    expect((await court.read.batches([job, 0, 1]))[0]?.status).toBe(BatchStatus.void);
  });

  it("prefers a late ruling to none", async () => {
    const { stranger, arbiter, terms, worker } = court;
    await arbiter.rule(idOf(dispute), Ruling.workerWrong);
    await court.at(openedAt + parameters.disputeTimeoutSeconds + DAY);
    await stranger.write.resolve([terms, dispute]);
    expect((await court.read.account([worker.address])).slashedBatches).toBe(1);
  });

  it("asks about the dispute that is open, and about no other", async () => {
    const { stranger, arbiter, terms, job } = court;
    for (const forged of [
      { ...dispute, challenger: stranger.address },
      { ...dispute, bond: dispute.bond + 1n },
      { ...dispute, openedAt: 0 },
    ]) {
      await arbiter.rule(idOf(forged), Ruling.workerWrong);
      await expectRevert(stranger.write.resolve([terms, forged]), "Marketplace_WrongDispute", [
        job,
        0,
        idOf(dispute),
        idOf(forged),
      ]);
    }
    await expectRevert(
      stranger.write.resolve([terms, { ...dispute, batch: 1 }]),
      "Marketplace_WrongStatus",
      [job, 1, BatchStatus.open, BatchStatus.challenged],
    );
    await arbiter.rule(idOf(dispute), Ruling.undecided);
    await stranger.write.resolve([terms, dispute]);
    await expectRevert(stranger.write.resolve([terms, dispute]), "Marketplace_WrongStatus", [
      job,
      0,
      BatchStatus.void,
      BatchStatus.challenged,
    ]);
  });

  it.each(["reverting", "burningGas", "nonsense", "short"] as const)(
    "takes a %s arbiter's word for none, and ends the dispute when its time is over",
    async (manner) => {
      const { stranger, arbiter, terms, job } = court;
      await arbiter.rule(idOf(dispute), Ruling.workerWrong);
      await arbiter.behave(Manner[manner]);
      const timeoutAt = openedAt + parameters.disputeTimeoutSeconds;
      await court.at(timeoutAt);
      await expectRevert(
        stranger.write.resolve([terms, dispute], { gas: 2_000_000n }),
        "Marketplace_NotRuled",
        [job, 0, BigInt(timeoutAt)],
      );
      await court.at(timeoutAt + 1);
      await stranger.write.resolve([terms, dispute], { gas: 2_000_000n });
      expect((await court.read.batches([job, 0, 1]))[0]?.status).toBe(BatchStatus.void);
    },
  );

  it("is not drowned in an arbiter's answer", async () => {
    const { stranger, arbiter, terms, job } = court;
    await arbiter.behave(Manner.long);
    await court.at(openedAt + parameters.disputeTimeoutSeconds + 1);
    const { gasUsed } = await court.receipt(stranger.write.resolve([terms, dispute]));
    expect(gasUsed).toBeLessThan(300_000n);
    expect((await court.read.batches([job, 0, 1]))[0]?.status).toBe(BatchStatus.void);
  });

  it("cannot be starved: with too little gas for the arbiter there is no outcome at all", async () => {
    const { stranger, arbiter, terms, job } = court;
    await arbiter.rule(idOf(dispute), Ruling.workerWrong);
    await court.at(openedAt + parameters.disputeTimeoutSeconds + 1);
    for (let gas = 60_000n; gas <= 240_000n; gas += 5000n) {
      await expect(
        stranger.write.resolve([terms, dispute], { gas }),
        `${gas} gas`,
      ).rejects.toThrow();
      expect((await court.read.batches([job, 0, 1]))[0]?.status).toBe(BatchStatus.challenged);
    }
    await expect(stranger.write.resolve([terms, dispute], { gas: 200_000n })).rejects.toThrow(
      "Marketplace_TooLittleGas",
    );
    await stranger.write.resolve([terms, dispute]);
    expect((await court.read.account([court.worker.address])).slashedBatches).toBe(1);
  });
});

it("a batch of one task has a tree of one leaf", async () => {
  const single = await startCourt({ batchSize: 1 });
  expect(single.results.open(0).proof).toEqual([]);
  const dispute = await single.challenge({ position: 0 });
  expect(dispute.resultLeaf).toBe(single.results.root);
});
