import { type Address, type Hex, zeroAddress, zeroHash } from "viem";
import { describe, expect, it } from "vitest";
import { type Court, expectRevert, hashDispute, parameters, Ruling, Stage } from "./court.ts";
import { courtOf, type Trio } from "./courtOf.ts";

const BURN: Address = "0x000000000000000000000000000000000000dEaD";
const { commitSeconds, epochSeconds, seatFeeWei, ticketWei } = parameters;
const { none, workerRight, workerWrong, undecided } = Ruling;

let court: Court;
const { standing, panel, ruling, drawn } = courtOf(12, (started) => {
  court = started;
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
