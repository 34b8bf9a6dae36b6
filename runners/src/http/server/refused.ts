import type { RefusalCode } from "../wire/wire.ts";

/** Why a request gets no result; told to whoever asked. */
export class RefusedError extends Error {
  readonly status: number;
  readonly code: RefusalCode;

  constructor(status: number, code: RefusalCode, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}
