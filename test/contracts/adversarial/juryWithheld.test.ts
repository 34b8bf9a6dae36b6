/** L-5: from which share of the tickets on it pays to serve a withheld result to one juror alone. `jury.test.ts` plays single disputes. */
import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { parametersOfBase } from "./juryMarket.ts";

const { Marketplace: market, JuryArbiter: jury } = await parametersOfBase();
const bps = (amount: number, part: number) => (amount * part) / 10_000;
const ether = (wei: bigint) => Number(wei) / 1e18;

const fee = jury.jurySize * ether(jury.seatFeeWei);
const minority = bps(ether(jury.ticketWei), jury.minoritySlashBps);

/** The best that an attacker makes of a panel of three on which it has `own` seats, in ether; it is all three parties. */
function best(own: number, stake: number, shared: boolean): number {
  const burned = bps(bps(stake, market.slashBps), market.burnBps);
  const bond = bps(stake, market.challengeBondBps);
  const earned = (fee * own) / 3;
  // Nobody is served, and all say that the worker is wrong; or all are, and say that it is right.
  const options = [earned - burned - fee, earned - bond / 2 - fee];
  // One honest juror is served, and is in the minority: if two seats of three are the attacker's, or if it keeps it to itself.
  if (own === 2 || (own === 1 && !shared))
    options.push(((fee + minority) * own) / 2 - burned - fee);
  return Math.max(...options);
}

/** On average, with a share of a large pool. */
function gain(share: number, stake: number, shared: boolean): number {
  return [1, 3, 3, 1].reduce(
    (sum, ways, own) =>
      sum + ways * share ** own * (1 - share) ** (3 - own) * best(own, stake, shared),
    0,
  );
}

/** The share from which on it pays, in per cent, if that is below a half. */
function breakEven(stake: number, shared: boolean): string {
  if (gain(0.5, stake, shared) <= 0) return "none below 50 %";
  let [low, high] = [0, 0.5];
  while (high - low > 1e-6) {
    const middle = (low + high) / 2;
    if (gain(middle, stake, shared) > 0) high = middle;
    else low = middle;
  }
  return `${(100 * low).toFixed(1)} %`;
}

it("is what docs/jury.md says, from the least stake on", async () => {
  const docs = await readFile(new URL("../../../docs/jury.md", import.meta.url), "utf8");
  expect(ether(market.minStakePerBatch)).toBe(0.005);
  for (const stake of [0.005, 0.01, 0.02, 0.05]) {
    const row = `| ${stake} ETH | ${breakEven(stake, false)} | ${breakEven(stake, true)} |`;
    console.log(row);
    expect(docs).toContain(row);
  }
});

it("never pays with a share of a tenth", () => {
  for (const stake of [0.005, 0.01, 0.02, 0.05, 1]) {
    for (const shared of [false, true]) expect(gain(0.1, stake, shared)).toBeLessThan(0);
  }
});
