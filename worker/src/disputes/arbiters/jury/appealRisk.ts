import type { GetJuryParametersReturnType } from "@assay/sdk";
import {
  challengerShare,
  type MarketParameters,
  type Risk,
  type StakeTerms,
  shareOf,
} from "../../risk/risk.ts";
import type { Party } from "../arbiter.ts";

/** Gas of an appeal and of withdrawing what it brings. `bench/gas` measures it. */
const APPEAL_GAS = 320_000n;

/** Seats that are a majority of a panel. */
const majority = (seats: number) => BigInt(Math.floor(seats / 2) + 1);

/**
 * An appeal of a party that is right against a ruling that says otherwise. If it overturns the ruling, the fee comes back, as far as
 * what the first panel's majority loses reaches.
 */
export function riskOfAppeal(
  party: Party,
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
    terms: StakeTerms;
    /** The batch's reward. */
    rewardWei: bigint;
    /** The challenger's bond. */
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
      : challengerShare(terms, parameters, feeWei) +
        feeWei +
        (against ? bondWei : bondWei - halfWei);
  const slashes = majority(jury.jurySize) * shareOf(jury.ticketWei, jury.minoritySlashBps);
  const unpaid = slashes < appealFeeWei ? appealFeeWei - slashes : 0n;
  return {
    gainWei: ownWei - unpaid,
    lossWei: appealFeeWei,
    gasWei: APPEAL_GAS * gasPriceWei,
  };
}
