import { logRefusal } from "@assay/sdk";
import { BaseError, HttpRequestError } from "viem";
import type { RpcCall } from "./endpoint.ts";
import { asksForLogRange } from "./latestState.ts";

/** The meaning of an endpoint's error for the endpoint; `answer` is an error about the request. */
export type Failure =
  | { kind: "answer" }
  /** The endpoint does not have the named block. */
  | { kind: "behind" }
  /** The endpoint does not support the method. */
  | { kind: "unable" }
  /** Too many requests; `retryAfterMs` is set if the endpoint says when to try again. */
  | { kind: "limited"; retryAfterMs: number | undefined }
  /** The endpoint did not answer, or says that it cannot at the moment. */
  | { kind: "down" };

/** The errors by which nodes say that they do not have a block. */
const UNKNOWN_BLOCK = [
  /header (for hash )?not found/i, // Geth
  /unknown block/i, // Reth, Parity
  /block not found/i, // Erigon
  /could not find block/i, // Besu
  /block (?!range).*(out of range|not available|does not exist)/i,
  /BlockOutOfRange/i, // anvil
  /after last accepted block/i, // Avalanche
  /cannot query unfinalized data/i,
  /invalid block number/i, // Hardhat
];
const TOO_MANY_REQUESTS =
  /rate.?limit|too many requests|per second|request limit|capacity|credits/i;
/** Longest Retry-After that is accepted, in milliseconds. */
const LONGEST_RETRY_AFTER_MS = 5 * 60_000;

/** @param call - the request, if the meaning of the error depends on it. */
export function failureOf(error: unknown, call?: RpcCall): Failure {
  if (!(error instanceof BaseError)) return { kind: "down" };
  // Endpoints refuse too large ranges in many words and codes; such an endpoint may be healthy.
  if (call !== undefined && asksForLogRange(call) && logRefusal(error).kind === "refusal") {
    const isBehind = UNKNOWN_BLOCK.some((pattern) => pattern.test(`${error.details}`));
    if (!isBehind) return { kind: "answer" };
  }
  const http = error.walk((cause) => cause instanceof HttpRequestError);
  if (http instanceof HttpRequestError) {
    if (http.status !== 429) return { kind: "down" };
    return { kind: "limited", retryAfterMs: retryAfterMs(http.headers?.get("retry-after")) };
  }
  const code = codeOf(error);
  if (code === undefined) return { kind: "down" };
  const says = `${error.details} ${error.shortMessage}`;
  if (UNKNOWN_BLOCK.some((pattern) => pattern.test(says))) return { kind: "behind" };
  if (code === 429 || code === -32_007 || TOO_MANY_REQUESTS.test(says)) {
    return { kind: "limited", retryAfterMs: undefined };
  }
  if (code === -32_601 || code === -32_004) return { kind: "unable" };
  // The node is unavailable, or has an internal error that is not about a reverted call.
  if (code === -32_002 || (code === -32_603 && !/revert/i.test(says))) return { kind: "down" };
  return { kind: "answer" };
}

function codeOf(error: BaseError): number | undefined {
  const withCode = error.walk((cause) => typeof (cause as { code?: unknown }).code === "number");
  return (withCode as { code?: number } | null)?.code;
}

/** Seconds, or a date. */
function retryAfterMs(header: string | null | undefined): number | undefined {
  if (header === null || header === undefined) return undefined;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), LONGEST_RETRY_AFTER_MS);
}
