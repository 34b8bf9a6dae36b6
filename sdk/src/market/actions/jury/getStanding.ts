import type { Address } from "viem";
import { type DisputeId, Ruling } from "../../../protocol/dispute/dispute.ts";
import type { ReadParameters } from "../../chain/read.ts";
import type { JuryContext } from "../../context/marketContext.ts";
import { ChainDataError } from "../../errors/market.ts";
import { readJury } from "./call.ts";

export interface GetStandingParameters extends ReadParameters {
  id: DisputeId;
}

const stages = [
  "none",
  "drawing",
  "committing",
  "revealing",
  "stalled",
  "appealable",
  "final",
  "settled",
] as const;

/** Where a dispute stands with a jury; `none`: it was never opened. */
export type Stage = (typeof stages)[number];

export interface GetStandingReturnType {
  stage: Stage;
  /** Unix seconds at which this stage ends by itself; 0 if it does not. */
  endsAt: number;
  /** Index of the current panel: 0 the first, 1 its replacement, 2 the appeal, 3 its replacement. */
  panel: number;
  /** How often randomness was asked for, for the current panel. */
  requests: number;
  /** What the source of randomness calls that of the current panel. */
  randomness: bigint;
  /** Unix seconds. */
  requestedAt: number;
  /** While appealable the first panel's; final in the last two stages; none before. */
  ruling: Ruling;
  /** Whether a majority stands behind the ruling. */
  decided: boolean;
  /** Who paid for the appeal; the zero address if nobody. */
  appellant: Address;
}

export type GetStandingErrorType = ChainDataError;

/** Reads the stage of a dispute at the latest block. */
export async function getStanding(
  client: JuryContext,
  { id, ...options }: GetStandingParameters,
): Promise<GetStandingReturnType> {
  const standing = await readJury(client, "standing", [id], options);
  const stage = stages[standing.stage];
  const ruling = Object.values(Ruling).find((known) => known === standing.ruling);
  if (stage === undefined || ruling === undefined) {
    throw new ChainDataError(
      `dispute ${id} has stage ${standing.stage}, ruling ${standing.ruling}`,
    );
  }
  return { ...standing, stage, ruling };
}
