import { type Hex, keccak256, stringToHex, zeroAddress, zeroHash } from "viem";
import { describe, expect, it } from "vitest";
import {
  type Actor,
  type Court,
  DAY,
  type Dispute,
  expectRevert,
  GENESIS,
  HOUR,
  hashDispute,
  parameters,
  Ruling,
  Stage,
} from "./court.ts";
import { courtOf, type Trio } from "./courtOf.ts";

const { commitSeconds, revealSeconds, appealSeconds, epochSeconds, seatFeeWei, ticketWei } =
  parameters;
const { none, workerRight, workerWrong, undecided, bothWrong } = Ruling;

let court: Court;
const { standing, panel, ruling, drawn } = courtOf(12, (started) => {
  court = started;
});

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
      args: { id, panel: 0, juror: c.address },
    },
    {
      eventName: "RevealStarted",
      args: { id, panel: 0, revealEndsAt: started + revealSeconds },
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
  const settled = await court.receipt(court.stranger.write.settle([dispute]));
  const { number } = await court.read.juror([b.address]);
  expect(settled.events).toEqual([
    {
      eventName: "JurorSlashed",
      args: { id, number, amount: slash },
    },
    {
      eventName: "DisputeSettled",
      args: {
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
  await expectRevert(court.stranger.write.settle([dispute]), "JuryArbiter_WrongStage", [
    id,
    Stage.settled,
    Stage.final,
  ]);
});

describe("open", () => {
  it("writes the whole dispute down, and asks for randomness", async () => {
    const opened = await court.open();
    const block = await court.client.getBlock({ includeTransactions: true });
    const { events } = await court.receipt(Promise.resolve(block.transactions[0]?.hash as Hex));
    const { id, dispute } = opened;
    expect(events).toEqual([
      { eventName: "DisputeOpened", args: { id, dispute } },
      {
        eventName: "DrawRequested",
        args: {
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

  it("takes a dispute once", async () => {
    const { dispute, id } = await court.open();
    await expectRevert(
      court.open({ job: dispute.job, openedAt: dispute.openedAt }),
      "JuryArbiter_AlreadyOpen",
      [id],
    );
  });

  it("is for its marketplace alone, whoever calls and whatever it pays", async () => {
    const { dispute } = await court.open();
    for (const caller of [court.stranger, court.requester, ...court.jurors.slice(0, 1)]) {
      for (const value of [dispute.fee, 0n]) {
        await expectRevert(
          caller.write.open([{ ...dispute, position: 7 }], { value }),
          "JuryArbiter_NotMarketplace",
          [caller.address, court.marketplace],
        );
      }
    }
  });

  it("refuses a dispute that nobody but its parties could judge", async () => {
    await court.reset();
    const [a, b, c] = court.jurors as unknown as Trio;
    const parties = { requester: a.address, worker: b.address, challenger: c.address };
    const refuse = async (changes: Partial<Dispute>) => {
      const dispute = await court.invent(changes);
      await expectRevert(court.open(dispute), "JuryArbiter_NobodyToDraw", [hashDispute(dispute)]);
    };
    await refuse({});
    await court.enrol(3);
    expect(await court.read.eligibleTickets([a.address, b.address, c.address])).toBe(0n);
    await refuse(parties);
    // A stranger's one ticket is enough.
    await (court.jurors[3] as Actor).write.deposit({ value: ticketWei });
    await refuse(parties);
    await court.passTo(GENESIS + 2 * HOUR);
    await court.open(parties);
  });

  it("is named by every field", async () => {
    const { dispute, id } = await court.open();
    const other = keccak256(stringToHex("other"));
    const changes: Partial<typeof dispute>[] = [
      { job: other },
      { specHash: other },
      { batch: 4 },
      { round: 1 },
      { number: 2 },
      { position: 1235 },
      { ground: 2 },
      { requester: court.stranger.address },
      { worker: court.stranger.address },
      { challenger: court.stranger.address },
      { resultRoot: other },
      { resultLeaf: other },
      { answer: other },
      { openedAt: dispute.openedAt + 1 },
      { bond: 7n },
      { fee: 7n },
    ];
    const ids = changes.map((change) => hashDispute({ ...dispute, ...change }));
    expect(new Set([id, ...ids]).size).toBe(17);
    expect(Object.keys(dispute)).toHaveLength(16);
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
    { verdicts: [bothWrong, workerWrong, bothWrong], ruling: bothWrong, decided: true },
    { verdicts: [bothWrong, workerWrong, workerRight], ruling: undecided, decided: false },
    { verdicts: [workerWrong, bothWrong, none], ruling: undecided, decided: false },
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

  it("is None for a dispute that was never opened", async () => {
    expect(await ruling(zeroHash)).toBe(none);
    expect(await standing(zeroHash)).toMatchObject({ stage: Stage.none, requestedAt: 0 });
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
        await court.requester.write.advance([id]);
      }
      await court.fulfil(id);
      const { endsAt } = await standing(id);
      await court.at(endsAt - 1);
      await court.requester.write.draw([opened.dispute, "0x"]);
      const { revealEndsAt } = await panel(id, index);
      if (index % 2 === 0) {
        await court.at(revealEndsAt);
        await court.requester.write.advance([id]);
      } else if (index === 1) {
        await court.at(revealEndsAt + appealSeconds - 1);
        await appellant.write.appeal([id, undecided], {
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
      await court.stranger.write.advance([id]);
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
