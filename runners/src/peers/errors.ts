import { AssayError } from "@assay/sdk";

/** Too few peers can be asked for a quorum. */
export class TooFewPeersError extends AssayError {
  readonly code = "PEERS_TOO_FEW";
  readonly retryable = true;

  constructor(needed: number, problems: readonly string[]) {
    super(
      `${needed} peers are needed that run tasks, and fewer can be asked (${problems.join("; ") || "none is known"}): have more of them call servePeers, or ask for less redundancy.`,
    );
  }
}

/** The peers that could be asked gave different results for a task, and none has the quorum. */
export class NoQuorumError extends AssayError {
  readonly code = "PEERS_NO_QUORUM";
  readonly retryable = true;
  readonly position: number;

  constructor(position: number, most: number, asked: readonly string[]) {
    super(
      `${most} of ${asked.length} peers agree on task ${position}, which is no quorum (${asked.join(", ")}): ask more peers, or find out who is wrong.`,
    );
    this.position = position;
  }
}

/** One peer did not do a task; another is asked. */
export class PeerFailedError extends AssayError {
  readonly code = "PEER_FAILED";
  readonly retryable = true;

  constructor(peerId: string, what: string, cause?: unknown) {
    super(`${peerId} ${what}: another peer is asked.`, { cause });
  }
}
