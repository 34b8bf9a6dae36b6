import type { Hex } from "viem";
import { describe, expect, it } from "vitest";
import {
  type Actor,
  type Court,
  expectRevert,
  minoritySlash,
  noShowSlash,
  type OpenDispute,
  parameters,
  Ruling,
  Stage,
} from "./court.ts";
import { courtOf } from "./courtOf.ts";

const { epochSeconds, seatFeeWei, ticketWei } = parameters;
const { none, workerRight, workerWrong, undecided, bothWrong } = Ruling;
const appealFee = 7n * seatFeeWei;

let court: Court;
const { standing, ruling } = courtOf(24, (started) => {
  court = started;
});
const credit = (of: Actor) => court.read.credit([of.address]);
const stake = async (of: Actor) => (await court.read.juror([of.address])).stake;
/** How many of these seats a juror has: in a small pool it may sit on both panels. */
const seatsOf = (juror: Actor, seats: readonly Actor[]) =>
  seats.filter((each) => each === juror).length;
/** Against the ruling that stands. */
const appeal = async (id: Hex, by = court.stranger, value = appealFee) =>
  by.write.appeal([id, (await standing(id)).ruling as Ruling], { value });
const settle = ({ dispute }: OpenDispute) => court.receipt(court.requester.write.settle([dispute]));

/** A dispute whose first panel has said this. */
async function ruled(
  verdicts: readonly Ruling[],
): Promise<OpenDispute & { first: readonly Actor[] }> {
  const opened = await court.open();
  const first = await court.draw(opened);
  await court.vote(opened.id, 0, first, verdicts);
  return { ...opened, first };
}

const seven = (verdict: Ruling, ...others: Ruling[]): Ruling[] => [
  ...Array<Ruling>(7 - others.length).fill(verdict),
  ...others,
];

describe("appeal", () => {
  it("asks for twice as many seats and one, the appellant's and the first panel's tickets among those drawn from", async () => {
    const opened = await ruled([workerRight, workerRight, workerWrong]);
    const { id, first } = opened;
    expect(await court.read.appealFee()).toBe(appealFee);
    const juror = court.jurors.find((each) => !first.includes(each)) as Actor;
    const { events } = await court.receipt(appeal(id, juror));
    const now = await court.now();
    expect(events).toEqual([
      {
        eventName: "Appealed",
        args: { id, appellant: juror.address },
      },
      {
        eventName: "DrawRequested",
        args: {
          id,
          panel: 2,
          randomness: 2n,
          lapsesAt: now + epochSeconds,
        },
      },
    ]);
    expect(await standing(id)).toEqual({
      stage: Stage.drawing,
      endsAt: now + epochSeconds,
      panel: 2,
      requests: 1,
      randomness: 2n,
      requestedAt: now,
      ruling: none,
      decided: false,
      appellant: juror.address,
    });
    const second = await court.draw(opened);
    expect(second).toHaveLength(7);
    const view = await court.read.panel([id, 2]);
    expect(view.jurors).toEqual(second.map(({ address }) => address));
  });

  it("leaves out nobody but the parties: in a pool of seven tickets all seven sit", async () => {
    await court.reset();
    await court.enrol(7);
    const opened = await ruled([workerRight, workerRight, workerRight]);
    const [appellant] = opened.first as [Actor];
    await appeal(opened.id, appellant);
    expect(new Set(await court.draw(opened))).toEqual(new Set(court.jurors.slice(0, 7)));
  });

  it("names the ruling that it is against, and is refused for another", async () => {
    const { id } = await ruled([workerRight, workerRight, workerWrong]);
    for (const expected of [none, workerWrong, undecided, bothWrong]) {
      await expectRevert(
        court.stranger.write.appeal([id, expected], { value: appealFee }),
        "JuryArbiter_WrongRuling",
        [id, workerRight, expected],
      );
    }
    await court.stranger.write.appeal([id, workerRight], { value: appealFee });
    expect((await standing(id)).panel).toBe(2);
  });

  it("takes the fee exactly, in time, once", async () => {
    const { id } = await ruled([workerRight, workerRight, workerRight]);
    for (const value of [0n, appealFee - 1n, appealFee + 1n]) {
      await expectRevert(appeal(id, court.stranger, value), "JuryArbiter_WrongFee", [
        value,
        appealFee,
      ]);
    }
    const { endsAt } = await standing(id);
    await court.at(endsAt - 1);
    await appeal(id);
    await expectRevert(appeal(id), "JuryArbiter_WrongStage", [id, Stage.drawing, Stage.appealable]);
  });

  it("comes too late when the ruling is final, and too early before there is one", async () => {
    const opened = await court.open();
    const { id } = opened;
    const refuse = (stage: number) =>
      expectRevert(appeal(id), "JuryArbiter_WrongStage", [id, stage, Stage.appealable]);
    await refuse(Stage.drawing);
    const first = await court.draw(opened);
    await refuse(Stage.committing);
    await court.vote(id, 0, first, [workerRight, workerRight, workerRight]);
    const { endsAt } = await standing(id);
    await court.at(endsAt);
    await refuse(Stage.final);
  });
});

describe("the appeal's ruling", () => {
  it("is final at once, and settles the first panel too", async () => {
    const opened = await ruled([workerRight, workerRight, workerWrong]);
    const { id, first } = opened;
    await appeal(id);
    await expectRevert(settle(opened), "JuryArbiter_WrongStage", [id, Stage.drawing, Stage.final]);
    const second = await court.draw(opened);
    await court.vote(id, 2, second, seven(workerWrong, workerRight, none));
    expect(await standing(id)).toMatchObject({
      stage: Stage.final,
      endsAt: 0,
      ruling: workerWrong,
      decided: true,
    });
    expect(await ruling(id)).toBe(workerWrong);

    const before = await court.balance();
    const { events } = await settle(opened);
    // Two of the first panel and one of the second said otherwise, one of the second said nothing.
    const slashes = 3n * minoritySlash() + noShowSlash();
    const repaid = slashes < appealFee ? slashes : appealFee;
    const pot = slashes - repaid + 10n * seatFeeWei;
    expect(events.at(-1)).toEqual({
      eventName: "DisputeSettled",
      args: {
        id,
        ruling: workerWrong,
        coherent: 6n,
        share: pot / 6n,
        repaid,
        burned: 0n,
      },
    });
    expect(repaid).toBe(appealFee);
    expect(await credit(court.stranger)).toBe(repaid);
    const coherent = [first[2] as Actor, ...second.slice(0, 5)];
    const wrong = [first[0], first[1], second[5]] as Actor[];
    const absent = [second[6] as Actor];
    for (const juror of new Set([...first, ...second])) {
      const shares = BigInt(seatsOf(juror, coherent)) * (pot / 6n);
      expect(await credit(juror)).toBe(shares + (juror === coherent[0] ? pot % 6n : 0n));
      const lost =
        BigInt(seatsOf(juror, wrong)) * minoritySlash() +
        BigInt(seatsOf(juror, absent)) * noShowSlash();
      expect(await stake(juror)).toBe(ticketWei - lost);
    }
    expect(await court.balance()).toBe(before);
  });

  it("repays no appellant who was wrong", async () => {
    const opened = await ruled([workerWrong, workerWrong, workerWrong]);
    const { id } = opened;
    await appeal(id);
    const second = await court.draw(opened);
    await court.vote(id, 2, second, seven(workerWrong, workerRight, workerRight, workerRight));
    const { events } = await settle(opened);
    const pot = 3n * minoritySlash() + 10n * seatFeeWei;
    expect(events.at(-1)?.args).toMatchObject({
      ruling: workerWrong,
      coherent: 7n,
      share: pot / 7n,
      repaid: 0n,
    });
    expect(await credit(court.stranger)).toBe(0n);
  });

  it("without a majority changes nothing", async () => {
    const opened = await ruled([workerWrong, workerWrong, workerWrong]);
    const { id } = opened;
    await appeal(id);
    const second = await court.draw(opened);
    await court.vote(id, 2, second, [
      workerRight,
      workerRight,
      workerRight,
      workerWrong,
      workerWrong,
      undecided,
      undecided,
    ]);
    expect(await standing(id)).toMatchObject({
      stage: Stage.final,
      ruling: workerWrong,
      decided: true,
    });
    const { events } = await settle(opened);
    expect(events.filter(({ eventName }) => eventName === "JurorSlashed")).toHaveLength(5);
    expect(events.at(-1)?.args).toMatchObject({ coherent: 5n, repaid: 0n });
  });

  it("can decide what the first panel was torn over", async () => {
    const opened = await ruled([workerWrong, workerRight, undecided]);
    const { id } = opened;
    expect(await standing(id)).toMatchObject({ ruling: undecided, decided: false });
    await appeal(id);
    const second = await court.draw(opened);
    await court.vote(id, 2, second, seven(workerRight));
    expect(await ruling(id)).toBe(workerRight);
    const { events } = await settle(opened);
    expect(events.at(-1)?.args).toMatchObject({
      ruling: workerRight,
      coherent: 8n,
      repaid: 2n * minoritySlash() < appealFee ? 2n * minoritySlash() : appealFee,
    });
  });

  it("is nobody's when both were torn: no verdict is slashed", async () => {
    const opened = await ruled([workerWrong, workerRight, undecided]);
    const { id } = opened;
    await appeal(id);
    const second = await court.draw(opened);
    await court.vote(id, 2, second, [
      workerRight,
      workerRight,
      workerRight,
      workerWrong,
      workerWrong,
      workerWrong,
      none,
    ]);
    expect(await standing(id)).toMatchObject({
      stage: Stage.final,
      ruling: undecided,
      decided: false,
    });
    const { events } = await settle(opened);
    const pot = noShowSlash() + 10n * seatFeeWei;
    expect(events).toMatchObject([
      { eventName: "JurorSlashed", args: { amount: noShowSlash() } },
      { eventName: "DisputeSettled", args: { coherent: 9n, share: pot / 9n, repaid: 0n } },
    ]);
  });

  it("needs a quorum: its panel is replaced once, then the first ruling stands", async () => {
    const opened = await ruled([workerRight, workerRight, workerRight]);
    const { id } = opened;
    await appeal(id);
    const second = await court.draw(opened);
    await court.vote(id, 2, second, [
      workerWrong,
      workerWrong,
      workerWrong,
      none,
      none,
      none,
      none,
    ]);
    expect(await standing(id)).toMatchObject({ stage: Stage.stalled, ruling: none, panel: 2 });
    expect(await ruling(id)).toBe(none);
    await court.worker.write.advance([id]);
    const third = await court.draw(opened);
    await court.vote(id, 3, third, [none, none, none, none, none, none, none]);
    expect(await standing(id)).toMatchObject({
      stage: Stage.final,
      panel: 3,
      ruling: workerRight,
      decided: true,
    });
    const { events } = await settle(opened);
    // Four and seven did not show up, three said otherwise in a panel that ruled nothing.
    const pot = 11n * noShowSlash() + 3n * minoritySlash() + 10n * seatFeeWei;
    expect(events.at(-1)?.args).toMatchObject({
      ruling: workerRight,
      coherent: 3n,
      share: pot / 3n,
      repaid: 0n,
      burned: 0n,
    });
    const seats = await Promise.all(
      court.jurors.map(async ({ address }) => (await court.read.juror([address])).seats),
    );
    expect(seats.every((each) => each === 0)).toBe(true);
  });

  it("pays its fee to the first panel's coherent jurors when nobody of its own came", async () => {
    const opened = await ruled([workerRight, workerRight, workerRight]);
    const { id } = opened;
    await appeal(id);
    for (const index of [2, 3]) {
      const panel = await court.draw(opened);
      await court.vote(id, index, panel, seven(none));
      if (index === 2) await court.worker.write.advance([id]);
    }
    const { events } = await settle(opened);
    const pot = 14n * noShowSlash() + 10n * seatFeeWei;
    expect(events.at(-1)?.args).toMatchObject({
      coherent: 3n,
      share: pot / 3n,
      repaid: 0n,
      burned: 0n,
    });
    expect(await credit(court.stranger)).toBe(0n);
  });

  it("burns both fees, and the slashes, when nobody ever came", async () => {
    // Who sits on all four panels loses more than a ticket. A wei less than another makes no second seat.
    for (const juror of court.jurors.slice(0, 24))
      await juror.write.deposit({ value: ticketWei - 1n });
    const opened = await court.open();
    const { id } = opened;
    for (const index of [0, 1, 2, 3]) {
      const panel = await court.draw(opened);
      await court.vote(id, index, panel, Array<Ruling>(7).fill(none));
      if (index === 1) await appeal(id);
      else if (index < 3) await court.worker.write.advance([id]);
    }
    expect(await ruling(id)).toBe(undecided);
    const before = await court.balance();
    const { events } = await settle(opened);
    const burned = 20n * noShowSlash() + 10n * seatFeeWei;
    expect(events.at(-1)?.args).toMatchObject({
      ruling: undecided,
      coherent: 0n,
      share: 0n,
      repaid: 0n,
      burned,
    });
    expect(await credit(court.challenger)).toBe(0n);
    expect(await credit(court.stranger)).toBe(0n);
    expect(await court.read.credit(["0x000000000000000000000000000000000000dEaD"])).toBe(burned);
    expect(await court.balance()).toBe(before);
  });

  it("is smaller where the pool is, and pays who sat for the whole fee", async () => {
    await court.reset();
    await court.enrol(4);
    const opened = await ruled([workerRight, workerRight, workerRight]);
    const { id } = opened;
    await appeal(id);
    const second = await court.draw(opened);
    expect(second).toHaveLength(3);
    await court.vote(id, 2, second, [workerRight, workerRight, workerRight]);
    const { events } = await settle(opened);
    expect(events.at(-1)?.args).toMatchObject({
      ruling: workerRight,
      coherent: 6n,
      share: (10n * seatFeeWei) / 6n,
      repaid: 0n,
    });
  });

  it("without anybody left to draw leaves the ruling what it was; its fee is the first panel's", async () => {
    await court.reset();
    await court.enrol(3);
    const opened = await ruled([workerRight, workerRight, workerRight]);
    const { id } = opened;
    for (const juror of court.jurors.slice(0, 3)) await juror.write.unbond([ticketWei]);
    await court.passTo((await court.now()) + epochSeconds);
    await appeal(id);
    expect(await court.draw(opened)).toEqual([]);
    await court.worker.write.advance([id]);
    expect(await court.draw(opened)).toEqual([]);
    expect(await standing(id)).toMatchObject({ stage: Stage.final, ruling: workerRight });
    const { events } = await settle(opened);
    expect(events.at(-1)?.args).toMatchObject({
      coherent: 3n,
      share: (10n * seatFeeWei) / 3n,
      repaid: 0n,
      burned: 0n,
    });
  });

  it("can say that both were wrong", async () => {
    const opened = await ruled([workerWrong, workerWrong, workerWrong]);
    const { id } = opened;
    await appeal(id);
    const second = await court.draw(opened);
    await court.vote(id, 2, second, seven(bothWrong, workerWrong, workerWrong));
    expect(await ruling(id)).toBe(bothWrong);
    const { events } = await settle(opened);
    expect(events.at(-1)?.args).toMatchObject({ ruling: bothWrong, coherent: 5n });
  });
});
