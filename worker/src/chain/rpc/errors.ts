import { AssayError, type AssayErrorOptions } from "@assay/sdk";

/** Every endpoint is paused, at its own request. */
export class EndpointsPausedError extends AssayError {
  readonly code = "RPC_PAUSED";
  readonly retryable = true;

  constructor(forMs: number) {
    super(
      `No RPC endpoint may be asked for the next ${Math.ceil(forMs / 1_000)} s: wait, or add another with --rpc.`,
    );
  }
}

/** No endpoint has the newest block that one of them has shown. */
export class EndpointsBehindError extends AssayError {
  readonly code = "RPC_BEHIND";
  readonly retryable = true;

  constructor(block: bigint, options?: AssayErrorOptions) {
    super(
      `The RPC endpoints do not have block ${block}, which was shown before: they lag; wait, or add another with --rpc.`,
      options,
    );
  }
}
