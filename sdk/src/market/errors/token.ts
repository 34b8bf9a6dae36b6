import type { Address } from "viem";
import { AssayError } from "../../protocol/errors/base.ts";

/** There is no ERC-20 token at the address. */
export class TokenNotFoundError extends AssayError {
  readonly code = "TOKEN_NOT_FOUND";
  readonly retryable = false;
  readonly token: Address;

  constructor(token: Address, chainId: number, options: { cause?: unknown } = {}) {
    super(
      `There is no ERC-20 token at ${token} on chain ${chainId}: check the address, and the chain.`,
      options,
    );
    this.token = token;
  }
}

/** The account has too little of a token. */
export class InsufficientTokenBalanceError extends AssayError {
  readonly code = "INSUFFICIENT_TOKEN_BALANCE";
  readonly retryable = false;
  readonly account: Address;
  readonly token: Address;
  /** In the token's smallest unit. */
  readonly needed: bigint;
  readonly available: bigint;

  constructor(
    account: Address,
    { token, needed, available }: { token: Address; needed: bigint; available: bigint },
  ) {
    super(
      `${account} has ${available} of the smallest units of token ${token} and needs ${needed}: send it more, or ask for less.`,
    );
    this.account = account;
    this.token = token;
    this.needed = needed;
    this.available = available;
  }
}

/** A token of which another amount arrives than was sent. Nothing was paid. */
export class TokenTakesFeeError extends AssayError {
  readonly code = "TOKEN_TAKES_FEE";
  readonly retryable = false;
  readonly token: Address;
  /** In the token's smallest unit. */
  readonly sent: bigint;
  readonly received: bigint;

  constructor(
    token: Address,
    { sent, received }: { sent: bigint; received: bigint },
    options: { cause?: unknown } = {},
  ) {
    super(
      `Of ${sent} units of token ${token}, ${received} would arrive: it takes a fee of transfers, or does not do what it says. Pay in another.`,
      options,
    );
    this.token = token;
    this.sent = sent;
    this.received = received;
  }
}
