import { type Address, type Hex, keccak256, stringToHex, zeroAddress, zeroHash } from "viem";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  type Actor,
  type Court,
  commitmentOf,
  DAY,
  type Dispute,
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
  verdicts,
} from "./court.ts";

const BURN: Address = "0x000000000000000000000000000000000000dEaD";
const { commitSeconds, revealSeconds, appealSeconds, epochSeconds, seatFeeWei, ticketWei } =
  parameters;
const { none, workerRight, workerWrong, undecided, bothWrong, challengeFailed } = Ruling;

let court: Court;

beforeAll(async () => {
  court = await startCourt();
});

beforeEach(async () => {
  await court.reset();
  await court.enrol(12);
});

type Trio = [Actor, Actor, Actor];
const standing = (id: Hex) => court.read.standing([id]);
const panel = (id: Hex, index = 0) => court.read.panel([id, index]);
const ruling = (id: Hex) => court.read.ruling([id]);

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

describe("draw", () => {
  it("waits for the randomness, and for its proof", async () => {
    const { dispute, id } = await court.open();
    const call = (proof: Hex) => court.stranger.write.draw([dispute, proof]);
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
        args: { id, panel: 0, jurors: numbers, commitEndsAt },
      },
    ]);
    expect(commitEndsAt).toBe((await court.now()) + commitSeconds);
    expect(new Set(numbers).size).toBe(3);
  });

  it("is done once a panel, and for a dispute that was opened", async () => {
    const { dispute, id } = await drawn();
    await expectRevert(court.stranger.write.draw([dispute, "0x"]), "JuryArbiter_WrongStage", [
      id,
      Stage.committing,
      Stage.drawing,
    ]);
    const changed = { ...dispute, worker: zeroAddress };
    await expectRevert(court.stranger.write.draw([changed, "0x"]), "JuryArbiter_WrongStage", [
      hashDispute(changed),
      Stage.none,
      Stage.drawing,
    ]);
  });

  it.each([
    { tickets: 1, first: 1, appeal: 1 },
    { tickets: 2, first: 1, appeal: 1 },
    { tickets: 3, first: 3, appeal: 3 },
    { tickets: 4, first: 3, appeal: 3 },
    { tickets: 5, first: 3, appeal: 5 },
    { tickets: 6, first: 3, appeal: 5 },
    { tickets: 7, first: 3, appeal: 7 },
    { tickets: 8, first: 3, appeal: 7 },
  ])(
    "of a pool of $tickets seats $first, and $appeal on appeal: odd, and one a ticket",
    async ({ tickets, first, appeal }) => {
      await court.reset();
      // Half of the tickets in one hand, where there are enough.
      const big = Math.max(1, Math.floor(tickets / 2));
      await court.enrol(1 + tickets - big, (i) => (i === 0 ? big : 1));
      const [requester, worker, challenger] = [court.requester, court.worker, court.challenger];
      const eligible = [requester.address, worker.address, challenger.address] as const;
      expect(await court.read.eligibleTickets([...eligible])).toBe(BigInt(tickets));
      expect(await court.read.canDecide([requester.address, worker.address])).toBe(tickets >= 3);
      const opened = await court.open();
      const { id, dispute } = opened;
      const fewest = await court.draw(opened);
      expect(fewest).toHaveLength(first);
      await court.vote(id, 0, fewest, Array<Ruling>(first).fill(workerWrong));
      expect(await standing(id)).toMatchObject({ ruling: workerWrong, decided: true });
      await court.stranger.write.appeal([id, workerWrong], { value: await court.read.appealFee() });
      const larger = await court.draw(opened);
      expect(larger).toHaveLength(appeal);
      for (const seated of [fewest, larger]) {
        for (const [i, juror] of court.jurors.entries()) {
          const held = i === 0 ? big : 1;
          expect(seated.filter((each) => each === juror).length).toBeLessThanOrEqual(held);
        }
      }
      await court.vote(id, 2, larger, Array<Ruling>(appeal).fill(workerRight));
      expect(await ruling(id)).toBe(workerRight);
      await court.stranger.write.settle([dispute]);
    },
  );

  it("seats a juror as often as its tickets are drawn; it commits and reveals once for all", async () => {
    await court.reset();
    await court.enrol(2, (i) => (i === 0 ? 2 : 1));
    const [double, single] = court.jurors as unknown as Trio;
    const opened = await court.open();
    const { id, dispute } = opened;
    // Three tickets for three seats: all of them are drawn.
    const seats = await court.draw(opened);
    expect(seats.filter((juror) => juror === double)).toHaveLength(2);
    expect(seats.filter((juror) => juror === single)).toHaveLength(1);
    expect((await court.read.juror([double.address])).seats).toBe(2);
    const own = (mine: boolean, other: boolean) =>
      seats.map((each) => (each === double ? mine : other));

    await court.commit(id, 0, double, workerWrong);
    expect((await panel(id)).committed).toEqual(own(true, false));
    await expectRevert(court.commit(id, 0, double, workerWrong), "JuryArbiter_AlreadyCommitted", [
      id,
      0,
      double.address,
    ]);
    await court.commit(id, 0, single, workerRight);
    expect((await standing(id)).stage).toBe(Stage.revealing);
    await court.reveal(id, 0, double, workerWrong);
    expect(await panel(id)).toMatchObject({
      committed: [true, true, true],
      verdicts: seats.map((each) => (each === double ? workerWrong : none)),
    });
    await expectRevert(court.reveal(id, 0, double, workerWrong), "JuryArbiter_CommitmentMismatch", [
      zeroHash,
      court.commitmentOf(workerWrong, double.address, id, 0),
    ]);
    await court.reveal(id, 0, single, workerRight);
    await court.passAppeal(id);
    expect(await ruling(id)).toBe(workerWrong);

    const slash = (ticketWei * 2000n) / 10_000n;
    const pot = 3n * seatFeeWei + slash;
    const { events } = await court.receipt(court.stranger.write.settle([dispute]));
    expect(events.at(-1)?.args).toMatchObject({ coherent: 2n, share: pot / 2n, burned: 0n });
    // Two seats, two shares, and the undivided rest.
    expect(await court.read.credit([double.address])).toBe(pot);
    expect((await court.read.juror([double.address])).seats).toBe(0);
    expect((await court.read.juror([single.address])).stake).toBe(ticketWei - slash);
  });

  it("counts a juror's seats for the quorum, and slashes each for its silence", async () => {
    await court.reset();
    await court.enrol(2, (i) => (i === 0 ? 2 : 1));
    const [double, single] = court.jurors as unknown as Trio;
    const opened = await court.open();
    const { id, dispute } = opened;
    const seats = await court.draw(opened);
    await court.vote(
      id,
      0,
      seats,
      seats.map((each) => (each === double ? none : workerRight)),
    );
    expect((await standing(id)).stage).toBe(Stage.stalled);
    await court.stranger.write.advance([id]);
    const again = await court.draw(opened);
    await court.vote(
      id,
      1,
      again,
      again.map((each) => (each === double ? workerWrong : none)),
    );
    await court.passAppeal(id);
    expect(await ruling(id)).toBe(workerWrong);
    const before = (await court.read.juror([double.address])).stake;
    const { events } = await court.receipt(court.stranger.write.settle([dispute]));
    const noShow = (ticketWei * 3000n) / 10_000n;
    const minority = (ticketWei * 2000n) / 10_000n;
    const slashes = events.filter(({ eventName }) => eventName === "JurorSlashed");
    expect(slashes.map(({ args }) => (args as { amount: bigint }).amount).sort()).toEqual(
      [minority, noShow, noShow, noShow].sort(),
    );
    expect((await court.read.juror([double.address])).stake).toBe(before - 2n * noShow);
    expect((await court.read.juror([single.address])).stake).toBe(ticketWei - noShow - minority);
  });

  it("stays empty when all who had a ticket have left: nobody judged, and the fee is burned", async () => {
    await court.reset();
    await court.enrol(2);
    const opened = await court.open();
    const { id, dispute, openedAt } = opened;
    for (const juror of court.jurors.slice(0, 2)) await juror.write.unbond([ticketWei]);
    // The first draw lapses; stakes of a later epoch are those that count from then on.
    await court.at(openedAt + epochSeconds);
    await court.stranger.write.advance([id]);
    await court.fulfil(id);
    const { events } = await court.receipt(court.stranger.write.draw([dispute, "0x"]));
    const now = await court.now();
    expect(events).toEqual([
      {
        eventName: "JuryDrawn",
        args: { id, panel: 0, jurors: [], commitEndsAt: now },
      },
    ]);
    expect(await standing(id)).toMatchObject({ stage: Stage.stalled, endsAt: 0, panel: 0 });
    await court.stranger.write.advance([id]);
    expect(await standing(id)).toMatchObject({ stage: Stage.drawing, panel: 1, requests: 1 });
    await court.draw(opened);
    expect(await standing(id)).toMatchObject({
      stage: Stage.appealable,
      ruling: undecided,
      decided: false,
    });
    await court.passAppeal(id);
    expect(await ruling(id)).toBe(undecided);
    const settled = await court.receipt(court.stranger.write.settle([dispute]));
    expect(settled.events).toMatchObject([
      {
        eventName: "DisputeSettled",
        args: { coherent: 0n, share: 0n, repaid: 0n, burned: dispute.fee },
      },
    ]);
    expect(await court.read.credit([BURN])).toBe(dispute.fee);
    expect(await court.read.credit([dispute.challenger])).toBe(0n);
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
      juror.write.commit([id, index, hash]);

    for (const each of [outsider, court.stranger]) {
      await expectRevert(commit(each, 0), "JuryArbiter_NotDrawn", [id, 0, each.address]);
    }
    for (const index of [1, 2, 3, 255]) {
      await expectRevert(commit(a, index), "JuryArbiter_NotCommitting", [id, index, 0]);
    }
    await expectRevert(commit(a, 0, zeroHash), "JuryArbiter_ZeroCommitment", undefined);
    await commit(a, 0);
    await expectRevert(commit(a, 0), "JuryArbiter_AlreadyCommitted", [id, 0, a.address]);
    await court.at(commitEndsAt);
    await expectRevert(commit(b, 0), "JuryArbiter_NotCommitting", [id, 0, commitEndsAt]);
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
      args: [dispute, "0x"],
    });
    const jurors = await Promise.all(
      result.map(async (number) => court.actor(await court.read.jurorAt([number]))),
    );
    const [a, b] = jurors as Trio;
    const call = (juror: Actor, index: number) =>
      juror.write.drawAndCommit([
        dispute,
        "0x",
        index,
        court.commitmentOf(workerRight, juror.address, id, index),
      ]);
    await expectRevert(call(a, 1), "JuryArbiter_WrongPanel", [id, 1, 0]);
    const outsider = court.jurors.find((juror) => !jurors.includes(juror)) as Actor;
    await expectRevert(call(outsider, 0), "JuryArbiter_NotDrawn", [id, 0, outsider.address]);
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
    const window = [id, 0, commitEndsAt, revealEndsAt];
    const reveal = (juror: Actor, verdict: Ruling, salt = saltOf(juror.address, id)) =>
      juror.write.reveal([id, 0, verdict, salt]);
    const hash = (juror: Actor, verdict: Ruling, salt = saltOf(juror.address, id)) =>
      court.commitmentOf(verdict, juror.address, id, 0, salt);

    await court.at(commitEndsAt - 1);
    await expectRevert(reveal(a, workerRight), "JuryArbiter_NotRevealing", window);
    await court.passTo(commitEndsAt);
    for (const verdict of [none, challengeFailed]) {
      await expectRevert(reveal(a, verdict), "JuryArbiter_NoVerdict", undefined);
    }
    await expectRevert(reveal(court.stranger, workerRight), "JuryArbiter_NotDrawn", [
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

  it("a commitment is what the contract says it is, and binds jury and chain", async () => {
    const { id, jurors } = await drawn();
    const { address } = jurors[0];
    const salt = keccak256("0x05");
    for (const verdict of verdicts) {
      expect(await court.read.commitmentOf([verdict, salt, address, id, 2])).toBe(
        court.commitmentOf(verdict, address, id, 2, salt),
      );
    }
    const elsewhere = [
      commitmentOf(workerRight, salt, address, id, 2, court.marketplace),
      commitmentOf(workerRight, salt, address, id, 2, court.address, 1n),
    ];
    for (const each of elsewhere) {
      expect(each).not.toBe(court.commitmentOf(workerRight, address, id, 2, salt));
    }
  });

  it("takes every verdict that there is", async () => {
    for (const verdict of verdicts) {
      const { id, jurors } = await drawn();
      await court.vote(id, 0, jurors, [verdict, verdict, verdict]);
      expect((await panel(id)).verdicts).toEqual([verdict, verdict, verdict]);
      await court.passAppeal(id);
      expect(await ruling(id)).toBe(verdict);
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

describe("advance", () => {
  it("replaces a panel of which too few revealed, once", async () => {
    const { id, dispute, jurors } = await drawn();
    await court.vote(id, 0, jurors, [none, workerWrong, none]);
    expect(await standing(id)).toMatchObject({ stage: Stage.stalled, ruling: none });
    expect(await ruling(id)).toBe(none);
    await expectRevert(court.stranger.write.settle([dispute]), "JuryArbiter_WrongStage", [
      id,
      Stage.stalled,
      Stage.final,
    ]);
    const { events } = await court.receipt(court.stranger.write.advance([id]));
    const now = await court.now();
    expect(events).toEqual([
      {
        eventName: "DrawRequested",
        args: {
          id,
          panel: 1,
          randomness: 2n,
          lapsesAt: now + epochSeconds,
        },
      },
    ]);
    const next = await court.draw({ id, dispute, gasUsed: 0n, openedAt: now });
    // Who was silent may be drawn again: stake counts, whoever it is.
    expect(next).toHaveLength(3);
    await court.vote(id, 1, next, [none, none, none]);
    expect(await standing(id)).toMatchObject({
      stage: Stage.appealable,
      ruling: undecided,
      decided: false,
    });
    await expectRevert(court.stranger.write.advance([id]), "JuryArbiter_NothingToAdvance", [
      id,
      Stage.appealable,
    ]);
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
      await court.stranger.write.advance([id]);
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
    await court.stranger.write.advance([id]);
    expect(await standing(id)).toMatchObject({ stage: Stage.drawing, panel: 1, requests: 1 });
  });

  it("renews randomness that is lost, at once, but not more often", async () => {
    const { id } = await court.open();
    const advance = () => court.stranger.write.advance([id]);
    const nothing = [id, Stage.drawing];
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
      expectRevert(court.stranger.write.advance([id]), "JuryArbiter_NothingToAdvance", [id, stage]);
    await refuse(Stage.committing);
    for (const juror of jurors) await court.commit(id, 0, juror, workerRight);
    await refuse(Stage.revealing);
    for (const juror of jurors) await court.reveal(id, 0, juror, workerRight);
    await refuse(Stage.appealable);
    await court.passAppeal(id);
    await refuse(Stage.final);
    await expectRevert(court.stranger.write.advance([zeroHash]), "JuryArbiter_NothingToAdvance", [
      zeroHash,
      Stage.none,
    ]);
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
