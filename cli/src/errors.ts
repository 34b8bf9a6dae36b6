import { AssayError } from "@assay/sdk";

/** Nobody has said which chain it is. */
export class ChainMissingError extends AssayError {
  readonly code = "CHAIN_MISSING";
  readonly retryable = false;

  constructor() {
    super(
      "There is no chain: give the URL of its JSON-RPC as rpc, or set ASSAY_RPC (`assay dev` prints it).",
    );
  }
}

/** Nobody has said who pays. */
export class AccountMissingError extends AssayError {
  readonly code = "ACCOUNT_MISSING";
  readonly retryable = false;

  constructor(reason: string) {
    super(`${reason}: give account, or set ASSAY_PRIVATE_KEY to 0x and 64 hexadecimal digits.`);
  }
}
