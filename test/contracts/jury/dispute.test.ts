import { type Hex, keccak256, stringToHex, zeroAddress, zeroHash } from "viem";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  type Actor,
  type Court,
  commitmentOf,
  DAY,
  expectRevert,
  GENESIS,
  HOUR,
  hashDispute,
  type OpenDispute,
  parameters,
  Ruling,
  Stage,
  saltOf,
  startCourt,
} from "./court.ts";

const { commitSeconds, revealSeconds, appealSeconds, epochSeconds, seatFeeWei, ticketWei } =
  parameters;
const { none, workerRight, workerWrong, undecided } = Ruling;

let court: Court;

beforeAll(async () => {
  court = await startCourt();
});

beforeEach(async () => {
  await court.reset();
  await court.enrol(12);
});

type Trio = [Actor, Actor, Actor];
const standing = (id: Hex) => court.read.standing([court.arbitrable, id]);
const panel = (id: Hex, index = 0) => court.read.panel([court.arbitrable, id, index]);
const ruling = (id: Hex) => court.read.ruling([court.arbitrable, id]);

/** A dispute whose first panel is drawn. */
async function drawn(): Promise<OpenDispute & { jurors: Trio }> {
  const opened = await court.open();
  return { ...opened, jurors: (await court.draw(opened)) as Trio };
}

it("a dispute from open to settled", async () => {
  const opened = await court.open();
  const { id, dispute } = opened;
  expect(await court.read.disputeId([dispute])).toBe(id);
  expect(await court.balance()).toBe(12n * ticketWei + 3n * seatFeeWei);
  const drawing = {
    stage: Stage.drawing,
    endsAt: opened.openedAt + epochSeconds,
    panel: 0,
    requests: 1,
    randomness: 1n,
    requestedAt: opened.openedAt,
    ruling: none,
    decided: false,
    appellant: zeroAddress,
  };
  expect(await standing(id)).toEqual(drawing);

  const [a, b, c] = (await court.draw(opened)) as Trio;
  const commitEndsAt = (await court.now()) + commitSeconds;
  expect(await standing(id)).toEqual({
    ...drawing,
    stage: Stage.committing,
    endsAt: commitEndsAt,
  });
  for (const juror of [a, b, c]) {
    expect((await court.read.juror([juror.address])).seats).toBe(1);
  }

  await court.commit(id, 0, a, workerWrong);
  await court.commit(id, 0, b, workerRight);
  expect(await panel(id)).toEqual({
    commitEndsAt,
    revealEndsAt: commitEndsAt + revealSeconds,
    jurors: [a.address, b.address, c.address],
    committed: [true, true, false],
    verdicts: [none, none, none],
  });
  const last = await court.receipt(court.commit(id, 0, c, workerWrong));
  const started = await court.now();
  expect(last.events).toEqual([
    {
      eventName: "VerdictCommitted",
      args: { arbitrable: court.arbitrable, id, panel: 0, juror: c.address },
    },
    {
      eventName: "RevealStarted",
      args: { arbitrable: court.arbitrable, id, panel: 0, revealEndsAt: started + revealSeconds },
    },
  ]);
  expect(await standing(id)).toMatchObject({
    stage: Stage.revealing,
    endsAt: started + revealSeconds,
  });

  await court.reveal(id, 0, c, workerWrong);
  await court.reveal(id, 0, a, workerWrong);
  expect(await panel(id)).toMatchObject({
    committed: [true, true, true],
    verdicts: [workerWrong, none, workerWrong],
  });
  const { events } = await court.receipt(court.reveal(id, 0, b, workerRight));
  expect(events).toEqual([
    {
      eventName: "VerdictRevealed",
      args: {
        arbitrable: court.arbitrable,
        id,
        panel: 0,
        juror: b.address,
        verdict: workerRight,
      },
    },
  ]);
  const closed = await court.now();
  expect(await standing(id)).toMatchObject({
    stage: Stage.appealable,
    endsAt: closed + appealSeconds,
    ruling: workerWrong,
    decided: true,
  });
  expect(await ruling(id)).toBe(none);

  await court.passTo(closed + appealSeconds - 1);
  expect(await ruling(id)).toBe(none);
  await court.passTo(closed + appealSeconds);
  expect(await ruling(id)).toBe(workerWrong);
  expect(await standing(id)).toMatchObject({ stage: Stage.final, endsAt: 0, ruling: workerWrong });

  const slash = (ticketWei * 2000n) / 10_000n;
  const pot = 3n * seatFeeWei + slash;
  const settled = await court.receipt(court.stranger.write.settle([court.arbitrable, dispute]));
  const { number } = await court.read.juror([b.address]);
  expect(settled.events).toEqual([
    {
      eventName: "JurorSlashed",
      args: { arbitrable: court.arbitrable, id, number, amount: slash },
    },
    {
      eventName: "DisputeSettled",
      args: {
        arbitrable: court.arbitrable,
        id,
        ruling: workerWrong,
        coherent: 2n,
        share: pot / 2n,
        repaid: 0n,
        burned: 0n,
      },
    },
  ]);
  expect(await court.read.credit([a.address])).toBe(pot / 2n + (pot % 2n));
  expect(await court.read.credit([c.address])).toBe(pot / 2n);
  expect(await court.read.credit([b.address])).toBe(0n);
  expect(await court.read.juror([b.address])).toMatchObject({
    stake: ticketWei - slash,
    tickets: 0n,
    seats: 0,
  });
  expect(await standing(id)).toMatchObject({ stage: Stage.settled, ruling: workerWrong });
  expect(await ruling(id)).toBe(workerWrong);
  await expectRevert(
    court.stranger.write.settle([court.arbitrable, dispute]),
    "JuryArbiter_WrongStage",
    [court.arbitrable, id, Stage.settled, Stage.final],
  );
});

describe("open", () => {
  it("writes the whole dispute down, and asks for randomness", async () => {
    const opened = await court.open();
    const block = await court.client.getBlock({ includeTransactions: true });
    const { events } = await court.receipt(Promise.resolve(block.transactions[0]?.hash as Hex));
    const { id, dispute } = opened;
    expect(events).toEqual([
      { eventName: "DisputeOpened", args: { arbitrable: court.arbitrable, id, dispute } },
      {
        eventName: "DrawRequested",
        args: {
          arbitrable: court.arbitrable,
          id,
          panel: 0,
          randomness: 1n,
          lapsesAt: opened.openedAt + epochSeconds,
        },
      },
    ]);
  });

  it("takes the fee exactly", async () => {
    const fee = 3n * seatFeeWei;
    expect(await court.read.fee()).toBe(fee);
    for (const value of [0n, fee - 1n, fee + 1n]) {
      await expectRevert(court.open({ fee: value }), "JuryArbiter_WrongFee", [value, fee]);
    }
  });

  it("takes a dispute once from each marketplace", async () => {
    const { dispute, id } = await court.open();
    await expectRevert(
      court.open({ job: dispute.job, openedAt: dispute.openedAt }),
      "JuryArbiter_AlreadyOpen",
      [court.arbitrable, id],
    );
    await court.stranger.write.open([dispute], { value: dispute.fee });
    expect(await court.read.standing([court.stranger.address, id])).toMatchObject({
      stage: Stage.drawing,
      randomness: 2n,
    });
  });

  it("is named by every field", async () => {
    const { dispute, id } = await court.open();
    const other = keccak256(stringToHex("other"));
    const changes: Partial<typeof dispute>[] = [
      { job: other },
      { specHash: other },
      { batch: 4 },
      { position: 1235 },
      { ground: 2 },
      { requester: court.stranger.address },
      { worker: court.stranger.address },
      { challenger: court.stranger.address },
      { resultRoot: other },
      { resultLeaf: other },
      { openedAt: dispute.openedAt + 1 },
      { bond: 7n },
      { fee: 7n },
    ];
    const ids = changes.map((change) => hashDispute({ ...dispute, ...change }));
    expect(new Set([id, ...ids]).size).toBe(14);
    expect(Object.keys(dispute)).toHaveLength(13);
  });
});

describe("draw", () => {
  it("waits for the randomness, and for its proof", async () => {
    const { dispute, id } = await court.open();
    const call = (proof: Hex) => court.stranger.write.draw([court.arbitrable, dispute, proof]);
    await expectRevert(call("0x"), "Randomness_NotReady", [1n, 0]);
    await court.fulfil(id);
    await expectRevert(call("0x00"), "Randomness_WrongProof", [1n]);
    const { events } = await court.receipt(call("0x"));
    const { jurors, commitEndsAt } = await panel(id);
    const numbers = await Promise.all(
      jurors.map(async (juror) => (await court.read.juror([juror])).number),
    );
    expect(events).toEqual([
      {
        eventName: "JuryDrawn",
        args: { arbitrable: court.arbitrable, id, panel: 0, jurors: numbers, commitEndsAt },
      },
    ]);
    expect(commitEndsAt).toBe((await court.now()) + commitSeconds);
    expect(new Set(numbers).size).toBe(3);
  });

  it("is done once a panel, and for a dispute that was opened", async () => {
    const { dispute, id } = await drawn();
    await expectRevert(
      court.stranger.write.draw([court.arbitrable, dispute, "0x"]),
      "JuryArbiter_WrongStage",
      [court.arbitrable, id, Stage.committing, Stage.drawing],
    );
    await expectRevert(
      court.stranger.write.draw([court.stranger.address, dispute, "0x"]),
      "JuryArbiter_WrongStage",
      [court.stranger.address, id, Stage.none, Stage.drawing],
    );
    const changed = { ...dispute, worker: zeroAddress };
    await expectRevert(
      court.stranger.write.draw([court.arbitrable, changed, "0x"]),
      "JuryArbiter_WrongStage",
      [court.arbitrable, hashDispute(changed), Stage.none, Stage.drawing],
    );
  });

  it("stays empty when too few are left to draw", async () => {
    const [a, b, c] = court.jurors as unknown as Trio;
    await court.reset();
    await court.enrol(5);
    const opened = await court.open({
      requester: a.address,
      worker: b.address,
      challenger: c.address,
    });
    const { id, dispute } = opened;
    await court.fulfil(id);
    const { events } = await court.receipt(
      court.stranger.write.draw([court.arbitrable, dispute, "0x"]),
    );
    const now = await court.now();
    expect(events).toEqual([
      {
        eventName: "JuryDrawn",
        args: { arbitrable: court.arbitrable, id, panel: 0, jurors: [], commitEndsAt: now },
      },
    ]);
    expect(await standing(id)).toMatchObject({ stage: Stage.stalled, endsAt: 0, panel: 0 });
    await court.stranger.write.advance([court.arbitrable, id]);
    expect(await standing(id)).toMatchObject({ stage: Stage.drawing, panel: 1, requests: 1 });
    await court.draw(opened);
    expect(await standing(id)).toMatchObject({
      stage: Stage.appealable,
      ruling: undecided,
      decided: false,
    });
    await court.passAppeal(id);
    expect(await ruling(id)).toBe(undecided);
    const settled = await court.receipt(court.stranger.write.settle([court.arbitrable, dispute]));
    expect(settled.events).toMatchObject([
      { eventName: "DisputeSettled", args: { coherent: 0n, share: 0n, repaid: 0n, burned: 0n } },
    ]);
    // Nobody worked for the fee: it goes back.
    expect(await court.read.credit([c.address])).toBe(dispute.fee);
  });
});

describe("commit", () => {
  it("is for jurors of the panel, once, with something, in time", async () => {
    const { id, jurors } = await drawn();
    const [a, b] = jurors;
    const { commitEndsAt } = await panel(id);
    const outsider = court.jurors.find((juror) => !jurors.includes(juror)) as Actor;
    const commitment = keccak256("0x01");
    const commit = (juror: Actor, index: number, hash: Hex = commitment) =>
      juror.write.commit([court.arbitrable, id, index, hash]);

    for (const each of [outsider, court.stranger]) {
      await expectRevert(commit(each, 0), "JuryArbiter_NotDrawn", [
        court.arbitrable,
        id,
        0,
        each.address,
      ]);
    }
    for (const index of [1, 2, 3, 255]) {
      await expectRevert(commit(a, index), "JuryArbiter_NotCommitting", [
        court.arbitrable,
        id,
        index,
        0,
      ]);
    }
    await expectRevert(commit(a, 0, zeroHash), "JuryArbiter_ZeroCommitment", undefined);
    await commit(a, 0);
    await expectRevert(commit(a, 0), "JuryArbiter_AlreadyCommitted", [
      court.arbitrable,
      id,
      0,
      a.address,
    ]);
    await court.at(commitEndsAt);
    await expectRevert(commit(b, 0), "JuryArbiter_NotCommitting", [
      court.arbitrable,
      id,
      0,
      commitEndsAt,
    ]);
  });

  it("works to the last second", async () => {
    const { id, jurors } = await drawn();
    const { commitEndsAt } = await panel(id);
    await court.at(commitEndsAt - 1);
    await court.commit(id, 0, jurors[0], workerRight);
    expect((await panel(id)).committed).toEqual([true, false, false]);
  });

  it("comes with the draw for whoever is first, and without it for the next", async () => {
    const opened = await court.open();
    const { id, dispute } = opened;
    await court.fulfil(id);
    const { result } = await court.client.simulateContract({
      address: court.address,
      abi: (await import("../../../sdk/src/generated/juryArbiterAbi.ts")).juryArbiterAbi,
      functionName: "draw",
      args: [court.arbitrable, dispute, "0x"],
    });
    const jurors = await Promise.all(
      result.map(async (number) => court.actor(await court.read.jurorAt([number]))),
    );
    const [a, b] = jurors as Trio;
    const call = (juror: Actor, index: number) =>
      juror.write.drawAndCommit([
        court.arbitrable,
        dispute,
        "0x",
        index,
        commitmentOf(workerRight, saltOf(juror.address, id), juror.address, id, index),
      ]);
    await expectRevert(call(a, 1), "JuryArbiter_WrongPanel", [court.arbitrable, id, 1, 0]);
    const outsider = court.jurors.find((juror) => !jurors.includes(juror)) as Actor;
    await expectRevert(call(outsider, 0), "JuryArbiter_NotDrawn", [
      court.arbitrable,
      id,
      0,
      outsider.address,
    ]);
    const first = await court.receipt(call(a, 0));
    expect(first.events.map(({ eventName }) => eventName)).toEqual([
      "JuryDrawn",
      "VerdictCommitted",
    ]);
    const second = await court.receipt(call(b, 0));
    expect(second.events.map(({ eventName }) => eventName)).toEqual(["VerdictCommitted"]);
    expect((await panel(id)).committed).toEqual([true, true, false]);
  });
});

describe("reveal", () => {
  it("opens exactly what was committed to, once, in its window", async () => {
    const { id, jurors } = await drawn();
    const [a, b, c] = jurors;
    await court.commit(id, 0, a, workerRight);
    await court.commit(id, 0, b, workerRight);
    const { commitEndsAt, revealEndsAt } = await panel(id);
    const window = [court.arbitrable, id, 0, commitEndsAt, revealEndsAt];
    const reveal = (juror: Actor, verdict: Ruling, salt = saltOf(juror.address, id)) =>
      juror.write.reveal([court.arbitrable, id, 0, verdict, salt]);
    const hash = (juror: Actor, verdict: Ruling, salt = saltOf(juror.address, id)) =>
      commitmentOf(verdict, salt, juror.address, id, 0);

    await court.at(commitEndsAt - 1);
    await expectRevert(reveal(a, workerRight), "JuryArbiter_NotRevealing", window);
    await court.passTo(commitEndsAt);
    await expectRevert(reveal(a, none), "JuryArbiter_NoVerdict", undefined);
    await expectRevert(reveal(court.stranger, workerRight), "JuryArbiter_NotDrawn", [
      court.arbitrable,
      id,
      0,
      court.stranger.address,
    ]);
    await expectRevert(reveal(a, workerWrong), "JuryArbiter_CommitmentMismatch", [
      hash(a, workerRight),
      hash(a, workerWrong),
    ]);
    await expectRevert(reveal(a, workerRight, zeroHash), "JuryArbiter_CommitmentMismatch", [
      hash(a, workerRight),
      hash(a, workerRight, zeroHash),
    ]);
    await expectRevert(reveal(c, workerRight), "JuryArbiter_CommitmentMismatch", [
      zeroHash,
      hash(c, workerRight),
    ]);
    await reveal(a, workerRight);
    await expectRevert(reveal(a, workerRight), "JuryArbiter_CommitmentMismatch", [
      zeroHash,
      hash(a, workerRight),
    ]);
    await court.at(revealEndsAt);
    await expectRevert(reveal(b, workerRight), "JuryArbiter_NotRevealing", window);
  });

  it("works to the last second, and closes the panel when nobody is left to reveal", async () => {
    const { id, jurors } = await drawn();
    const [a, b] = jurors;
    await court.commit(id, 0, a, workerRight);
    await court.commit(id, 0, b, workerRight);
    const { commitEndsAt, revealEndsAt } = await panel(id);
    await court.passTo(commitEndsAt);
    await court.reveal(id, 0, b, workerRight);
    expect((await standing(id)).stage).toBe(Stage.revealing);
    await court.at(revealEndsAt - 1);
    await court.reveal(id, 0, a, workerRight);
    expect(await standing(id)).toMatchObject({
      stage: Stage.appealable,
      endsAt: revealEndsAt - 1 + appealSeconds,
      ruling: workerRight,
      decided: true,
    });
  });

  it("a commitment is what the contract says it is", async () => {
    const { id, jurors } = await drawn();
    const salt = keccak256("0x05");
    for (const verdict of [workerRight, workerWrong, undecided]) {
      expect(await court.read.commitmentOf([verdict, salt, jurors[0].address, id, 2])).toBe(
        commitmentOf(verdict, salt, jurors[0].address, id, 2),
      );
    }
  });
});

describe("the ruling", () => {
  it.each([
    { verdicts: [workerRight, workerRight, workerRight], ruling: workerRight, decided: true },
    { verdicts: [workerWrong, workerRight, workerWrong], ruling: workerWrong, decided: true },
    { verdicts: [undecided, undecided, workerWrong], ruling: undecided, decided: true },
    { verdicts: [workerRight, workerWrong, undecided], ruling: undecided, decided: false },
    { verdicts: [workerRight, none, workerWrong], ruling: undecided, decided: false },
    { verdicts: [none, workerRight, workerRight], ruling: workerRight, decided: true },
  ])("of $verdicts is $ruling, decided: $decided", async ({ verdicts, ruling: said, decided }) => {
    const { id, jurors } = await drawn();
    await court.vote(id, 0, jurors, verdicts);
    expect(await standing(id)).toMatchObject({
      stage: Stage.appealable,
      ruling: said,
      decided,
    });
    await court.passAppeal(id);
    expect(await ruling(id)).toBe(said);
  });

  it("needs nobody to say that time is up", async () => {
    const { id, jurors } = await drawn();
    const [a, b, c] = jurors;
    for (const juror of jurors) await court.commit(id, 0, juror, workerWrong);
    await court.reveal(id, 0, a, workerWrong);
    await court.reveal(id, 0, b, workerWrong);
    const { revealEndsAt } = await panel(id);
    await court.passTo(revealEndsAt - 1);
    expect((await standing(id)).stage).toBe(Stage.revealing);
    await court.passTo(revealEndsAt);
    expect(await standing(id)).toMatchObject({
      stage: Stage.appealable,
      endsAt: revealEndsAt + appealSeconds,
      ruling: workerWrong,
    });
    await court.passTo(revealEndsAt + appealSeconds);
    expect(await ruling(id)).toBe(workerWrong);
    expect((await court.read.juror([c.address])).seats).toBe(1);
  });

  it("is None for a dispute that was never opened, and for one of another marketplace", async () => {
    const { id } = await drawn();
    expect(await ruling(zeroHash)).toBe(none);
    expect(await court.read.ruling([court.stranger.address, id])).toBe(none);
    expect(await standing(zeroHash)).toMatchObject({ stage: Stage.none, requestedAt: 0 });
  });
});

describe("advance", () => {
  it("replaces a panel of which too few revealed, once", async () => {
    const { id, dispute, jurors } = await drawn();
    const absent = jurors.map((juror) => juror.address);
    await court.vote(id, 0, jurors, [none, workerWrong, none]);
    expect(await standing(id)).toMatchObject({ stage: Stage.stalled, ruling: none });
    expect(await ruling(id)).toBe(none);
    await expectRevert(
      court.stranger.write.settle([court.arbitrable, dispute]),
      "JuryArbiter_WrongStage",
      [court.arbitrable, id, Stage.stalled, Stage.final],
    );
    const { events } = await court.receipt(court.stranger.write.advance([court.arbitrable, id]));
    const now = await court.now();
    expect(events).toEqual([
      {
        eventName: "DrawRequested",
        args: {
          arbitrable: court.arbitrable,
          id,
          panel: 1,
          randomness: 2n,
          lapsesAt: now + epochSeconds,
        },
      },
    ]);
    const next = await court.draw({ id, dispute, gasUsed: 0n, openedAt: now });
    expect(next.filter((juror) => absent.includes(juror.address))).toEqual([]);
    await court.vote(id, 1, next, [none, none, none]);
    expect(await standing(id)).toMatchObject({
      stage: Stage.appealable,
      ruling: undecided,
      decided: false,
    });
    await expectRevert(
      court.stranger.write.advance([court.arbitrable, id]),
      "JuryArbiter_NothingToAdvance",
      [court.arbitrable, id, Stage.appealable],
    );
    await court.passAppeal(id);
    expect(await ruling(id)).toBe(undecided);
  });

  it("renews randomness that nobody used, three requests in all, then the panel", async () => {
    const { id, openedAt } = await court.open();
    let at = openedAt;
    for (const requests of [2, 3]) {
      at += epochSeconds;
      await court.passTo(at - 1);
      expect((await standing(id)).stage).toBe(Stage.drawing);
      await court.at(at);
      await court.stranger.write.advance([court.arbitrable, id]);
      expect(await standing(id)).toMatchObject({
        stage: Stage.drawing,
        panel: 0,
        requests,
        randomness: BigInt(requests),
        requestedAt: at,
      });
    }
    at += epochSeconds;
    await court.passTo(at);
    expect((await standing(id)).stage).toBe(Stage.stalled);
    await court.stranger.write.advance([court.arbitrable, id]);
    expect(await standing(id)).toMatchObject({ stage: Stage.drawing, panel: 1, requests: 1 });
  });

  it("renews randomness that is lost, at once, but not more often", async () => {
    const { id } = await court.open();
    const advance = () => court.stranger.write.advance([court.arbitrable, id]);
    const nothing = [court.arbitrable, id, Stage.drawing];
    await expectRevert(advance(), "JuryArbiter_NothingToAdvance", nothing);
    for (const randomness of [1n, 2n]) {
      await court.randomness.write.lose([randomness]);
      await advance();
    }
    await court.randomness.write.lose([3n]);
    await expectRevert(advance(), "JuryArbiter_NothingToAdvance", nothing);
    // The panel's time still has to pass.
    const { endsAt } = await standing(id);
    await court.passTo(endsAt);
    await advance();
    expect(await standing(id)).toMatchObject({ stage: Stage.drawing, panel: 1, requests: 1 });
  });

  it("refuses while a panel sits, and when there is no dispute", async () => {
    const { id, jurors } = await drawn();
    const refuse = (stage: number) =>
      expectRevert(
        court.stranger.write.advance([court.arbitrable, id]),
        "JuryArbiter_NothingToAdvance",
        [court.arbitrable, id, stage],
      );
    await refuse(Stage.committing);
    for (const juror of jurors) await court.commit(id, 0, juror, workerRight);
    await refuse(Stage.revealing);
    for (const juror of jurors) await court.reveal(id, 0, juror, workerRight);
    await refuse(Stage.appealable);
    await court.passAppeal(id);
    await refuse(Stage.final);
    await expectRevert(
      court.stranger.write.advance([court.arbitrable, zeroHash]),
      "JuryArbiter_NothingToAdvance",
      [court.arbitrable, zeroHash, Stage.none],
    );
  });
});

describe("maxRulingSeconds", () => {
  it("is when the ruling of the longest dispute comes, to the second", async () => {
    await court.reset();
    await court.enrol(20);
    const opened = await court.open();
    const { id, openedAt } = opened;
    const last = openedAt + Number(await court.read.maxRulingSeconds());
    expect(last - openedAt).toBe(
      4 * (3 * epochSeconds - 1 + commitSeconds + revealSeconds) + appealSeconds - 1,
    );
    const appellant = court.stranger;
    for (const index of [0, 1, 2, 3]) {
      for (const _ of [1, 2]) {
        const { endsAt } = await standing(id);
        await court.at(endsAt);
        await court.requester.write.advance([court.arbitrable, id]);
      }
      await court.fulfil(id);
      const { endsAt } = await standing(id);
      await court.at(endsAt - 1);
      await court.requester.write.draw([court.arbitrable, opened.dispute, "0x"]);
      const { revealEndsAt } = await panel(id, index);
      if (index % 2 === 0) {
        await court.at(revealEndsAt);
        await court.requester.write.advance([court.arbitrable, id]);
      } else if (index === 1) {
        await court.at(revealEndsAt + appealSeconds - 1);
        await appellant.write.appeal([court.arbitrable, id], {
          value: await court.read.appealFee(),
        });
      }
    }
    await court.passTo(last - 1);
    expect(await ruling(id)).toBe(none);
    await court.passTo(last);
    expect(await ruling(id)).toBe(undecided);
  });

  it("holds when nobody ever draws", async () => {
    const { id, openedAt } = await court.open();
    let at = openedAt;
    for (let request = 0; request < 5; ++request) {
      at += epochSeconds;
      await court.at(at);
      await court.stranger.write.advance([court.arbitrable, id]);
    }
    at += epochSeconds;
    await court.passTo(at - 1);
    expect((await standing(id)).stage).toBe(Stage.drawing);
    await court.passTo(at);
    expect(await standing(id)).toMatchObject({ stage: Stage.appealable, ruling: undecided });
    await court.passTo(at + appealSeconds);
    expect(await ruling(id)).toBe(undecided);
    expect(at + appealSeconds - openedAt).toBeLessThan(Number(await court.read.maxRulingSeconds()));
  });
});

it("times are those of the test", () => {
  expect(GENESIS % HOUR).toBe(0);
  expect(DAY % HOUR).toBe(0);
});
