export { type Assay, type AssayOptions, createAssay } from "./createAssay.ts";
export { AccountMissingError, ChainMissingError } from "./errors.ts";
