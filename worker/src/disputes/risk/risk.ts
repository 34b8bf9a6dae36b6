import type { GetParametersReturnType, JobTerms } from "@assay/sdk";
import type { Policy } from "../../jobs/policy.ts";

const BPS = 10_000n;

/** Gain and loss that a step may bring, in wei. */
export interface Risk {
  /** If the arbiter finds what this node finds. */
  gainWei: bigint;
  /** If it does not. */
  lossWei: bigint;
  /** Either way. */
  gasWei: bigint;
}

/**
 * Gas of a challenge: to prepare, to ask, to have it resolved and to withdraw; of a demand: to prepare, to ask, to forfeit and to
 * withdraw. `bench/gas` measures them.
 */
const GAS = { challenge: 400_000n, demand: 320_000n } as const;

export type MarketParameters = Pick<
  GetParametersReturnType,
  "burnBps" | "challengeBondBps" | "challengerShareBps" | "demandBondBps" | "slashBps"
>;
export type StakeTerms = Pick<JobTerms, "stakePerBatch">;

export const shareOf = (amount: bigint, bps: number) => (amount * BigInt(bps)) / BPS;

/** The challenger's part of a slash, besides the arbiter's fee; `docs/protocol.md`, section 5. */
export function challengerShare(
  { stakePerBatch }: StakeTerms,
  parameters: MarketParameters,
  feeWei: bigint,
): bigint {
  const slash = shareOf(stakePerBatch, parameters.slashBps);
  const left = slash - shareOf(slash, parameters.burnBps);
  const repaid = feeWei < left ? feeWei : left;
  return shareOf(left - repaid, parameters.challengerShareBps) + repaid - feeWei;
}

/** Wei of bond that a first challenge locks: what has to be prepared at least for any question. */
export function challengeBond({ stakePerBatch }: StakeTerms, parameters: MarketParameters): bigint {
  return shareOf(stakePerBatch, parameters.challengeBondBps);
}

/** Wei that challenge `number` of a round takes, bond and fee: the square of it times what the first does. */
export function challengeValue(
  terms: StakeTerms,
  parameters: MarketParameters,
  { number, feeWei }: { number: number; feeWei: bigint },
): bigint {
  return BigInt(number) ** 2n * (challengeBond(terms, parameters) + feeWei);
}

/** Wei that demand `number` of a round takes: as many times what the first does. */
export function demandValue(
  { stakePerBatch }: StakeTerms,
  parameters: MarketParameters,
  number: number,
): bigint {
  return BigInt(number) * shareOf(stakePerBatch, parameters.demandBondBps);
}

export function riskOfChallenge(
  terms: StakeTerms,
  parameters: MarketParameters,
  {
    number,
    feeWei,
    gasPriceWei,
    arbiterGas = 0n,
  }: {
    number: number;
    feeWei: bigint;
    gasPriceWei: bigint;
    /** Gas of the challenger's own steps before the arbiter. */
    arbiterGas?: bigint | undefined;
  },
): Risk {
  return {
    gainWei: challengerShare(terms, parameters, feeWei),
    lossWei: challengeValue(terms, parameters, { number, feeWei }),
    gasWei: (GAS.challenge + arbiterGas) * gasPriceWei,
  };
}

export function riskOfDemand(
  terms: StakeTerms,
  parameters: MarketParameters,
  { number, gasPriceWei }: { number: number; gasPriceWei: bigint },
): Risk {
  return {
    gainWei: challengerShare(terms, parameters, 0n),
    lossWei: demandValue(terms, parameters, number),
    gasWei: GAS.demand * gasPriceWei,
  };
}

/**
 * The reason why a step is not worth its costs; `undefined` if it is.
 * @param trust - chance, 0 to 1, that the arbiter finds what this node finds.
 */
export function refusalOfRisk(
  { gainWei, lossWei, gasWei }: Risk,
  { trust, maxDisputeGasShare }: { trust: number } & Pick<Policy, "maxDisputeGasShare">,
): string | undefined {
  const right = BigInt(Math.round(trust * Number(BPS)));
  const expectedWei = (gainWei * right - lossWei * (BPS - right)) / BPS;
  if (expectedWei <= 0n) return "what may be lost outweighs what may be gained";
  const mostGas = (expectedWei * BigInt(Math.round(maxDisputeGasShare * Number(BPS)))) / BPS;
  if (gasWei > mostGas) return "gas would take too much of what may be gained";
  return undefined;
}
