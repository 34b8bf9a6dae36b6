import { AssayError, type AssayErrorOptions } from "../../protocol/errors/base.ts";

export type WasiLinkErrorCode =
  /** It imports something that WASI preview 1 does not have. */
  | "WASI_UNKNOWN_IMPORT"
  /** It exports no `_start`, or one of another type. */
  | "WASI_NOT_A_COMMAND"
  /** An argument or a variable that WASI cannot hand over. */
  | "WASI_ARGUMENT"
  /** A path that no file can be packed in under. */
  | "WASI_PATH";

/** A WASI module that does not become a program, or not with what is packed in. */
export class WasiLinkError extends AssayError {
  readonly code: WasiLinkErrorCode;
  readonly retryable = false;

  constructor(code: WasiLinkErrorCode, message: string, options?: AssayErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
