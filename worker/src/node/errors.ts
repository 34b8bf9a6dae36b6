import { AssayError, type AssayErrorOptions } from "@assay/sdk";
import type { Address } from "viem";

/** The RPC endpoint does not answer. */
export class ChainUnreachableError extends AssayError {
  readonly code = "CHAIN_UNREACHABLE";
  readonly retryable = true;

  constructor(options?: AssayErrorOptions) {
    super("The chain's RPC endpoint does not answer: check --rpc and that it runs.", options);
  }
}

/** The RPC endpoint serves another chain than the one that was asked for. */
export class ChainMismatchError extends AssayError {
  readonly code = "CHAIN_MISMATCH";
  readonly retryable = false;

  constructor(expected: number, actual: number) {
    super(`The RPC endpoint serves chain ${actual}, not ${expected}: check --rpc.`);
  }
}

/** There is no contract at the Marketplace's address. */
export class MarketplaceMissingError extends AssayError {
  readonly code = "MARKETPLACE_MISSING";
  readonly retryable = false;

  constructor(marketplace: Address, chainId: number) {
    super(
      `There is no contract at ${marketplace} on chain ${chainId}: check --marketplace and --rpc.`,
    );
  }
}

/** The node is to be a juror, and of which jury is not said. */
export class JuryRequiredError extends AssayError {
  readonly code = "JURY_REQUIRED";
  readonly retryable = false;

  constructor() {
    super("A juror serves a jury: give the JuryArbiter's address with --jury.");
  }
}
