import { AssayError, type AssayErrorOptions } from "@assay/sdk";
import type { Endpoint } from "../config/values.ts";

/** The metrics cannot be served at the configured address. */
export class MetricsListenError extends AssayError {
  readonly code = "METRICS_LISTEN_FAILED";
  readonly retryable = true;

  constructor({ host, port }: Endpoint, options: AssayErrorOptions & { reason: string }) {
    super(
      `The metrics cannot be served on ${host}:${port} (${options.reason}): give an address of this machine with a free port as --metrics-listen or metrics.listen.`,
      options,
    );
  }
}

/** The node's page cannot be served at the configured address. */
export class UiListenError extends AssayError {
  readonly code = "UI_LISTEN_FAILED";
  readonly retryable = true;

  constructor({ host, port }: Endpoint, options: AssayErrorOptions & { reason: string }) {
    super(
      `The node's page cannot be served on ${host}:${port} (${options.reason}): give an address of this machine with a free port as --ui-listen or ui.listen.`,
      options,
    );
  }
}

/** No node answers on the control socket of a data folder. */
export class NodeNotRunningError extends AssayError {
  readonly code = "NODE_NOT_RUNNING";
  readonly retryable = false;

  constructor(dataDir: string, options?: AssayErrorOptions) {
    super(`No node runs with the data folder ${dataDir}: check --data-dir.`, options);
  }
}

export type NodeControlErrorCode =
  /** The control socket is another account's. */
  | "NODE_FORBIDDEN"
  /** A process is there and does not answer. */
  | "NODE_SILENT"
  /** It ended before it had answered. */
  | "NODE_ENDED"
  /** It answers that it cannot do what was asked, or that the question is wrong. */
  | "NODE_REFUSED"
  | "NODE_ASKED_WRONGLY";

/** A node could not be asked, although there is one. */
export class NodeControlError extends AssayError {
  readonly code: NodeControlErrorCode;
  readonly retryable: boolean;

  constructor(code: NodeControlErrorCode, message: string, options?: AssayErrorOptions) {
    super(message, options);
    this.code = code;
    this.retryable = code === "NODE_SILENT";
  }
}

export function nodeIsAnothers(path: string, options: AssayErrorOptions): NodeControlError {
  return new NodeControlError(
    "NODE_FORBIDDEN",
    `The node's socket ${path} is another account's: run the command as the user that runs the node, by sudo -u <user>.`,
    options,
  );
}

export function nodeIsSilent(
  dataDir: string,
  timeoutMs = 0,
  options?: AssayErrorOptions,
): NodeControlError {
  return new NodeControlError(
    "NODE_SILENT",
    `The node with the data folder ${dataDir} did not answer within ${timeoutMs / 1_000} s: it is stopped, stuck or very busy. Look at its log; if it does not get well, kill its process and start it again, which loses nothing.`,
    options,
  );
}

export function nodeHasEnded(dataDir: string, options?: AssayErrorOptions): NodeControlError {
  return new NodeControlError(
    "NODE_ENDED",
    `The node with the data folder ${dataDir} ended before it had answered: look at its log, and start it again.`,
    options,
  );
}

export function nodeRefuses(words: string, status: number | undefined): NodeControlError {
  const code = status === 400 ? "NODE_ASKED_WRONGLY" : "NODE_REFUSED";
  return new NodeControlError(code, words);
}
