import { AssayError } from "@assay/sdk";

const MAX_LENGTH = 600;

/** A file is no ONNX model, or a model of something that a program cannot compute. The message is one line that names the fix. */
export class ModelError extends AssayError {
  readonly code = "MODEL";
  readonly retryable = false;

  constructor(message: string, options?: ErrorOptions) {
    // Names come from the file, and may be anything: lines, or a terminal's commands.
    super(message.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, "?").slice(0, MAX_LENGTH), options);
  }
}
