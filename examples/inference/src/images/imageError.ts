import { AssayError } from "@assay/sdk";
import { oneLine } from "../../../shared/src/commandLine/oneLine.ts";

/** An image, or a folder of images, cannot be read. The message is one line that names the fix. */
export class ImageError extends AssayError {
  readonly code = "IMAGE";
  readonly retryable = false;

  constructor(message: string, options?: ErrorOptions) {
    super(oneLine(message), options);
  }
}
