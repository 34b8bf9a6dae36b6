export { type Assay, type AssayOptions, createAssay } from "./assay/createAssay.ts";
export { AssaySetupError } from "./assay/errors.ts";
