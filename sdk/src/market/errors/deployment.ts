import type { Address } from "viem";
import { AssayError, type AssayErrorOptions } from "../../protocol/errors/base.ts";

/** There is no contract at the Marketplace's address. */
export class MarketplaceNotFoundError extends AssayError {
  readonly code = "MARKETPLACE_NOT_FOUND";
  readonly retryable = false;
  readonly marketplace: Address;
  readonly chainId: number;

  constructor(
    marketplace: Address,
    { chainId, blockNumber }: { chainId: number; blockNumber?: bigint | undefined },
    options?: AssayErrorOptions,
  ) {
    const at = blockNumber === undefined ? "" : ` at block ${blockNumber}`;
    super(
      `There is no contract at ${marketplace} on chain ${chainId}${at}: check the address of the Marketplace, and the chain.`,
      options,
    );
    this.marketplace = marketplace;
    this.chainId = chainId;
  }
}

/** At the Marketplace's address is another contract, or a Marketplace of another version. */
export class MarketplaceMismatchError extends AssayError {
  readonly code = "MARKETPLACE_MISMATCH";
  readonly retryable = false;
  readonly marketplace: Address;
  readonly chainId: number;

  constructor(
    marketplace: Address,
    { chainId, found }: { chainId: number; found: string },
    options?: AssayErrorOptions,
  ) {
    super(
      `The contract at ${marketplace} on chain ${chainId} is not a Marketplace that this package knows (${found}): check the address, or install the package's version that fits.`,
      options,
    );
    this.marketplace = marketplace;
    this.chainId = chainId;
  }
}

/** The RPC endpoint, or the account's wallet, is on another chain than the client. */
export class WrongChainError extends AssayError {
  readonly code = "WRONG_CHAIN";
  readonly retryable = false;
  readonly expected: number;
  readonly actual: number;

  constructor(
    who: "endpoint" | "wallet",
    { expected, actual }: { expected: number; actual: number },
    options?: AssayErrorOptions,
  ) {
    super(
      who === "endpoint"
        ? `The RPC endpoint serves chain ${actual}, and the client is for chain ${expected}: give the \`chain\` and the \`transport\` of one chain.`
        : `The account's wallet is on chain ${actual}, and the client is for chain ${expected}: switch the wallet to chain ${expected}.`,
      options,
    );
    this.expected = expected;
    this.actual = actual;
  }
}
