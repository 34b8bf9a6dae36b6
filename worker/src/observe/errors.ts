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

/** No node answers on the control socket of a data folder. */
export class NodeNotRunningError extends AssayError {
  readonly code = "NODE_NOT_RUNNING";
  readonly retryable = false;

  constructor(dataDir: string, options?: AssayErrorOptions) {
    super(`No node runs with the data folder ${dataDir}: check --data-dir.`, options);
  }
}
