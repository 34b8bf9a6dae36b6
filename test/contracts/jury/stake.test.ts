import { zeroAddress } from "viem";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  type Actor,
  type Court,
  DAY,
  expectRevert,
  GENESIS,
  HOUR,
  noShowSlash,
  type OpenDispute,
  parameters,
  Ruling,
  startCourt,
} from "./court.ts";

const { ticketWei, unbondingSeconds, seatFeeWei } = parameters;

let court: Court;
let juror: Actor;
let other: Actor;

beforeAll(async () => {
  court = await startCourt();
});

beforeEach(async () => {
  await court.reset();
  [juror, other] = court.jurors as [Actor, Actor];
});

const tickets = async (of: Actor) => (await court.read.juror([of.address])).tickets;

describe("deposit", () => {
  it("makes a juror, who counts from the next epoch on", async () => {
    await court.at(GENESIS + 100);
    const { events } = await court.receipt(juror.write.deposit({ value: ticketWei * 3n + 5n }));
    expect(events).toEqual([
      {
        eventName: "Deposited",
        args: { account: juror.address, number: 1, amount: ticketWei * 3n + 5n },
      },
    ]);
    expect(await court.read.juror([juror.address])).toEqual({
      number: 1,
      stake: ticketWei * 3n + 5n,
      unbonding: 0n,
      withdrawableAt: 0,
      seats: 0,
      tickets: 3n,
    });
    expect(await court.read.jurorAt([1])).toBe(juror.address);
    expect(await court.read.totalTickets()).toBe(0n);
    await court.passTo(GENESIS + HOUR - 1);
    expect(await court.read.totalTickets()).toBe(0n);
    await court.passTo(GENESIS + HOUR);
    expect(await court.read.totalTickets()).toBe(3n);
    expect(await court.balance()).toBe(ticketWei * 3n + 5n);
  });

  it("adds to what is there, and fills up a ticket", async () => {
    await juror.write.deposit({ value: ticketWei * 2n - 1n });
    expect(await tickets(juror)).toBe(1n);
    await juror.write.deposit({ value: 1n });
    expect(await tickets(juror)).toBe(2n);
    await other.write.deposit({ value: ticketWei });
    expect((await court.read.juror([other.address])).number).toBe(2);
  });

  it("refuses nothing, and less than a ticket", async () => {
    await expectRevert(juror.write.deposit(), "JuryArbiter_ZeroAmount", undefined);
    await expectRevert(juror.write.deposit({ value: ticketWei - 1n }), "JuryArbiter_BelowTicket", [
      juror.address,
      ticketWei - 1n,
      ticketWei,
    ]);
    await juror.write.deposit({ value: ticketWei });
    await juror.write.unbond([ticketWei]);
    // What is unbonding does not make up a ticket.
    await expectRevert(juror.write.deposit({ value: 1n }), "JuryArbiter_BelowTicket", [
      juror.address,
      1n,
      ticketWei,
    ]);
  });

  it("refuses more tickets than the tree holds, in one hand or in all", async () => {
    const small = await startCourt({ ticketWei: 10n ** 12n, seatFeeWei: 1n });
    const most = (1n << 28n) - 1n;
    const [rich, richer] = small.jurors as [Actor, Actor];
    await expectRevert(
      rich.write.deposit({ value: (most + 1n) * 10n ** 12n }),
      "JuryArbiter_PoolFull",
      [most + 1n, most],
    );
    await rich.write.deposit({ value: (most - 5n) * 10n ** 12n });
    await richer.write.deposit({ value: 5n * 10n ** 12n });
    await expectRevert(richer.write.deposit({ value: 10n ** 12n }), "JuryArbiter_PoolFull", [
      most + 1n,
      most,
    ]);
    await small.passTo(GENESIS + HOUR);
    expect(await small.read.totalTickets()).toBe(most);
  });
});

describe("unbond", () => {
  it("takes the weight away at once for the next epoch, the money later", async () => {
    await juror.write.deposit({ value: ticketWei * 5n });
    await court.at(GENESIS + HOUR);
    const { events } = await court.receipt(juror.write.unbond([ticketWei * 2n + 1n]));
    const withdrawableAt = GENESIS + HOUR + unbondingSeconds;
    expect(events).toEqual([
      {
        eventName: "Unbonded",
        args: { account: juror.address, amount: ticketWei * 2n + 1n, withdrawableAt },
      },
    ]);
    expect(await court.read.juror([juror.address])).toMatchObject({
      stake: ticketWei * 5n,
      unbonding: ticketWei * 2n + 1n,
      withdrawableAt,
      tickets: 2n,
    });
    expect(await court.read.totalTickets()).toBe(5n);
    await court.passTo(GENESIS + 2 * HOUR);
    expect(await court.read.totalTickets()).toBe(2n);
  });

  it("restarts the clock for all that unbonds", async () => {
    await juror.write.deposit({ value: ticketWei * 2n });
    await juror.write.unbond([ticketWei]);
    await court.at(GENESIS + DAY);
    await juror.write.unbond([1n]);
    const { unbonding, withdrawableAt } = await court.read.juror([juror.address]);
    expect(unbonding).toBe(ticketWei + 1n);
    expect(withdrawableAt).toBe(GENESIS + DAY + unbondingSeconds);
  });

  it("refuses nothing, and more than there is", async () => {
    await juror.write.deposit({ value: ticketWei });
    await expectRevert(juror.write.unbond([0n]), "JuryArbiter_ZeroAmount", undefined);
    await juror.write.unbond([1n]);
    await expectRevert(juror.write.unbond([ticketWei]), "JuryArbiter_InsufficientStake", [
      juror.address,
      ticketWei - 1n,
      ticketWei,
    ]);
    await expectRevert(other.write.unbond([1n]), "JuryArbiter_InsufficientStake", [
      other.address,
      0n,
      1n,
    ]);
  });
});

describe("withdrawStake", () => {
  it("sends what has unbonded, from its second on, to whom the juror says", async () => {
    await juror.write.deposit({ value: ticketWei * 3n });
    await juror.write.unbond([ticketWei]);
    const { withdrawableAt } = await court.read.juror([juror.address]);
    await court.at(withdrawableAt - 1);
    await expectRevert(
      juror.write.withdrawStake([court.stranger.address]),
      "JuryArbiter_StillUnbonding",
      [juror.address, withdrawableAt],
    );
    const before = await court.client.getBalance({ address: court.requester.address });
    await court.at(withdrawableAt);
    const { events } = await court.receipt(juror.write.withdrawStake([court.requester.address]));
    expect(events).toEqual([
      {
        eventName: "StakeWithdrawn",
        args: { account: juror.address, to: court.requester.address, amount: ticketWei },
      },
    ]);
    expect(await court.client.getBalance({ address: court.requester.address })).toBe(
      before + ticketWei,
    );
    expect(await court.balance()).toBe(ticketWei * 2n);
    expect(await court.read.juror([juror.address])).toMatchObject({
      stake: ticketWei * 2n,
      unbonding: 0n,
      tickets: 2n,
    });
  });

  it("refuses who has nothing unbonding, and the zero address", async () => {
    await expectRevert(juror.write.withdrawStake([juror.address]), "JuryArbiter_NothingUnbonding", [
      juror.address,
    ]);
    await juror.write.deposit({ value: ticketWei });
    await expectRevert(juror.write.withdrawStake([juror.address]), "JuryArbiter_NothingUnbonding", [
      juror.address,
    ]);
    await expectRevert(
      juror.write.withdrawStake([zeroAddress]),
      "JuryArbiter_ZeroRecipient",
      undefined,
    );
  });

  it("gives a leaver's number back, to the next who comes", async () => {
    for (const each of [juror, other]) await each.write.deposit({ value: ticketWei });
    for (const each of [other, juror]) await each.write.unbond([ticketWei]);
    await court.passTo(GENESIS + 8 * DAY);
    for (const [each, number] of [
      [other, 2],
      [juror, 1],
    ] as const) {
      const { events } = await court.receipt(each.write.withdrawStake([each.address]));
      expect(events).toContainEqual({
        eventName: "JurorLeft",
        args: { account: each.address, number },
      });
      expect(await court.read.jurorAt([number])).toBe(zeroAddress);
      expect((await court.read.juror([each.address])).number).toBe(0);
    }
    expect(await court.balance()).toBe(0n);
    for (const [i, number] of [1, 2, 3].entries()) {
      const next = court.jurors[10 + i] as Actor;
      await next.write.deposit({ value: ticketWei });
      expect((await court.read.juror([next.address])).number).toBe(number);
    }
  });
});

describe("with seats", () => {
  /** Three jurors are drawn, of whom the first has seats in `count` disputes. */
  async function drawn(count: number): Promise<OpenDispute[]> {
    for (const each of court.jurors.slice(0, 3)) await each.write.deposit({ value: ticketWei });
    await court.passTo(GENESIS + HOUR);
    const disputes: OpenDispute[] = [];
    for (let i = 0; i < count; ++i) {
      const opened = await court.open();
      await court.draw(opened);
      disputes.push(opened);
    }
    return disputes;
  }

  it("stake is locked until the dispute is settled, even when it has unbonded", async () => {
    await drawn(1);
    await juror.write.deposit({ value: 5n });
    await juror.write.unbond([ticketWei + 5n]);
    await court.passTo(GENESIS + 30 * DAY);
    await court.receipt(juror.write.withdrawStake([juror.address]));
    expect(await court.read.juror([juror.address])).toMatchObject({
      stake: ticketWei,
      unbonding: ticketWei,
      seats: 1,
    });
    await expectRevert(juror.write.withdrawStake([juror.address]), "JuryArbiter_StakeLocked", [
      juror.address,
      ticketWei,
      ticketWei,
    ]);
  });

  it("a juror on more panels than it has tickets cannot withdraw below nothing", async () => {
    await drawn(2);
    await juror.write.unbond([ticketWei]);
    await court.passTo(GENESIS + 30 * DAY);
    await expectRevert(juror.write.withdrawStake([juror.address]), "JuryArbiter_StakeLocked", [
      juror.address,
      ticketWei,
      2n * ticketWei,
    ]);
  });

  it("a slash bites into what is unbonding, and holds it back", async () => {
    const [{ id, dispute }] = (await drawn(1)) as [OpenDispute];
    await juror.write.unbond([ticketWei]);
    const order = (await court.read.panel([id, 0])).jurors.map(court.actor);
    await court.vote(
      id,
      0,
      order,
      order.map((each) => (each === juror ? Ruling.none : Ruling.workerRight)),
    );
    await court.passAppeal(id);
    const later = GENESIS + 20 * DAY;
    await court.passTo(later - 1);
    await court.at(later);
    await court.stranger.write.settle([dispute]);
    const left = ticketWei - noShowSlash();
    expect(await court.read.juror([juror.address])).toMatchObject({
      stake: left,
      unbonding: left,
      withdrawableAt: later + 2 * HOUR,
      seats: 0,
      tickets: 0n,
    });
    await expectRevert(juror.write.withdrawStake([juror.address]), "JuryArbiter_StillUnbonding", [
      juror.address,
      later + 2 * HOUR,
    ]);
    await court.passTo(later + 2 * HOUR);
    await juror.write.withdrawStake([juror.address]);
    expect((await court.read.juror([juror.address])).number).toBe(0);
  });

  it("a juror who has left keeps its credit", async () => {
    const [{ id, dispute }] = (await drawn(1)) as [OpenDispute];
    const order = (await court.read.panel([id, 0])).jurors.map(court.actor);
    await court.vote(id, 0, order, [1, 1, 1]);
    await court.passAppeal(id);
    await juror.write.unbond([ticketWei]);
    await court.passTo(GENESIS + 30 * DAY);
    await court.stranger.write.settle([dispute]);
    expect(await court.read.credit([juror.address])).toBe(seatFeeWei);
    await juror.write.withdrawStake([juror.address]);
    expect((await court.read.juror([juror.address])).number).toBe(0);
    expect(await court.read.credit([juror.address])).toBe(seatFeeWei);
    const { events } = await court.receipt(juror.write.withdraw([court.stranger.address]));
    expect(events).toEqual([
      {
        eventName: "CreditWithdrawn",
        args: { account: juror.address, to: court.stranger.address, amount: seatFeeWei },
      },
    ]);
    expect(await court.read.credit([juror.address])).toBe(0n);
  });
});

describe("withdraw", () => {
  it("refuses who has no credit, and the zero address", async () => {
    await expectRevert(juror.write.withdraw([juror.address]), "JuryArbiter_NoCredit", [
      juror.address,
    ]);
    await juror.write.deposit({ value: ticketWei });
    await expectRevert(juror.write.withdraw([juror.address]), "JuryArbiter_NoCredit", [
      juror.address,
    ]);
    await expectRevert(juror.write.withdraw([zeroAddress]), "JuryArbiter_ZeroRecipient", undefined);
  });
});
