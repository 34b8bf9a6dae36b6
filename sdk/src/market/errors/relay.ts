import type { Address, Hex } from "viem";
import { AssayError, type AssayErrorOptions } from "../../protocol/errors/base.ts";

/** A relayer brings no such calls of this account, or not now. */
export class RelayRefusedError extends AssayError {
  readonly code = "RELAY_REFUSED";
  readonly retryable: boolean;
  /** The relayer's own code. */
  readonly reason: string;

  constructor(
    { reason, message, retryable }: { reason: string; message: string; retryable: boolean },
    options?: AssayErrorOptions,
  ) {
    super(`The relayer refuses (${reason}): ${message}`, options);
    this.reason = reason;
    this.retryable = retryable;
  }
}

/** A relayer wants to be paid, and more than the account has as credit or may pay. */
export class RelayPaymentError extends AssayError {
  readonly code = "RELAY_PAYMENT";
  readonly retryable = true;
  /** Whom to give credit. */
  readonly to: Address;
  /** One of these, in the token's smallest unit. */
  readonly payments: readonly { token: Address; amount: bigint }[];

  constructor(
    to: Address,
    payments: readonly { token: Address; amount: bigint }[],
    options?: AssayErrorOptions,
  ) {
    const amounts = payments.map(({ token, amount }) => `${amount} of ${token}`).join(", or ");
    super(
      `The relayer wants credit of ${amounts || "a token that it takes"}: have somebody give the account credit (addCredit), or allow more by mostPaid.`,
      options,
    );
    this.to = to;
    this.payments = payments;
  }
}

/** A relayer did not answer: what was signed may come true all the same, until its deadline. */
export class RelayUnreachableError extends AssayError {
  readonly code = "RELAY_UNREACHABLE";
  readonly retryable = true;

  constructor(options?: AssayErrorOptions) {
    super("The relayer gives no answer that can be read: check its URL, or try again.", options);
  }
}

/** A relayer names a transaction that did not carry the call out. */
export class CallNotBroughtError extends AssayError {
  readonly code = "CALL_NOT_BROUGHT";
  readonly retryable = true;
  readonly hash: Hex;

  constructor(hash: Hex) {
    super(`Transaction ${hash} of the relayer did not carry the call out: try again.`);
    this.hash = hash;
  }
}
