import {
  BaseError,
  HttpRequestError,
  ResponseBodyTooLargeError,
  RpcRequestError,
  TimeoutError,
} from "viem";
import { AssayError } from "../../protocol/errors/base.ts";

/** Longest reason that is passed on, in characters. */
const LONGEST_REASON = 300;

export interface LogRefusal {
  /**
   * A `refusal` is an answer that says no: providers have no common words for a range that is too large, so that any no may be one. Of a
   * range that takes too long, or of too many requests, an endpoint speaks as of trouble of its own: that is `unsure`. A `failure` has
   * nothing to do with what was asked.
   */
  kind: "refusal" | "unsure" | "failure";
  /** What the endpoint said, with its code and data. */
  reason: string;
}

/** What is said of requests that came too fast, which smaller ranges would only make worse… */
const TOO_MANY_REQUESTS =
  /rate|too many requests|per (second|minute|day)|throttl|capacity|credits|quota|daily|compute units/i;
/** …unless it is about what was asked for. */
const OF_A_RANGE = /range|blocks?\b|\blogs\b|results|response|too (large|big|wide)/i;
/** HTTP: who asks is not let in, asks in vain, or too often. */
const NOT_ABOUT_RANGES = new Set([401, 402, 403, 404, 405, 407]);

/** What an error that came of a request for logs says about the request. */
export function logRefusal(error: unknown): LogRefusal {
  if (error instanceof AssayError && error.cause instanceof BaseError) {
    // Somebody in between took it for something else.
    const { kind, reason } = logRefusal(error.cause);
    return { kind: kind === "refusal" ? "unsure" : kind, reason };
  }
  const reason = reasonOf(error);
  if (!(error instanceof BaseError)) return { kind: "failure", reason };
  const said = error.walk((cause) => cause instanceof RpcRequestError);
  if (said instanceof RpcRequestError) return { kind: kindOfWords(said.code, reason), reason };
  if (error.walk((cause) => cause instanceof ResponseBodyTooLargeError) !== null) {
    return { kind: "refusal", reason };
  }
  const http = error.walk((cause) => cause instanceof HttpRequestError);
  if (http instanceof HttpRequestError) return { kind: kindOfStatus(http, reason), reason };
  const isLate = error.walk((cause) => cause instanceof TimeoutError) !== null;
  return { kind: isLate ? "unsure" : "failure", reason };
}

function kindOfWords(code: unknown, reason: string): LogRefusal["kind"] {
  if (code === -32_601) return "failure"; // there is no such method
  if (code !== 429 && code !== -32_007 && !TOO_MANY_REQUESTS.test(reason)) return "refusal";
  return OF_A_RANGE.test(reason) ? "refusal" : "unsure";
}

function kindOfStatus(
  { status = 0, details }: HttpRequestError,
  reason: string,
): LogRefusal["kind"] {
  if (status === 413) return "refusal";
  if (status === 0 || NOT_ABOUT_RANGES.has(status)) return "failure";
  if (status === 408 || status >= 500) return OF_A_RANGE.test(`${details}`) ? "refusal" : "unsure";
  if (status === 429) return kindOfWords(429, reason);
  return "refusal";
}

/** The innermost that the endpoint itself said. */
function reasonOf(error: unknown): string {
  if (!(error instanceof BaseError)) return shortened(String((error as Error)?.message ?? error));
  const said = error.walk((cause) => cause instanceof RpcRequestError);
  if (said instanceof RpcRequestError) {
    const data = said.data === undefined ? "" : ` ${textOf(said.data)}`;
    return shortened(`${said.code ?? ""} ${said.details ?? ""}${data}`.trim());
  }
  const http = error.walk((cause) => cause instanceof HttpRequestError);
  const status = http instanceof HttpRequestError ? `HTTP ${http.status ?? "broken off"} ` : "";
  return shortened(`${status}${error.details ?? error.shortMessage}`);
}

function textOf(data: unknown): string {
  return typeof data === "string" ? data : (JSON.stringify(data) ?? String(data));
}

function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length > LONGEST_REASON ? `${line.slice(0, LONGEST_REASON)}…` : line;
}
