import type { CID } from "multiformats/cid";
import { AssayError, type AssayErrorOptions } from "./base.ts";

/** A CID that the chain cannot carry or that no block of Assay may have. */
export class UnsupportedCidError extends AssayError {
  readonly code = "CID_UNSUPPORTED";
  readonly retryable = false;

  constructor(what: string, options?: AssayErrorOptions) {
    super(
      `${what} is not a CID that Assay admits: use CIDv1, codec raw or dag-cbor, blake3 or sha2-256 with 32 bytes.`,
      options,
    );
  }
}

/** Bytes that do not match their CID. Their sender is broken or lies; another peer may have the right ones. */
export class BlockMismatchError extends AssayError {
  readonly code = "BLOCK_MISMATCH";
  readonly retryable = true;
  readonly cid: CID;

  constructor(cid: CID) {
    super(`The bytes received do not hash to ${cid}: drop their sender and fetch from another.`);
    this.cid = cid;
  }
}

/** No asked peer has the block. */
export class ContentNotFoundError extends AssayError {
  readonly code = "CONTENT_NOT_FOUND";
  readonly retryable = true;
  readonly cid: CID;

  constructor(cid: CID, options?: AssayErrorOptions) {
    super(
      `No provider of ${cid} was found: check that a node which has it is online and reachable.`,
      options,
    );
    this.cid = cid;
  }
}

/** Bytes longer than a block, or than the reader's limit. */
export class ContentTooLargeError extends AssayError {
  readonly code = "CONTENT_TOO_LARGE";
  readonly retryable = false;
  readonly byteLength: number;
  readonly maxBytes: number;

  constructor(what: string, byteLength: number, maxBytes: number) {
    super(`${what} has ${byteLength} bytes; at most ${maxBytes} are allowed here.`);
    this.byteLength = byteLength;
    this.maxBytes = maxBytes;
  }
}

/** A content whose block is genuine but is not a content of the announced length or form. */
export class MalformedContentError extends AssayError {
  readonly code = "CONTENT_MALFORMED";
  readonly retryable = false;
  readonly cid: CID;

  constructor(cid: CID, details: string, options: { cause?: unknown } = {}) {
    super(`${cid} is not a well-formed content: its author has to store it anew.`, {
      details,
      ...options,
    });
    this.cid = cid;
  }
}
