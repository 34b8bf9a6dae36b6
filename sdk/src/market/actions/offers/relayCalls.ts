import type { Address, Hex } from "viem";
import type { JobTerms } from "../../../protocol/job/job.ts";
import type { SignedCall } from "../../calls/rights.ts";
import {
  eventsOf,
  transactionOf,
  type WriteErrorType,
  type WriteParameters,
  type WriteReturnType,
} from "../../chain/write.ts";
import type { MarketContext } from "../../context/marketContext.ts";
import { offersEvents, writeOffers } from "../../offers/callOffers.ts";

export interface RelayCallsParameters extends WriteParameters {
  /** As `signCall` gives them. */
  calls: readonly { call: SignedCall; signature: Hex }[];
  /** The most gas that one call may use. Default: no limit. */
  gasEach?: bigint | undefined;
}

export interface RelayCallsReturnType extends WriteReturnType {
  /** The calls that failed, and did not keep the others from it. */
  failed: { account: Address; nonce: bigint }[];
}

export interface SettleManyParameters extends WriteParameters {
  /** Which batch of which job. */
  batches: readonly { terms: JobTerms; batch: number }[];
}

export interface SettleManyReturnType extends WriteReturnType {
  /** How many batches were settled. */
  settled: number;
}

export type RelayCallsErrorType = WriteErrorType;
export type SettleManyErrorType = WriteErrorType;

/** Brings calls that others signed, in one transaction, and pays the value that was signed. */
export async function relayCalls(
  client: MarketContext,
  { calls, gasEach = 0n, signal }: RelayCallsParameters,
): Promise<RelayCallsReturnType> {
  const value = calls.reduce((sum, { call }) => sum + call.value, 0n);
  const signatures = calls.map(({ signature }) => signature);
  const args = [calls.map(({ call }) => call), signatures, gasEach] as const;
  const written = await writeOffers(client, { functionName: "relay", args, value }, { signal });
  const failed = offersEvents(client, written).flatMap((event) =>
    event.eventName === "NotRelayed" ? [event.args] : [],
  );
  return { ...transactionOf(written), failed };
}

/** Settles a batch of each of many jobs in one transaction. One that cannot be settled does not keep the others from it. */
export async function settleMany(
  client: MarketContext,
  { batches, signal }: SettleManyParameters,
): Promise<SettleManyReturnType> {
  // None named is the first of each, for less calldata.
  const indices = batches.every(({ batch }) => batch === 0)
    ? []
    : batches.map(({ batch }) => batch);
  const args = [batches.map(({ terms }) => terms), indices] as const;
  const written = await writeOffers(client, { functionName: "settleMany", args }, { signal });
  const settled = eventsOf(client, written, "BatchSettled").length;
  return { ...transactionOf(written), settled };
}
