import type { Address } from "viem";
import type { ReadParameters } from "../../chain/read.ts";
import type { JuryContext } from "../../context/marketContext.ts";
import { readJury } from "./call.ts";

export type GetJuryParametersParameters = ReadParameters;

/** The rules of a jury, fixed for ever. Times are seconds, amounts wei, shares 1/10000. */
export interface GetJuryParametersReturnType {
  /** Whose disputes it decides. */
  marketplace: Address;
  randomness: Address;
  /** The unit of juror stake: every seat locks one. */
  ticketWei: bigint;
  seatFeeWei: bigint;
  /** Seats of the first panel; where there are fewer tickets, there are fewer. */
  jurySize: number;
  noShowSlashBps: number;
  minoritySlashBps: number;
  /** Stake counts from the next epoch on; a draw must be executed within one of its request. */
  epochSeconds: number;
  commitSeconds: number;
  revealSeconds: number;
  appealSeconds: number;
  unbondingSeconds: number;
}

/** viem's own errors when the node is unreachable. */
export type GetJuryParametersErrorType = Error;

/** What this jury was deployed with. */
export async function getJuryParameters(
  client: JuryContext,
  options: GetJuryParametersParameters = {},
): Promise<GetJuryParametersReturnType> {
  return readJury(client, "parameters", [], options);
}
