import type { MarketContext } from "../clients/marketContext.ts";
import type { ContractErrorOf } from "../errors/contract.ts";
import { ChainDataError } from "../errors/market.ts";
import { type Dispute, Ruling } from "../types/dispute.ts";
import type { JobTerms } from "../types/job.ts";
import { type Slash, slashOf } from "./slash.ts";
import {
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

export interface ResolveReturnType extends WriteReturnType {
  /** `undefined` when the batch was taken from its worker on another question: then the bond went back, whatever the ruling. */
  ruling: Ruling | undefined;
  /** If the worker was wrong. */
  slash: Slash | undefined;
}

export type ResolveErrorType =
  | WriteErrorType
  | ChainDataError
  | ContractErrorOf<"Marketplace_NotAsked" | "Marketplace_NotRuled" | "Marketplace_TooLittleGas">;

/** Carries out an arbiter's ruling. Anyone may. An arbiter that was silent for too long is taken for undecided. */
export async function resolve(
  client: MarketContext,
  { terms, dispute, signal }: ResolveParameters,
): Promise<ResolveReturnType> {
  const call = { functionName: "resolve", args: [terms, dispute] } as const;
  const written = await write(client, call, { signal });
  const [resolved] = eventsOf(client, written, "ChallengeResolved");
  const transaction = transactionOf(written);
  if (resolved === undefined) return { ...transaction, ruling: undefined, slash: undefined };
  const ruling = Object.values(Ruling).find((known) => known === resolved.ruling);
  if (ruling === undefined) throw new ChainDataError(`a dispute has ruling ${resolved.ruling}`);
  return { ...transaction, ruling, slash: slashOf(client, written) };
}
