import type { JobTerms } from "../../../protocol/job/job.ts";
import {
  transactionOf,
  type WriteErrorType,
  type WriteParameters,
  type WriteReturnType,
  write,
} from "../../chain/write.ts";
import type { MarketContext } from "../../context/marketContext.ts";
import type { ContractErrorOf } from "../../errors/contract.ts";
import { type Slash, slashOf } from "./slash.ts";

export interface ForfeitParameters extends WriteParameters {
  terms: JobTerms;
  batch: number;
  /** Of the demand. */
  round: number;
  number: number;
}

export interface ForfeitReturnType extends WriteReturnType {
  /** `undefined` when the batch was taken from its worker on another question: then the bond alone went back. */
  slash: Slash | undefined;
}

export type ForfeitErrorType =
  | WriteErrorType
  | ContractErrorOf<"Marketplace_NotAsked" | "Marketplace_NotOverdue">;

/**
 * Ends a demand that was not answered in time: the worker was wrong, and the asker gets its bond and at most twice that of a first demand.
 * Or one of an earlier round, which is void. Anyone may.
 */
export async function forfeit(
  client: MarketContext,
  { terms, batch, round, number, signal }: ForfeitParameters,
): Promise<ForfeitReturnType> {
  const call = { functionName: "forfeit", args: [terms, batch, round, number] } as const;
  const written = await write(client, call, { signal });
  return { ...transactionOf(written), slash: slashOf(client, written) };
}
