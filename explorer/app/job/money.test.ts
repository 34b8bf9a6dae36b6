import { expect, test } from "vitest";
import { balanceOf, slashesOf } from "./money.ts";

const terms = { taskCount: 5, batchSize: 2, rewardPerTask: 10n };
const batch = (batch: number, status: string) => ({ batch, status });

function balance(statuses: string[], events: object[], isCancelled = false) {
  return balanceOf(terms as never, {
    ...{ isCancelled, events: events as never },
    batches: statuses.map((status, index) => batch(index, status)) as never,
  });
}

test("what is held follows from the batches, and the balance closes", () => {
  expect(balance(["open", "claimed", "submitted"], [])).toMatchObject({
    ...{ paidIn: 50n, paidOut: 0n, held: 50n, difference: 0n },
  });
  const settled = { type: "batchSettled", worker: "0x1", reward: 20n };
  const refunded = { type: "batchRefunded", amount: 10n };
  expect(balance(["settled", "questioned", "void"], [settled, refunded])).toMatchObject({
    ...{ paidOut: 20n, cameBack: 10n, held: 20n, difference: 0n },
  });
});

test("open batches of a cancelled job hold nothing", () => {
  const cancelled = { type: "jobCancelled", refund: 30n };
  expect(balance(["open", "claimed", "open"], [cancelled], true)).toMatchObject({
    ...{ cameBack: 30n, held: 20n, difference: 0n },
  });
});

test("money that is missing is shown", () => {
  expect(balance(["settled", "settled", "settled"], []).difference).toBe(50n);
});

test("a slash is shared out without a rest", () => {
  const shares = { slashed: 50n, burned: 10n, reward: 12n, reserved: 3n, compensation: 25n };
  const { slashed, burned, toAskers, reserved, toRequester } = slashesOf([
    { type: "workerSlashed", ...shares } as never,
  ]);
  expect(burned + toAskers + reserved + toRequester).toBe(slashed);
});
