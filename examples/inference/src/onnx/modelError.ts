import { AssayError } from "@assay/sdk";

/** A file is no ONNX model, or a model of something that a program cannot compute. The message is one line that names the fix. */
export class ModelError extends AssayError {
  readonly code = "MODEL";
  readonly retryable = false;
}
