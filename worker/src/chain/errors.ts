import { AssayError, type AssayErrorOptions } from "@assay/sdk";
import type { Address } from "viem";

/** The chain replaced more blocks than the node can undo. */
export class ReorgTooDeepError extends AssayError {
  readonly code = "REORG_TOO_DEEP";
  readonly retryable = false;

  constructor(block: bigint, maxReorgDepth: number) {
    super(
      `The chain no longer has block ${block} as this node read it, nor any of the ${maxReorgDepth} before the last: check that the RPC endpoints are of the right chain; if they are, start with an empty --data-dir.`,
    );
  }
}

/** The endpoint's latest block is older than the blocks that the node has read, or than the first block to read. */
export class ChainBehindError extends AssayError {
  readonly code = "CHAIN_BEHIND";
  readonly retryable = true;

  constructor(head: bigint, read: bigint) {
    super(
      `The RPC endpoint's latest block is ${head}, and this node goes on after block ${read}: wait until the endpoint has caught up, or add another with --rpc.`,
    );
  }
}

/** An endpoint's statements about a block contradict each other. */
export class ContradictionError extends AssayError {
  readonly code = "CHAIN_CONTRADICTS";
  readonly retryable = true;
  readonly block: bigint | undefined;

  constructor(block: bigint | undefined, what: string) {
    super(
      `The RPC endpoints contradict themselves about ${block === undefined ? "the latest block" : `block ${block}`} (${what}): events may be missing until one does not; add another with --rpc.`,
    );
    this.block = block;
  }
}

/** The chain was reorganised while it was read. The next poll finds out how. */
export class ChainMovedError extends AssayError {
  readonly code = "CHAIN_MOVED";
  readonly retryable = true;

  constructor(block: bigint) {
    super(`The chain replaced block ${block} while it was read: it is read again.`);
  }
}

/** The RPC endpoint does not answer. */
export class ChainUnreachableError extends AssayError {
  readonly code = "CHAIN_UNREACHABLE";
  readonly retryable = true;

  constructor(options?: AssayErrorOptions) {
    super("The chain's RPC endpoint does not answer: check --rpc and that it runs.", options);
  }
}

/** The RPC endpoint serves another chain than the expected one. */
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
