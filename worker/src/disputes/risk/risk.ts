import type { GetJuryParametersReturnType, GetParametersReturnType, JobTerms } from "@assay/sdk";
import type { Policy } from "../../jobs/policy.ts";

const BPS = 10_000n;
/** Majority of a jury, in seats, of `n`. */
const majority = (seats: number) => BigInt(Math.floor(seats / 2) + 1);

/** What a step may bring and cost, in wei. */
export interface Risk {
  /** If jurors see what this node sees. */
  gainWei: bigint;
  /** If they do not. */
  lossWei: bigint;
  /** Either way. */
  gasWei: bigint;
}

/**
 * Gas of a challenge: to prepare, to ask, to have it resolved and to withdraw; of a demand: to prepare, to ask, to forfeit and to
 * withdraw; of an appeal and what it brings. `bench/gas` measures them.
 */
export const GAS = { challenge: 400_000n, demand: 320_000n, appeal: 320_000n } as const;

type MarketParameters = Pick<
  GetParametersReturnType,
  "burnBps" | "challengeBondBps" | "challengerShareBps" | "demandBondBps" | "slashBps"
>;
type Terms = Pick<JobTerms, "stakePerBatch">;

const shareOf = (amount: bigint, bps: number) => (amount * BigInt(bps)) / BPS;

/** What is left of a slash for the challenger, besides the arbiter's fee; `docs/protocol.md`, section 5. */
function reward({ stakePerBatch }: Terms, parameters: MarketParameters, feeWei: bigint): bigint {
  const slash = shareOf(stakePerBatch, parameters.slashBps);
  const left = slash - shareOf(slash, parameters.burnBps);
  const repaid = feeWei < left ? feeWei : left;
  return shareOf(left - repaid, parameters.challengerShareBps) + repaid - feeWei;
}

/** Wei of bond that a first challenge locks: what has to be prepared at least for any question. */
export function challengeBond({ stakePerBatch }: Terms, parameters: MarketParameters): bigint {
  return shareOf(stakePerBatch, parameters.challengeBondBps);
}

/** Wei that challenge `number` of a round takes, bond and fee: the square of it times what the first does. */
export function challengeValue(
  terms: Terms,
  parameters: MarketParameters,
  { number, feeWei }: { number: number; feeWei: bigint },
): bigint {
  return BigInt(number) ** 2n * (challengeBond(terms, parameters) + feeWei);
}

/** Wei that demand `number` of a round takes: as many times what the first does. */
export function demandValue(
  { stakePerBatch }: Terms,
  parameters: MarketParameters,
  number: number,
): bigint {
  return BigInt(number) * shareOf(stakePerBatch, parameters.demandBondBps);
}

export function riskOfChallenge(
  terms: Terms,
  parameters: MarketParameters,
  { number, feeWei, gasPriceWei }: { number: number; feeWei: bigint; gasPriceWei: bigint },
): Risk {
  return {
    gainWei: reward(terms, parameters, feeWei),
    lossWei: challengeValue(terms, parameters, { number, feeWei }),
    gasWei: GAS.challenge * gasPriceWei,
  };
}

export function riskOfDemand(
  terms: Terms,
  parameters: MarketParameters,
  { number, gasPriceWei }: { number: number; gasPriceWei: bigint },
): Risk {
  return {
    gainWei: reward(terms, parameters, 0n),
    lossWei: demandValue(terms, parameters, number),
    gasWei: GAS.demand * gasPriceWei,
  };
}

/**
 * An appeal of a party that is right against a ruling that says otherwise. If it overturns the ruling, the fee comes back, as far as
 * what the first panel's majority loses reaches.
 */
export function riskOfAppeal(
  party: "worker" | "challenger",
  {
    terms,
    rewardWei,
    bondWei,
    parameters,
    jury,
    ruled,
    feeWei,
    appealFeeWei,
    gasPriceWei,
  }: {
    terms: Terms;
    /** What the batch pays. */
    rewardWei: bigint;
    /** What the challenger has locked. */
    bondWei: bigint;
    parameters: MarketParameters;
    jury: Pick<GetJuryParametersReturnType, "jurySize" | "minoritySlashBps" | "ticketWei">;
    /** Whether the first panel decided against the party, or not at all. */
    ruled: "against" | "undecided";
    feeWei: bigint;
    appealFeeWei: bigint;
    gasPriceWei: bigint;
  },
): Risk {
  const against = ruled === "against";
  // Half of a bond is burned unless the worker is wrong. Undecided, the batch goes on, and the other half is the challenger's.
  const halfWei = bondWei / 2n;
  const ownWei =
    party === "worker"
      ? halfWei + (against ? rewardWei + shareOf(terms.stakePerBatch, parameters.slashBps) : 0n)
      : reward(terms, parameters, feeWei) + feeWei + (against ? bondWei : bondWei - halfWei);
  const slashes = majority(jury.jurySize) * shareOf(jury.ticketWei, jury.minoritySlashBps);
  const unpaid = slashes < appealFeeWei ? appealFeeWei - slashes : 0n;
  return {
    gainWei: ownWei - unpaid,
    lossWei: appealFeeWei,
    gasWei: GAS.appeal * gasPriceWei,
  };
}

/** Why a step is not worth what it costs; `undefined` if it is. */
export function refusalOfRisk(
  { gainWei, lossWei, gasWei }: Risk,
  { trustInJurors, maxDisputeGasShare }: Pick<Policy, "trustInJurors" | "maxDisputeGasShare">,
): string | undefined {
  const right = BigInt(Math.round(trustInJurors * Number(BPS)));
  const expectedWei = (gainWei * right - lossWei * (BPS - right)) / BPS;
  if (expectedWei <= 0n) return "what may be lost outweighs what may be gained";
  const mostGas = (expectedWei * BigInt(Math.round(maxDisputeGasShare * Number(BPS)))) / BPS;
  if (gasWei > mostGas) return "gas would take too much of what may be gained";
  return undefined;
}
