import { AssayError } from "@assay/sdk/protocol";
import type { FailurePolicy } from "../define/step.ts";

const FIRST_BACKOFF_MS = 1_000;
const LONGEST_BACKOFF_MS = 300_000;

/** Milliseconds until the next attempt; `undefined`: there is none. */
export function pauseBefore(
  policy: FailurePolicy,
  failures: number,
  error: unknown,
): number | undefined {
  const isFinal =
    typeof error === "object" &&
    error !== null &&
    "retryable" in error &&
    error.retryable === false;
  if (typeof policy === "string" || failures > policy.retry || isFinal) return undefined;
  const { backoffMs = FIRST_BACKOFF_MS } = policy;
  return Math.min(backoffMs * 2 ** (failures - 1), LONGEST_BACKOFF_MS);
}

export function isSkipped(policy: FailurePolicy): boolean {
  return policy === "skip" || (typeof policy === "object" && policy.otherwise === "skip");
}

export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    "then" in value &&
    typeof value.then === "function"
  );
}

export function messageOf(error: unknown): string {
  if (error instanceof AssayError) return error.shortMessage;
  return error instanceof Error ? error.message : String(error);
}
