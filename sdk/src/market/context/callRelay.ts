import type { Address, Hex } from "viem";
import type { AbortOptions } from "../../concurrency/abortOptions.ts";
import type { SignedCall } from "../calls/rights.ts";

/** A call that an account signed, with its signature. */
export interface BroughtCall {
  call: SignedCall;
  signature: Hex;
}

/** What a relayer takes for bringing calls: so much in one of these. */
export interface RelayPayment {
  /** The zero address is the native coin. */
  token: Address;
  /** In the token's smallest unit. */
  amount: bigint;
}

/** Somebody who brings an account's signed calls on chain, and pays their gas. */
export interface CallRelay {
  /**
   * Has calls of one account brought, in their order, in one transaction.
   *
   * @returns the transaction, once it is mined. Whether a call was carried out, its nonce on the chain says.
   * @throws {@link RelayPaymentError} when the relayer wants to be paid first, {@link RelayRefusedError} when it refuses, and
   * {@link RelayUnreachableError} when it does not answer: the calls may come true all the same.
   */
  bring(calls: readonly BroughtCall[], options?: AbortOptions): Promise<{ hash: Hex }>;
  /** The most that a call may cost, in each token that is given for it. What a relayer wants above that is not paid. */
  readonly mostPaid: readonly RelayPayment[];
}
