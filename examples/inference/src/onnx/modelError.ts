import { AssayError } from "@assay/sdk";
import { oneLine } from "../../../shared/src/commandLine/oneLine.ts";

/** A file is no ONNX model, or a model of something that a program cannot compute. The message is one line that names the fix. */
export class ModelError extends AssayError {
  readonly code = "MODEL";
  readonly retryable = false;

  constructor(message: string, options?: ErrorOptions) {
    super(oneLine(message), options);
  }
}
