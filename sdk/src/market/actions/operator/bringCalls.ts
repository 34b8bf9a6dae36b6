import { type Address, isAddressEqual, parseAbi, parseEventLogs } from "viem";
import {
  transactionOf,
  type WriteErrorType,
  type WriteParameters,
  type WriteReturnType,
  writeContract,
} from "../../chain/write.ts";
import type { BroughtCall } from "../../context/callRelay.ts";
import type { MarketContext } from "../../context/marketContext.ts";

export interface BringCallsParameters extends WriteParameters {
  /** The contract `Offers`, which brings them. */
  offers: Address;
  /** As `signCall` gives them; without coins. */
  calls: readonly BroughtCall[];
  /** The most gas that one of them may use: each has as much, whatever the others do. */
  gasEach: bigint;
}

export interface BringCallsReturnType extends WriteReturnType {
  /** Those that failed, and did not keep the others from coming true. */
  failed: { account: Address; nonce: bigint }[];
}

export type BringCallsErrorType = WriteErrorType;

const abi = parseAbi([
  "struct SignedCall { address account; bytes data; uint256 value; uint256 nonce; uint256 deadline; }",
  "function relay(SignedCall[] calls, bytes[] signatures, uint256 gasEach) payable",
  "event NotRelayed(address indexed account, uint256 nonce)",
]);

/** Gas around the calls: of the transaction, its data, and each call's frame. */
const TRANSACTION_GAS = 50_000n;
const FRAME_GAS = 20_000n;

/**
 * Brings calls that others signed, in one transaction. Its gas is not estimated: the least with which a transaction comes through, whose
 * calls may fail, is one with which they fail.
 */
export async function bringCalls(
  client: MarketContext,
  { offers: address, calls, gasEach, signal }: BringCallsParameters,
): Promise<BringCallsReturnType> {
  const signatures = calls.map(({ signature }) => signature);
  const args = [calls.map(({ call }) => call), signatures, gasEach];
  // A call gets 63 of 64 parts of what is left.
  const each = (gasEach * 65n) / 64n + FRAME_GAS;
  const gas = TRANSACTION_GAS + BigInt(calls.length) * each;
  const call = { address, abi, functionName: "relay", args, gas };
  const written = await writeContract(client, call, { signal });
  const logs = written.receipt.logs.filter((log) => isAddressEqual(log.address, address));
  const failed = parseEventLogs({ abi, eventName: "NotRelayed", logs }).map((event) => event.args);
  return { ...transactionOf(written), failed };
}
