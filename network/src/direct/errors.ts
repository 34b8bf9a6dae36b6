import { AssayError, type AssayErrorOptions } from "@assay/sdk";

/** A peer could not be asked, or did not answer in time. */
export class PeerSilentError extends AssayError {
  readonly code = "PEER_SILENT";
  readonly retryable = true;
  readonly peerId: string;

  constructor(peerId: string, kind: string, options: AssayErrorOptions) {
    super(
      `${peerId} did not answer "${kind}": it may have left; ask another peer, or later.`,
      options,
    );
    this.peerId = peerId;
  }
}

/** A peer answered that it does not do what was asked. */
export class PeerRefusedError extends AssayError {
  readonly code = "PEER_REFUSED";
  readonly retryable: boolean;
  readonly peerId: string;
  /** Why: `busy`, `limited`, `unknown kind`, `bad request`, `failed`, or a word of the service's own. */
  readonly reason: string;

  constructor(peerId: string, reason: string, message: string) {
    super(`${peerId} refused (${reason}): ${message}`);
    this.peerId = peerId;
    this.reason = reason;
    this.retryable = reason === "busy" || reason === "limited";
  }
}
