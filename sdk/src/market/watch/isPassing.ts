import { BaseError } from "viem";
import { AssayError } from "../../protocol/errors/base.ts";

/** Whether an error of reading the chain may pass by itself: the endpoint's trouble, and not the caller's. */
export function isPassing(error: unknown): boolean {
  if (error instanceof AssayError) return error.retryable;
  return error instanceof BaseError;
}
