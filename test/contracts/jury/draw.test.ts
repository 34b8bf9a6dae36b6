import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import {
  type DrawBench,
  majorityChance,
  majorityChanceOfShare,
  seatChance,
  seeded,
  startDrawBench,
  within,
} from "./drawBench.ts";

// What the draw promises in numbers: a chance in proportion to tickets, whoever has them. `docs/jury.md` §6 has the table.

const ROUNDS = 1000;

let bench: DrawBench;

beforeAll(async () => {
  bench = await startDrawBench();
});

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

describe("the chance of a seat", () => {
  it("is the share of the tickets, for each seat", async () => {
    const weights = [1, 2, 3, 4, 10, 0, 20, 5, 5, 50];
    const drawn = await bench.draws({ weights, seats: 3, rounds: ROUNDS, seed: seeded() });
    for (const [juror, weight] of weights.entries()) {
      for (const seat of [0, 1, 2]) {
        const count = drawn.filter((seats) => seats[seat] === juror).length;
        within(count, ROUNDS, weight / sum(weights));
      }
    }
  });

  it("does not seat a juror more often than it has tickets", async () => {
    const weights = [1, 2, 1, 3];
    const drawn = await bench.draws({ weights, seats: 7, rounds: 200, seed: seeded() });
    // Seven tickets for seven seats: whoever has them is seated as often.
    for (const seats of drawn) {
      expect(weights.map((_, juror) => seats.filter((each) => each === juror).length)).toEqual(
        weights,
      );
    }
  });

  it("is the same for a stake in one hand and in many, for any number of seats", async () => {
    const seed = seeded();
    const honest = Array<number>(70).fill(1);
    const whole = [...honest, 30];
    const split = [...honest, ...Array<number>(30).fill(1)];
    for (const weights of [whole, split]) {
      const rounds = 500;
      const drawn = await bench.draws({ weights, seats: 7, rounds, seed });
      const pool = { tickets: 100, mine: 30, seats: 7 };
      const chances = Array.from({ length: 8 }, (_, held) => seatChance(pool, held));
      expect(sum(chances)).toBeCloseTo(1, 12);
      for (const [held, chance] of chances.entries()) {
        const count = drawn.filter((seats) => seats.filter((j) => j >= 70).length === held).length;
        within(count, rounds, chance);
      }
    }
  });

  it("is the very same draw: the ticket decides, not the account behind it", async () => {
    const seed = seeded();
    // The coalition's tickets are the last 30 of the line, in one hand or in thirty.
    const honest = Array<number>(70).fill(1);
    const seatsOf = async (mine: readonly number[]) => {
      const weights = [...honest, ...mine];
      const drawn = await bench.draws({ weights, seats: 7, rounds: 100, seed });
      return drawn.map((seats) => seats.map((juror) => Math.min(juror, 70)));
    };
    const whole = await seatsOf([30]);
    expect(await seatsOf(Array<number>(30).fill(1))).toEqual(whole);
    expect(await seatsOf([1, 28, 1])).toEqual(whole);
  });
});

describe("the table of docs/jury.md", () => {
  const SHARES = [2, 10, 20, 30, 40];
  const ROW = /^\| (\d+) seats, (?:([\d,]+) tickets|tickets without end) \|(.*)\|$/;

  it("is what the chances are", async () => {
    const text = await readFile(new URL("../../../docs/jury.md", import.meta.url), "utf8");
    const rows = text.split("\n").flatMap((line) => {
      const [, seats, tickets, cells] = ROW.exec(line) ?? [];
      if (seats === undefined || cells === undefined) return [];
      const said = cells.split("|").map((cell) => cell.trim());
      return [{ seats: Number(seats), tickets: tickets?.replace(",", ""), said }];
    });
    expect(rows.map(({ seats, tickets }) => `${seats} of ${tickets ?? "all"}`)).toEqual(
      [3, 7].flatMap((seats) => [10, 100, 1000, "all"].map((tickets) => `${seats} of ${tickets}`)),
    );
    for (const { seats, tickets, said } of rows) {
      const chances = SHARES.map((share) =>
        tickets === undefined
          ? majorityChanceOfShare(share / 100, seats)
          : majorityChance({
              tickets: Number(tickets),
              mine: Math.floor((Number(tickets) * share) / 100),
              seats,
            }),
      );
      expect(said).toEqual(chances.map((chance) => `${(100 * chance).toFixed(2)} %`));
    }
    const both = SHARES.map((share) =>
      [3, 7].reduce(
        (product, seats) => product * majorityChance({ tickets: 1000, mine: 10 * share, seats }),
        1,
      ),
    );
    const cells = both.map((chance) => `${(100 * chance).toFixed(2)} %`).join(" | ");
    expect(text).toContain(`| both, 1,000 tickets | ${cells} |`);
  });
});
