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

/** Updates that a rule cannot be applied to. There is no aggregate then, and the model stays as it is. */
export class AggregationError extends AssayError {
  readonly code: AggregationErrorCode;
  readonly retryable = false;
  /** What is to be said of each client all the same; nothing if the program was never asked. */
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
