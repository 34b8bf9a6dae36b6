import type { MarketContext } from "../clients/marketContext.ts";
import type { ContractErrorOf } from "../errors/contract.ts";
import { ChainDataError } from "../errors/market.ts";
import { type Dispute, Ruling } from "../types/dispute.ts";
import type { JobTerms } from "../types/job.ts";
import {
  eventOf,
  eventsOf,
  transactionOf,
  type WriteErrorType,
  type WriteParameters,
  type WriteReturnType,
  write,
} from "./write.ts";

export interface ResolveParameters extends WriteParameters {
  terms: JobTerms;
  /** As the challenge told it. */
  dispute: Dispute;
}

/** Who got what of a worker's stake, in wei. */
export interface Slash {
  slashed: bigint;
  /** Out of everybody's reach. */
  burned: bigint;
  /** The challenger's, the arbiter's fee included; its bond comes on top. */
  reward: bigint;
  /** The requester's. */
  compensation: bigint;
}

export interface ResolveReturnType extends WriteReturnType {
  ruling: Ruling;
  /** If the worker was wrong. */
  slash: Slash | undefined;
}

export type ResolveErrorType =
  | WriteErrorType
  | ContractErrorOf<
      | "Marketplace_NotRuled"
      | "Marketplace_TooLittleGas"
      | "Marketplace_WrongDispute"
      | "Marketplace_WrongStatus"
    >;

/** Carries out an arbiter's ruling. Anyone may. An arbiter that was silent for too long is taken for undecided. */
export async function resolve(
  client: MarketContext,
  { terms, dispute, signal }: ResolveParameters,
): Promise<ResolveReturnType> {
  const call = { functionName: "resolve", args: [terms, dispute] } as const;
  const written = await write(client, call, { signal });
  const { ruling: number } = eventOf(client, written, "ChallengeResolved");
  const ruling = Object.values(Ruling).find((known) => known === number);
  if (ruling === undefined) throw new ChainDataError(`a dispute has ruling ${number}`);
  const [slash] = eventsOf(client, written, "WorkerSlashed");
  return { ...transactionOf(written), ruling, slash: slash && sharesOf(slash) };
}

function sharesOf({ slashed, burned, reward, compensation }: Slash): Slash {
  return { slashed, burned, reward, compensation };
}
