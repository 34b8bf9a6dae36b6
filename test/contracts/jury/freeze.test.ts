import { type Hex, keccak256, numberToHex, zeroAddress } from "viem";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { juryArbiterAbi } from "../../../sdk/src/generated/juryArbiterAbi.ts";
import {
  type Actor,
  type Court,
  expectRevert,
  GENESIS,
  HOUR,
  type OpenDispute,
  parameters,
  Ruling,
  Stage,
  startCourt,
} from "./court.ts";

// Whom a draw can find is fixed when its randomness is asked for; what the randomness is becomes known later.

const { ticketWei, epochSeconds } = parameters;

let court: Court;

beforeAll(async () => {
  court = await startCourt();
});

beforeEach(() => court.reset());

/** Whom a draw would find now. */
async function foreseen({ dispute }: OpenDispute): Promise<Actor[]> {
  const { result } = await court.client.simulateContract({
    address: court.address,
    abi: juryArbiterAbi,
    functionName: "draw",
    args: [dispute, "0x"],
  });
  return Promise.all(result.map(async (number) => court.actor(await court.read.jurorAt([number]))));
}

const rich = { value: ticketWei * 100_000n };

describe("stake that comes", () => {
  it("in the epoch of the opening, before or after it, gets nobody onto the jury", async () => {
    await court.enrol(4);
    const [before, after] = court.jurors.slice(10) as [Actor, Actor];
    await before.write.deposit(rich);
    await court.at(GENESIS + 2 * HOUR - 60);
    const opened = await court.open();
    await after.write.deposit(rich);
    const disputes = [opened];
    for (let i = 0; i < 8; ++i) disputes.push(await court.open());
    // Nor in the next epoch, as long as the draw may be executed.
    await court.passTo(GENESIS + 2 * HOUR);
    for (const [i, each] of disputes.entries()) {
      const drawn = await court.draw(each, keccak256(numberToHex(i)));
      expect(drawn.every((juror) => court.jurors.indexOf(juror) < 4)).toBe(true);
    }
  });

  it("before that counts", async () => {
    await court.enrol(3);
    const late = court.jurors[10] as Actor;
    await court.at(GENESIS + 2 * HOUR - 1);
    await late.write.deposit(rich);
    await court.at(GENESIS + 2 * HOUR);
    const drawn = await court.draw(await court.open());
    expect(drawn).toContain(late);
  });
});

describe("stake that goes", () => {
  it("after the opening stays on the jury, and is locked", async () => {
    await court.enrol(3);
    const opened = await court.open();
    for (const juror of court.jurors.slice(0, 3)) await juror.write.unbond([ticketWei]);
    expect(new Set(await court.draw(opened))).toEqual(new Set(court.jurors.slice(0, 3)));
    for (const juror of court.jurors.slice(0, 3)) {
      expect(await court.read.juror([juror.address])).toMatchObject({ seats: 1, tickets: 0n });
    }
    const next = await court.open();
    await court.passTo(GENESIS + 2 * HOUR);
    // The one opened in the same epoch still finds them; one that would be opened now finds nobody, and is not opened.
    expect(await court.draw(next)).toHaveLength(3);
    const late = await court.invent();
    await expectRevert(court.open(late), "JuryArbiter_NobodyToDraw", [
      await court.read.disputeId([late]),
    ]);
  });
});

describe("the draw", () => {
  it("gives the same jury whoever executes it, whenever, whatever happened to stakes since", async () => {
    await court.enrol(12, (i) => 1 + i);
    await court.at(GENESIS + 2 * HOUR - 60);
    const opened = await court.open();
    await court.fulfil(opened.id);
    const jury = await foreseen(opened);
    expect(jury).toHaveLength(3);
    const churn = async (from: number) => {
      for (const juror of court.jurors.slice(from, from + 6)) await juror.write.deposit(rich);
      for (const juror of court.jurors.slice(0, 12)) await juror.write.unbond([ticketWei / 4n]);
    };
    await churn(12);
    expect(await foreseen(opened)).toEqual(jury);
    await court.passTo(GENESIS + 2 * HOUR);
    await churn(18);
    expect(await foreseen(opened)).toEqual(jury);
    await court.passTo(opened.openedAt + epochSeconds - 40);
    await churn(24);
    await court.at(opened.openedAt + epochSeconds - 1);
    await court.worker.write.draw([opened.dispute, "0x"]);
    const { jurors } = await court.read.panel([opened.id, 0]);
    expect(jurors).toEqual(jury.map(({ address }) => address));
  });

  it("lapses to the second, and then goes by stakes and randomness that are new", async () => {
    await court.enrol(12);
    const opened = await court.open();
    await court.fulfil(opened.id);
    await court.at(opened.openedAt + epochSeconds);
    await expectRevert(
      court.stranger.write.draw([opened.dispute, "0x"]),
      "JuryArbiter_WrongStage",
      [opened.id, Stage.stalled, Stage.drawing],
    );
    await court.stranger.write.advance([opened.id]);
    await expectRevert(court.stranger.write.draw([opened.dispute, "0x"]), "Randomness_NotReady", [
      2n,
      0,
    ]);
  });

  it("depends on the randomness, the dispute and the panel", async () => {
    await court.enrol(40);
    const value = keccak256("0x01");
    const draws = new Set<string>();
    const first = await court.open();
    draws.add(String((await court.draw(first, value)).map(({ address }) => address)));
    const second = await court.open();
    draws.add(String((await court.draw(second, value)).map(({ address }) => address)));
    const third = await court.open();
    draws.add(String((await court.draw(third, keccak256("0x02"))).map(({ address }) => address)));
    await court.passTo((await court.read.standing([third.id])).endsAt + parameters.revealSeconds);
    await court.stranger.write.advance([third.id]);
    draws.add(String((await court.draw(third, keccak256("0x02"))).map(({ address }) => address)));
    expect(draws.size).toBe(4);
  });

  it("does not draw a number for the stake of who had it before", async () => {
    const small = await startCourt({ unbondingSeconds: 2 * HOUR });
    await small.enrol(4, (i) => (i === 0 ? 1000 : 1));
    const [leaver, newcomer] = [small.jurors[0], small.jurors[10]] as [Actor, Actor];
    await small.at(GENESIS + 2 * HOUR - 1);
    await leaver.write.unbond([ticketWei * 1000n]);
    // As early as it can be and still be drawn when the number is free.
    await small.at(GENESIS + 3 * HOUR + 30);
    const opened = await small.open();
    await small.at(GENESIS + 4 * HOUR - 1);
    await leaver.write.withdrawStake([leaver.address]);
    await newcomer.write.deposit({ value: ticketWei });
    expect((await small.read.juror([newcomer.address])).number).toBe(1);
    expect(new Set(await small.draw(opened))).toEqual(new Set(small.jurors.slice(1, 4)));
  });
});

describe("whether a dispute could be decided", () => {
  it("goes by the tickets of all but requester and worker, at the start of the epoch", async () => {
    await court.enrol(4);
    const [a, b, c, d] = court.jurors as unknown as [Actor, Actor, Actor, Actor];
    const decides = (requester: Actor, worker: Actor) =>
      court.read.canDecide([requester.address, worker.address]);
    expect(await decides(court.requester, court.worker)).toBe(true);
    expect(await decides(a, court.worker)).toBe(true);
    expect(await decides(a, b)).toBe(false);
    // Three seats are three tickets, in one hand too; from the next epoch on.
    await c.write.deposit({ value: ticketWei });
    expect(await decides(a, b)).toBe(false);
    await court.passTo(GENESIS + 2 * HOUR);
    expect(await decides(a, b)).toBe(true);
    expect(await court.read.eligibleTickets([a.address, b.address, zeroAddress])).toBe(3n);
    await d.write.unbond([ticketWei]);
    expect(await decides(a, b)).toBe(true);
    await court.passTo(GENESIS + 3 * HOUR);
    expect(await decides(a, b)).toBe(false);
  });
});

describe("who has a part in the dispute", () => {
  it.each(["requester", "worker", "challenger"] as const)(
    "as %s is not drawn, not even with almost all stake",
    async (role) => {
      await court.enrol(4, (i) => (i === 0 ? 1_000_000 : 1));
      const party = court.jurors[0] as Actor;
      for (let i = 0; i < 5; ++i) {
        const drawn = await court.draw(
          await court.open({ [role]: party.address }),
          keccak256(numberToHex(i)),
        );
        expect(drawn).toHaveLength(3);
        expect(drawn).not.toContain(party);
      }
      // In a dispute of others it is, nearly always.
      expect(await court.draw(await court.open())).toContain(party);
    },
  );

  it("in two roles is left out once", async () => {
    await court.enrol(4);
    const { address } = court.jurors[3] as Actor;
    const opened = await court.open({ requester: address, worker: address, challenger: address });
    expect(await court.read.eligibleTickets([address, address, address])).toBe(3n);
    expect(await court.read.eligibleTickets([address, zeroAddress, zeroAddress])).toBe(3n);
    expect(new Set(await court.draw(opened))).toEqual(new Set(court.jurors.slice(0, 3)));
  });
});

it("a ticket has one seat at most: a rich juror takes all that others leave", async () => {
  await court.enrol(3, (i) => (i === 0 ? 1_000_000 : 1));
  const rich = court.jurors[0] as Actor;
  for (let i = 0; i < 5; ++i) {
    const drawn = await court.draw(await court.open(), keccak256(numberToHex(i)));
    expect(drawn).toEqual([rich, rich, rich]);
  }
  expect((await court.read.juror([rich.address])).seats).toBe(15);
});

it("a juror can sit on several panels, each of which locks a ticket", async () => {
  await court.enrol(3);
  const ids: Hex[] = [];
  for (let i = 0; i < 3; ++i) {
    const opened = await court.open();
    const jurors = await court.draw(opened);
    await court.vote(opened.id, 0, jurors, [
      Ruling.workerRight,
      Ruling.workerRight,
      Ruling.workerRight,
    ]);
    ids.push(opened.id);
  }
  expect(ids).toHaveLength(3);
  expect((await court.read.juror([(court.jurors[0] as Actor).address])).seats).toBe(3);
});
