import { AssayError, type AssayErrorOptions } from "./base.ts";

export type ManifestErrorCode =
  /** A block is not dag-cbor of the right shape. */
  | "MANIFEST_MALFORMED"
  /** The index does not fold to the root that the chain has. */
  | "MANIFEST_ROOT_MISMATCH"
  /** A page does not fold to the root that the index gives it. */
  | "MANIFEST_PAGE_MISMATCH"
  /** The index or a page holds more or fewer entries than it must. */
  | "MANIFEST_COUNT_MISMATCH"
  /** No entries: a manifest has at least one. */
  | "MANIFEST_EMPTY"
  /** More entries than one index block can name. */
  | "MANIFEST_TOO_LARGE"
  /** Entries were asked for that the manifest does not have. */
  | "MANIFEST_OUT_OF_RANGE";

/** A manifest that is not what the chain commits to, or cannot be written. */
export class ManifestError extends AssayError {
  readonly code: ManifestErrorCode;
  readonly retryable = false;

  constructor(code: ManifestErrorCode, shortMessage: string, options?: AssayErrorOptions) {
    super(shortMessage, options);
    this.code = code;
  }
}
