import { AssayError, type AssayErrorOptions } from "@assay/sdk";
import type { ClientReport } from "./aggregation.ts";

export type AggregationErrorCode =
  | "AGGREGATION_MALFORMED"
  | "AGGREGATION_OPTION"
  | "AGGREGATION_TOO_FEW_CLIENTS"
  | "AGGREGATION_TOO_MANY_EXCLUDED"
  | "AGGREGATION_NOTHING_LEFT"
  | "AGGREGATION_WEIGHTS"
  | "AGGREGATION_NOT_CONVERGED"
  | "AGGREGATION_OVERFLOW"
  | "AGGREGATION_DUPLICATE_CLIENT"
  | "AGGREGATION_DIMENSION";

/** A rule cannot be applied to these updates: there is no aggregate, and the model stays as it is. */
export class AggregationError extends AssayError {
  readonly code: AggregationErrorCode;
  readonly retryable = false;
  /** The verdict on each client; empty if the program did not run. */
  readonly clients: ClientReport[];

  constructor(
    code: AggregationErrorCode,
    message: string,
    { clients = [], ...options }: AssayErrorOptions & { clients?: ClientReport[] } = {},
  ) {
    super(message, options);
    this.code = code;
    this.clients = clients;
  }
}
