export { type Assay, type AssayOptions, createAssay } from "./createAssay.ts";
export { AssaySetupError } from "./errors.ts";
