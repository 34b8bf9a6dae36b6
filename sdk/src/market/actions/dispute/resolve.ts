import type { Address } from "viem";
import { type Dispute, Ruling } from "../../../protocol/dispute/dispute.ts";
import type { JobTerms } from "../../../protocol/job/job.ts";
import {
  eventOf,
  eventsOf,
  transactionOf,
  type WriteErrorType,
  type WriteParameters,
  type WriteReturnType,
  write,
} from "../../chain/write.ts";
import type { MarketContext } from "../../context/marketContext.ts";
import type { ContractErrorOf } from "../../errors/contract.ts";
import { ChainDataError } from "../../errors/market.ts";
import { type Slash, slashOf } from "./slash.ts";

export interface ResolveParameters extends WriteParameters {
  terms: JobTerms;
  /** As the challenge told it. */
  dispute: Dispute;
}

export interface ResolveReturnType extends WriteReturnType {
  ruling: Ruling;
  /** If the worker was wrong, and the first to be so in the round: it is slashed once. */
  slash: Slash | undefined;
  /** If the round had ended: whose credit the arbiter's fee is, as far as it was set aside, in wei. */
  feeReturned: { account: Address; amount: bigint } | undefined;
}

export type ResolveErrorType =
  | WriteErrorType
  | ChainDataError
  | ContractErrorOf<"Marketplace_NotAsked" | "Marketplace_NotRuled" | "Marketplace_TooLittleGas">;

/**
 * Carries out an arbiter's ruling. Anyone may. An arbiter that was silent for too long is taken for undecided. A challenge whose round has
 * ended meanwhile is judged all the same: a challenger that was right gets bond and fee back, and no share.
 */
export async function resolve(
  client: MarketContext,
  { terms, dispute, signal }: ResolveParameters,
): Promise<ResolveReturnType> {
  const call = { functionName: "resolve", args: [terms, dispute] } as const;
  const written = await write(client, call, { signal });
  const { ruling: number } = eventOf(client, written, "ChallengeResolved");
  const ruling = Object.values(Ruling).find((known) => known === number);
  if (ruling === undefined) throw new ChainDataError(`a dispute has ruling ${number}`);
  const [returned] = eventsOf(client, written, "FeeReturned");
  const feeReturned = returned && { account: returned.account, amount: returned.amount };
  return { ...transactionOf(written), ruling, slash: slashOf(client, written), feeReturned };
}
