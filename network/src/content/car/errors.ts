import { AssayError, type AssayErrorOptions } from "@assay/sdk/protocol";
import type { CID } from "multiformats/cid";

/** A file is no CAR, or ends in the middle of one. */
export class CarError extends AssayError {
  readonly code = "CAR_MALFORMED";
  readonly retryable = false;

  constructor(reason: string, options?: AssayErrorOptions) {
    super(
      `The file is no whole CAR (${reason}): export it anew, and compare its length after the copy.`,
      options,
    );
  }
}

/** A block is no dag-cbor, though its CID says so: what it links to is not known. */
export class MalformedBlockError extends AssayError {
  readonly code = "BLOCK_MALFORMED";
  readonly retryable = false;

  constructor(cid: CID, options?: AssayErrorOptions) {
    super(
      `${cid} is no dag-cbor, though its CID says so: its author has to store it anew.`,
      options,
    );
  }
}
