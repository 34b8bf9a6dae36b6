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
  /**
   * The most gas that one call may use: each has as much, whatever the others do. Default: no limit, and as much gas in all as an estimate
   * says. An estimate is the least with which the transaction comes through, and that may be one with which calls fail.
   */
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
  const gas = gasEach > 0n ? gasOf(calls.length, gasEach) : undefined;
  const call = { functionName: "relay", args, value, gas } as const;
  const written = await writeOffers(client, call, { signal });
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

/** Gas of the transaction and its data, and of what surrounds each call. */
const TRANSACTION_GAS = 50_000n;
const FRAME_GAS = 20_000n;

function gasOf(calls: number, gasEach: bigint): bigint {
  // A call gets 63 of 64 parts of what is left.
  return TRANSACTION_GAS + BigInt(calls) * ((gasEach * 65n) / 64n + FRAME_GAS);
}
