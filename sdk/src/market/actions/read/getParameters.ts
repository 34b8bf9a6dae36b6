import { type ReadParameters, read } from "../../chain/read.ts";
import type { MarketContext } from "../../context/marketContext.ts";

export type GetParametersParameters = ReadParameters;

/** The rules of a deployment, fixed for ever; `docs/protocol.md` §4 has their bounds. */
export interface GetParametersReturnType {
  unbondingSeconds: number;
  minChallengeWindowSeconds: number;
  maxChallengeWindowSeconds: number;
  maxSubmitWindowSeconds: number;
  /** Seconds that a worker has to show a leaf that was demanded. */
  responseWindowSeconds: number;
  /** Seconds from a challenge after which an arbiter's silence counts as undecided. */
  disputeTimeoutSeconds: number;
  /** Wei. */
  minStakePerBatch: bigint;
  /** What an expired claim costs, of the stake of a batch, in 1/10000. */
  expiryPenaltyBps: number;
  /** What giving back a claimed batch costs at least, of its stake, in 1/10000: it grows with the time held, up to an expiry's. */
  releaseFeeBps: number;
  /** What a worker that was wrong loses, of the stake of a batch, in 1/10000. */
  slashBps: number;
  /** What of a slash nobody gets, in 1/10000. */
  burnBps: number;
  /** What of the rest, after the arbiter's fee, the challenger gets, in 1/10000; the remainder is the requester's. */
  challengerShareBps: number;
  /** What the first challenger of a round locks, of the stake of a batch, in 1/10000; the n-th locks n² times as much. */
  challengeBondBps: number;
  /** What the first demand of a round takes, of the stake of a batch, in 1/10000; the n-th takes n times as much. */
  demandBondBps: number;
}

/** viem's own errors when the node is unreachable. */
export type GetParametersErrorType = Error;

/** Reads the parameters that this Marketplace was deployed with. */
export async function getParameters(
  client: MarketContext,
  options: GetParametersParameters = {},
): Promise<GetParametersReturnType> {
  return read(client, "parameters", [], options);
}
