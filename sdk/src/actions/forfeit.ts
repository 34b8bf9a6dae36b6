import type { MarketContext } from "../clients/marketContext.ts";
import type { ContractErrorOf } from "../errors/contract.ts";
import type { JobTerms } from "../types/job.ts";
import type { Slash } from "./resolve.ts";
import {
  eventOf,
  transactionOf,
  type WriteErrorType,
  type WriteParameters,
  type WriteReturnType,
  write,
} from "./write.ts";

export interface ForfeitParameters extends WriteParameters {
  terms: JobTerms;
  batch: number;
}

export interface ForfeitReturnType extends WriteReturnType {
  slash: Slash;
}

export type ForfeitErrorType =
  | WriteErrorType
  | ContractErrorOf<"Marketplace_NotOverdue" | "Marketplace_WrongStatus">;

/** Ends a demand that was not answered in time: the worker was wrong. Anyone may. */
export async function forfeit(
  client: MarketContext,
  { terms, batch, signal }: ForfeitParameters,
): Promise<ForfeitReturnType> {
  const call = { functionName: "forfeit", args: [terms, batch] } as const;
  const written = await write(client, call, { signal });
  const event = eventOf(client, written, "WorkerSlashed");
  const { slashed, burned, reward, compensation } = event;
  return { ...transactionOf(written), slash: { slashed, burned, reward, compensation } };
}
