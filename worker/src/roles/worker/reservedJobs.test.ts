import type { Award, JobTerms, Offer } from "@assay/sdk";
import { type zeroAddress, zeroHash } from "viem";
import { expect, test } from "vitest";
import type { OfferRecord } from "../../store/offerStore.ts";
import type { ClaimTurns } from "./claimTurns.ts";
import { awardWaitMs, withAwards } from "./reservedJobs.ts";

const winner = `0x${"01".repeat(20)}` as const;
const backup = `0x${"02".repeat(20)}` as const;
const other = `0x${"03".repeat(20)}` as const;
const job = `0x${"cd".repeat(32)}` as const;
const terms = { minScore: 0x8000, submitWindowSeconds: 100 } as JobTerms;
const award: Award = {
  ...{ offer: zeroHash, firstBatch: 1, batchCount: 2, winner, backup, reward: 1n, from: 1_000 },
  bid: zeroHash,
};
const known = {
  offer: { turnSeconds: 10, terms } as Offer,
  award: { award, signature: "0x", winnerPeer: "w", backupPeer: "b" },
} as unknown as OfferRecord;

const wait = (account: typeof winner | typeof zeroAddress, second: number, rankMs = 0) =>
  awardWaitMs(known, { batch: 1, rankMs }, { account: account as typeof winner, second });

test("winner, backup and all others wait for their turns, the others one after the other", () => {
  expect([wait(winner, 990), wait(backup, 990), wait(other, 990, 4_500)]).toEqual([
    ...[10_000, 20_000, 34_500],
  ]);
  expect([wait(winner, 1_003), wait(backup, 1_012), wait(other, 1_022, 4_500)]).toEqual([
    ...[0, 0, 2_500],
  ]);
  expect(wait(other, 1_050, 4_500)).toBe(0);
});

test("a turn that is nearly over is let pass: a claim that is mined too late reverts", () => {
  expect(wait(winner, 1_006)).toBe(0);
  expect(wait(winner, 1_008)).toBe(12_000);
  expect(wait(backup, 1_018)).toBe(2_000);
});

test("a claim of the winner that died is the backup's first, and everybody's after it", () => {
  expect([wait(backup, 1_099), wait(other, 1_099, 4_500)]).toEqual([1_000, 25_500]);
  expect([wait(backup, 1_110), wait(winner, 1_110)]).toEqual([0, 10_000]);
});

test("batches that were not awarded, or of an offer without an award, are nobody's", () => {
  const at = { account: winner, second: 1_000 } as const;
  for (const batch of [0, 3]) {
    expect(awardWaitMs(known, { batch, rankMs: 0 }, at)).toBe(Number.POSITIVE_INFINITY);
  }
  const unknown = { ...known, award: undefined };
  expect(awardWaitMs(unknown, { batch: 1, rankMs: 0 }, at)).toBe(Number.POSITIVE_INFINITY);
});

test("the order of claims says nothing of reserved jobs, and everything of others", () => {
  const plain: ClaimTurns = {
    async refresh() {},
    inOrder: (_, batches) => batches.map((batch) => ({ batch, rankMs: 0, waitMs: 7 })),
  };
  const turnsOf = (minScore: number, offer?: OfferRecord) =>
    withAwards(plain, {
      store: {
        job: () => ({ terms: { ...terms, minScore } }) as ReturnType<OfStore["job"]>,
        offerOf: () => offer,
      },
      ...{ account: backup, chainTime: () => 1_004 },
    }).inOrder(job, [0, 1]);
  expect(turnsOf(0).map(({ waitMs }) => waitMs)).toEqual([7, 7]);
  expect(turnsOf(0x8000, known).map(({ waitMs }) => waitMs)).toEqual([
    Number.POSITIVE_INFINITY,
    6_000,
  ]);
  // Nobody told this node of the award.
  expect(turnsOf(0x8000)).toEqual([]);
});

type OfStore = Parameters<typeof withAwards>[1]["store"];
