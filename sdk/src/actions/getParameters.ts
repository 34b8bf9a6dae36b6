import type { MarketContext } from "../clients/marketContext.ts";
import { type ReadParameters, read } from "./read.ts";

export type GetParametersParameters = ReadParameters;

/** The rules of a deployment, fixed for ever; `docs/protocol.md` §4 has their bounds. */
export interface GetParametersReturnType {
  unbondingSeconds: number;
  minChallengeWindowSeconds: number;
  maxChallengeWindowSeconds: number;
  maxSubmitWindowSeconds: number;
  /** Wei. */
  minStakePerBatch: bigint;
  /** Of the stake of a batch, in 1/10000. */
  expiryPenaltyBps: number;
}

/** viem's own, when the node is out of reach. */
export type GetParametersErrorType = Error;

/** What this Marketplace was deployed with. */
export async function getParameters(
  client: MarketContext,
  options: GetParametersParameters = {},
): Promise<GetParametersReturnType> {
  return read(client, "parameters", [], options);
}
