import type { JobTerms } from "../../../protocol/job/job.ts";
import {
  eventsOf,
  transactionOf,
  type WriteErrorType,
  type WriteParameters,
  type WriteReturnType,
  write,
} from "../../chain/write.ts";
import type { MarketContext } from "../../context/marketContext.ts";
import type { ContractErrorOf } from "../../errors/contract.ts";

export interface SettleParameters extends WriteParameters {
  terms: JobTerms;
  /** Batches of any workers; those that are settled already are passed over. */
  batches: readonly number[];
}

export interface SettleReturnType extends WriteReturnType {
  /** What this call credited to all workers together, in the token's smallest unit. */
  paid: bigint;
}

export type SettleErrorType =
  | WriteErrorType
  | ContractErrorOf<"Marketplace_ChallengeWindowOpen" | "Marketplace_WrongStatus">;

/** Pays for batches whose challenge window is over. Anyone may. */
export async function settle(
  client: MarketContext,
  { terms, batches, signal }: SettleParameters,
): Promise<SettleReturnType> {
  const call = { functionName: "settle", args: [terms, batches] } as const;
  const written = await write(client, call, { signal });
  const events = eventsOf(client, written, "BatchSettled");
  return { ...transactionOf(written), paid: events.reduce((sum, { reward }) => sum + reward, 0n) };
}
