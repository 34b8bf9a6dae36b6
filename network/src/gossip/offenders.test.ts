import { expect, test } from "vitest";
import { createOffenders } from "./offenders.ts";

function fixture() {
  const clock = { timeMs: 0 };
  const bans: [string, number, string][] = [];
  const offenders = createOffenders({
    now: () => clock.timeMs,
    onBan: (...ban) => bans.push(ban),
  });
  const ban = (name: string) => {
    for (let i = 0; i < 5; i++) offenders.note(name, "invalid");
  };
  return { clock, bans, offenders, ban };
}

test("offences lower the score and fade", () => {
  const { clock, offenders } = fixture();
  expect(offenders.score("a")).toBe(0);
  offenders.note("a", "invalid");
  expect(offenders.score("a")).toBe(-20);
  clock.timeMs = 30_000;
  expect(offenders.score("a")).toBe(-10);
  expect(offenders.score("b")).toBe(0);
});

test("bans double, up to an hour, and end", () => {
  const { clock, bans, offenders, ban } = fixture();
  for (let i = 0; i < 9; i++) {
    ban("a");
    expect(offenders.isBanned("a")).toBe(true);
    expect(offenders.score("a")).toBe(-1_000);
    expect(offenders.bans).toBe(1);
    clock.timeMs += bans.at(-1)?.[1] ?? 0;
    expect(offenders.isBanned("a")).toBe(false);
  }
  const minutes = bans.map(([, ms]) => ms / 60_000);
  expect(minutes).toEqual([0.5, 1, 2, 4, 8, 16, 32, 60, 60]);
  expect(bans[0]).toEqual(["a", 30_000, "invalid"]);
});

test("an offence during a ban does not prolong it", () => {
  const { clock, bans, offenders, ban } = fixture();
  ban("a");
  ban("a");
  expect(bans.length).toBe(1);
  clock.timeMs = 30_000;
  expect(offenders.isBanned("a")).toBe(false);
});

test("what is stale lowers the score and bans nobody, since clocks go wrong and machines stall", () => {
  const { offenders } = fixture();
  for (let i = 0; i < 1_000; i++) offenders.note("a", "stale");
  expect(offenders.score("a")).toBe(-50);
  for (let i = 0; i < 3; i++) offenders.note("a", "invalid");
  expect(offenders.isBanned("a")).toBe(true);
});

test("who did nothing for longest is forgotten first", () => {
  const { offenders } = fixture();
  offenders.note("first", "invalid");
  for (let i = 0; i < 10_000; i++) offenders.note(`n${i}`, "invalid");
  expect(offenders.score("first")).toBe(0);
  expect(offenders.score("n0")).toBe(-20);
});

test("a crowd of new names ends nobody's ban", () => {
  const offenders = createOffenders({ now: () => 0 });
  offenders.note("bad", "equivocation");
  for (let i = 0; i < 20_000; i++) offenders.note(`${i}`, "stale");
  expect(offenders.isBanned("bad")).toBe(true);
  expect(offenders.score("0")).toBe(0); // forgotten
});
