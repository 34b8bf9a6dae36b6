import type { Hex } from "viem";
import type { MarketContext } from "../clients/marketContext.ts";
import type { ContractErrorOf } from "../errors/contract.ts";
import type { Dispute, DisputeId, Ground, ResultLeaf } from "../types/dispute.ts";
import type { JobTerms } from "../types/job.ts";
import { getArbiterFee } from "./getArbiterFee.ts";
import { getParameters } from "./getParameters.ts";
import {
  eventOf,
  transactionOf,
  type WriteErrorType,
  type WriteParameters,
  type WriteReturnType,
  write,
} from "./write.ts";

export interface ChallengeParameters extends WriteParameters {
  terms: JobTerms;
  batch: number;
  /** What the worker says the task gave; see `toResultLeaf`. */
  leaf: ResultLeaf;
  /** The leaf's siblings, from below, under the batch's result root. */
  proof: readonly Hex[];
  /** The result root that is meant. */
  expectedRoot: Hex;
  ground: Ground;
  /** That of the commitment that was prepared. */
  salt: Hex;
}

export interface ChallengeReturnType extends WriteReturnType {
  id: DisputeId;
  /** What `resolve` takes, and the arbiter's calls. */
  dispute: Dispute;
}

export type ChallengeErrorType =
  | WriteErrorType
  | ContractErrorOf<
      | "Marketplace_ChallengeWindowOver"
      | "Marketplace_NoArbiter"
      | "Marketplace_NoSuchTask"
      | "Marketplace_NotPrepared"
      | "Marketplace_WrongGround"
      | "Marketplace_WrongLeaf"
      | "Marketplace_WrongRoot"
      | "Marketplace_WrongStatus"
      | "Marketplace_WrongValue"
    >;

const BPS = 10_000n;

/**
 * Puts one task of a submitted batch to the job's arbiter. The bond and the arbiter's fee are sent along; both come back, with a
 * part of the worker's stake, if the arbiter says that the worker is wrong.
 */
export async function challenge(
  client: MarketContext,
  { terms, batch, leaf, proof, expectedRoot, ground, salt, signal }: ChallengeParameters,
): Promise<ChallengeReturnType> {
  const [{ challengeBondBps }, fee] = await Promise.all([
    getParameters(client, { signal }),
    getArbiterFee(client, { arbiter: terms.arbiter, signal }),
  ]);
  const bond = (terms.stakePerBatch * BigInt(challengeBondBps)) / BPS;
  const call = {
    functionName: "challenge",
    args: [terms, batch, leaf, proof, expectedRoot, ground, salt],
    value: bond + fee,
  } as const;
  const written = await write(client, call, { signal });
  const { id, dispute } = eventOf(client, written, "BatchChallenged");
  return { ...transactionOf(written), id, dispute };
}
