import { AssayError } from "@assay/sdk";

export type LocalnetErrorCode = "PORT_TAKEN" | "CHAIN_FAILED" | "WORKER_FAILED" | "BOOKS_DO_NOT_BALANCE";

/** Something on this machine kept the local network from running. */
export class LocalnetError extends AssayError {}
