import type { Address } from "viem";
import { describe, expect, it, onTestFailed } from "vitest";
import { variants } from "../../fixtures/long.ts";
import { type Random, seededRandom } from "../../fixtures/random.ts";
import {
  type Actor,
  type Court,
  minoritySlash,
  noShowSlash,
  type OpenDispute,
  Ruling,
  Stage,
  startCourt,
  verdicts,
} from "./court.ts";

// The rules of docs/jury.md written down a second time, and the contract held to them, to the wei.

const BURN: Address = "0x000000000000000000000000000000000000dEaD";
const { none, undecided } = Ruling;

interface Seat {
  juror: Address;
  verdict: Ruling;
}

interface Played extends OpenDispute {
  /** Seats of panels 0 to 3, as far as they were drawn. */
  panels: Seat[][];
}

/** Stake and credit of everybody, by address. */
class Books {
  readonly stakes = new Map<Address, bigint>();
  readonly credits = new Map<Address, bigint>();
  readonly #court: Court;

  constructor(court: Court) {
    this.#court = court;
  }

  add(account: Address, amount: bigint): void {
    this.credits.set(account, (this.credits.get(account) ?? 0n) + amount);
  }

  settle({ panels }: Played, appellant: Address): void {
    const { parameters: p } = this.#court;
    const said = (panel: readonly Seat[] = []): Ruling | undefined => {
      const revealed = panel.filter(({ verdict }) => verdict !== none);
      if (2 * revealed.length <= panel.length) return undefined;
      return verdicts.find(
        (verdict) =>
          2 * revealed.filter((seat) => seat.verdict === verdict).length > revealed.length,
      );
    };
    const first = said(panels[0]) ?? said(panels[1]);
    const second = said(panels[2]) ?? said(panels[3]);
    const majority = second ?? first;
    const appealed = panels.length > 2;
    const seats = panels.flat();
    const coherent = seats.filter(
      ({ verdict }) => verdict !== none && (majority === undefined || verdict === majority),
    );

    let pot = 0n;
    for (const seat of seats) {
      if (coherent.includes(seat)) continue;
      const penalty = seat.verdict === none ? noShowSlash(p) : minoritySlash(p);
      const stake = this.stakes.get(seat.juror) ?? 0n;
      const lost = penalty < stake ? penalty : stake;
      this.stakes.set(seat.juror, stake - lost);
      pot += lost;
    }
    const appealFee = appealed ? BigInt(2 * p.jurySize + 1) * p.seatFeeWei : 0n;
    if (second !== undefined && second !== (first ?? undecided)) {
      const repaid = pot < appealFee ? pot : appealFee;
      this.add(appellant, repaid);
      pot -= repaid;
    }
    pot += appealFee + BigInt(p.jurySize) * p.seatFeeWei;
    if (coherent.length === 0) {
      this.add(BURN, pot);
      return;
    }
    const share = pot / BigInt(coherent.length);
    for (const [i, { juror }] of coherent.entries()) {
      this.add(juror, share + (i === 0 ? pot % BigInt(coherent.length) : 0n));
    }
  }

  async check(): Promise<void> {
    const { read, balance } = this.#court;
    let owed = 0n;
    for (const [account, stake] of this.stakes) {
      expect((await read.juror([account])).stake, `stake of ${account}`).toBe(stake);
      owed += stake;
    }
    for (const [account, credit] of this.credits) {
      expect(await read.credit([account]), `credit of ${account}`).toBe(credit);
      owed += credit;
    }
    expect(await balance()).toBe(owed);
  }
}

/** Mostly there, mostly of one mind. */
function randomVerdict(random: Random, truth: Ruling, presence: number): Ruling {
  if (random.below(100) >= presence) return none;
  if (random.below(100) < 70) return truth;
  return verdicts[random.below(4)] ?? undecided;
}

/** Votes on the current panels of several disputes at once, until each is final. */
async function play(court: Court, random: Random, disputes: Played[]): Promise<void> {
  for (const played of disputes) {
    const truth = verdicts[random.below(4)] ?? undecided;
    const presence = [95, 70, 40, 0][random.below(4)] ?? 0;
    for (;;) {
      const { id, panels } = played;
      const { stage, panel, endsAt, ruling } = await court.read.standing([id]);
      if (stage === Stage.final) break;
      if (stage === Stage.stalled) {
        await court.stranger.write.advance([id]);
      } else if (stage === Stage.drawing) {
        const jurors = await court.draw(played);
        const minds = new Map(
          [...new Set(jurors)].map((juror) => [juror, randomVerdict(random, truth, presence)]),
        );
        const said = jurors.map((juror) => minds.get(juror) ?? none);
        while (panels.length < panel) panels.push([]);
        panels[panel] = jurors.map(({ address }, seat) => ({
          juror: address,
          verdict: said[seat] ?? none,
        }));
        if (jurors.length > 0) await court.vote(id, panel, jurors, said);
        const { revealEndsAt } = await court.read.panel([id, panel]);
        if ((await court.now()) < revealEndsAt) await court.passTo(revealEndsAt);
      } else if (stage === Stage.appealable && random.below(2) === 0) {
        await court.worker.write.appeal([id, ruling as Ruling], {
          value: await court.read.appealFee(),
        });
      } else {
        await court.passTo(endsAt);
      }
    }
  }
}

/** Jurors whom slashes have left without a ticket put in another, or there would be nobody to draw. */
async function refill(books: Books, court: Court, jurors: number): Promise<void> {
  const { ticketWei, epochSeconds } = court.parameters;
  for (const juror of court.jurors.slice(0, jurors)) {
    const stake = books.stakes.get(juror.address) ?? 0n;
    if (stake >= ticketWei) continue;
    await juror.write.deposit({ value: ticketWei });
    books.stakes.set(juror.address, stake + ticketWei);
  }
  await court.passTo((Math.floor((await court.now()) / epochSeconds) + 1) * epochSeconds);
}

describe("every wei", () => {
  const juries: {
    name: string;
    changes: Parameters<typeof startCourt>[0];
    tickets: number;
    jurors?: number;
  }[] = [
    { name: "usual slashes", changes: {}, tickets: 3 },
    {
      name: "slashes that ruin",
      changes: { noShowSlashBps: 10_000, minoritySlashBps: 7001 },
      tickets: 2,
    },
    { name: "a jury of five", changes: { jurySize: 5 }, tickets: 3 },
    { name: "a jury of seven", changes: { jurySize: 7 }, tickets: 3 },
    { name: "few jurors, of many seats each", changes: {}, tickets: 9, jurors: 4 },
    { name: "fewer tickets than seats", changes: { jurySize: 7 }, tickets: 2, jurors: 3 },
  ];
  it.each(variants(juries, 2))(
    "goes where the rules say, with $name",
    async ({ changes, tickets, jurors = 40 }) => {
      const random = seededRandom();
      onTestFailed(() => console.error(`SEED=${random.seed}`));
      const court = await startCourt(changes);
      const books = new Books(court);
      await court.enrol(jurors, () => 1 + random.below(tickets));
      for (const { address } of court.jurors) {
        books.stakes.set(address, (await court.read.juror([address])).stake);
      }
      for (const { address } of [court.worker, court.challenger]) books.credits.set(address, 0n);
      books.credits.set(BURN, 0n);

      for (let round = 0; round < 8; ++round) {
        await refill(books, court, jurors);
        const disputes: Played[] = [];
        // Settled together, so that jurors sit on several panels.
        for (let i = 0; i < 3; ++i) disputes.push({ ...(await court.open()), panels: [] });
        await play(court, random, disputes);
        for (const each of disputes.toSorted(() => random.below(3) - 1)) {
          await court.stranger.write.settle([each.dispute]);
          books.settle(each, court.worker.address);
        }
        await books.check();
      }
      const seats = await Promise.all(
        court.jurors.map(async ({ address }) => (await court.read.juror([address])).seats),
      );
      expect(new Set(seats)).toEqual(new Set([0]));
    },
  );

  it("is paid out in the end, but for what is burned", async () => {
    const random = seededRandom();
    onTestFailed(() => console.error(`SEED=${random.seed}`));
    const court = await startCourt();
    await court.enrol(40);
    const disputes: Played[] = [];
    for (let i = 0; i < 6; ++i) disputes.push({ ...(await court.open()), panels: [] });
    await play(court, random, disputes);
    for (const { dispute } of disputes) {
      await court.stranger.write.settle([dispute]);
    }
    for (const juror of court.jurors) {
      const { stake } = await court.read.juror([juror.address]);
      if (stake > 0n) await juror.write.unbond([stake]);
    }
    await court.passTo((await court.now()) + court.parameters.unbondingSeconds);
    const everybody: Actor[] = [...court.jurors, court.worker, court.challenger];
    for (const each of everybody) {
      const { stake } = await court.read.juror([each.address]);
      if (stake > 0n) await each.write.withdrawStake([each.address]);
      if ((await court.read.credit([each.address])) > 0n) await each.write.withdraw([each.address]);
    }
    expect(await court.balance()).toBe(await court.read.credit([BURN]));
  });
});
