import { logRefusal } from "@assay/sdk";
import { BaseError, HttpRequestError } from "viem";
import type { RpcCall } from "./endpoint.ts";
import { asksForLogRange } from "./latestState.ts";

/** What an endpoint's error says about the endpoint; `answer` is about what was asked. */
export type Failure =
  | { kind: "answer" }
  /** It does not have the block that was named. */
  | { kind: "behind" }
  /** It does not know the method. */
  | { kind: "unable" }
  /** Too many requests; `retryAfterMs` if it says when to come again. */
  | { kind: "limited"; retryAfterMs: number | undefined }
  /** It did not answer, or says that it cannot at the moment. */
  | { kind: "down" };

/** How nodes say that they do not have a block. */
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
/** Longest Retry-After that is believed, in milliseconds. */
const LONGEST_RETRY_AFTER_MS = 5 * 60_000;

/** @param call - what was asked, as far as it matters to what the error means. */
export function failureOf(error: unknown, call?: RpcCall): Failure {
  if (!(error instanceof BaseError)) return { kind: "down" };
  // Ranges that are too large are refused in all words and codes there are; the endpoint may be well.
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
  // Unavailable; or an error inside the node, which is not about a call that reverted.
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
