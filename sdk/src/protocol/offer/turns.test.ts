import { zeroAddress } from "viem";
import { expect, test } from "vitest";
import { type AwardTimes, nextTurn, type Turn, turnAt, turnBounds } from "../index.ts";

const winner = `0x${"01".repeat(20)}` as const;
const backup = `0x${"02".repeat(20)}` as const;
const other = `0x${"03".repeat(20)}` as const;
const times: AwardTimes = {
  ...{ winner, backup, from: 1_000, turnSeconds: 10, submitWindowSeconds: 100 },
};

test.each<[number, Turn]>([
  [999, "early"],
  [1_000, "winner"],
  [1_009, "winner"],
  [1_010, "backup"],
  [1_019, "backup"],
  [1_020, "open"],
  [1_099, "open"],
  // A claim of second 1,000 is overdue, and one of second 1,009 will be.
  [1_100, "backup"],
  [1_119, "backup"],
  [1_120, "open"],
])("second %d is the turn of: %s", (second, turn) => {
  expect(turnAt(times, second)).toBe(turn);
});

test("without a backup it is everybody's turn after the winner's", () => {
  const alone = { ...times, backup: zeroAddress };
  expect([1_009, 1_010, 1_105].map((second) => turnAt(alone, second))).toEqual([
    ...["winner", "open", "open"],
  ]);
  expect(nextTurn(alone, zeroAddress, 0)).toBe(1_010);
});

test("everybody knows its next turn, and when a turn ends", () => {
  expect([winner, backup, other].map((one) => nextTurn(times, one, 0))).toEqual([
    ...[1_000, 1_010, 1_020],
  ]);
  expect([winner, backup, other].map((one) => nextTurn(times, one, 1_012))).toEqual([
    ...[1_020, 1_012, 1_020],
  ]);
  expect([winner, backup, other].map((one) => nextTurn(times, one, 1_100))).toEqual([
    ...[1_120, 1_100, 1_120],
  ]);
  expect(nextTurn(times, other, 5_000)).toBe(5_000);
  expect([1_003, 1_012, 1_050, 1_101].map((second) => turnBounds(times, second))).toEqual([
    { first: 1_000, last: 1_009 },
    { first: 1_010, last: 1_019 },
    { first: 1_020, last: 1_099 },
    { first: 1_100, last: 1_119 },
  ]);
  expect(turnBounds(times, 1_120)).toEqual({ first: 1_120, last: Number.POSITIVE_INFINITY });
  expect(turnBounds(times, 5)).toEqual({ first: Number.NEGATIVE_INFINITY, last: 999 });
});

test("a time to submit that is shorter than two turns leaves the backup no gap", () => {
  const short = { ...times, submitWindowSeconds: 15 };
  expect(turnBounds(short, 1_012)).toEqual({ first: 1_010, last: 1_034 });
  expect(nextTurn(short, other, 0)).toBe(1_035);
});
