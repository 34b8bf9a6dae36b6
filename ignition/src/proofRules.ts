import type { Parameters } from "./parameters.ts";

const BPS = 10_000n;

/** The rules of a Marketplace that a ProofArbiter has to fit. */
interface MarketRules {
  disputeTimeoutSeconds: number;
  minStakePerBatch: bigint;
  slashBps: number;
  burnBps: number;
}

/** What the least slash leaves, once its burned part is gone: out of it a challenger that is right has its fee back. In wei. */
export function leastSlash({ minStakePerBatch, slashBps, burnBps }: MarketRules): bigint {
  const slashed = (minStakePerBatch * BigInt(slashBps)) / BPS;
  return slashed - (slashed * BigInt(burnBps)) / BPS;
}

/**
 * Why a ProofArbiter does not fit its Marketplace, which no constructor can see; `undefined` when it does.
 * @param rules - of every module, by its name.
 */
export function proofRefusal(rules: Parameters): string | undefined {
  const market = rules.Marketplace as unknown as MarketRules;
  const { feeWei, clockSeconds } = (rules.ProofArbiter ?? {}) as Record<string, number | bigint>;
  const [fee, clocks] = [BigInt(feeWei ?? 0), 2n * BigInt(clockSeconds ?? 0)];
  if (clocks >= BigInt(market.disputeTimeoutSeconds)) {
    return `clockSeconds is ${clockSeconds}: both clocks together have to be shorter than disputeTimeoutSeconds, ${market.disputeTimeoutSeconds}`;
  }
  const most = leastSlash(market);
  if (fee > most) return `feeWei is ${fee}, and the least slash pays back ${most} wei`;
  return undefined;
}
