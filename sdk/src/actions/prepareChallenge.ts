import type { Hex } from "viem";
import type { MarketContext } from "../clients/marketContext.ts";
import {
  transactionOf,
  type WriteErrorType,
  type WriteParameters,
  type WriteReturnType,
  write,
} from "./write.ts";

export interface PrepareChallengeParameters extends WriteParameters {
  /** See `challengeCommitment`. */
  commitment: Hex;
}

export type PrepareChallengeReturnType = WriteReturnType;

export type PrepareChallengeErrorType = WriteErrorType;

/** The first step of a challenge, at least one block before the second: so nobody who sees the second can bring it first. */
export async function prepareChallenge(
  client: MarketContext,
  { commitment, signal }: PrepareChallengeParameters,
): Promise<PrepareChallengeReturnType> {
  const call = { functionName: "prepareChallenge", args: [commitment] } as const;
  return transactionOf(await write(client, call, { signal }));
}
