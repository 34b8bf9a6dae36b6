import { type Backoff, backoffMs } from "@assay/queue";
import { type Hex, hexToBigInt, http, type Transport, webSocket } from "viem";
import { failureOf } from "./failure.ts";
import { redactUrl } from "./redactUrl.ts";

/** Pauses after failures. */
const AFTER_FAILURE: Backoff = { firstMs: 250, longestMs: 10_000, jitter: 0 };
/** Pauses after "too many requests" without a Retry-After. */
const AFTER_LIMIT: Backoff = { firstMs: 1_000, longestMs: 10_000, jitter: 0 };
/** Periods for which an endpoint that contradicted the chain is asked after the others. */
const AFTER_DOUBT: Backoff = { firstMs: 60_000, longestMs: 60 * 60_000, jitter: 0 };
/** Maximum size of an answer. The receipts of the largest blocks take a few megabytes; larger answers are not read. */
const MOST_ANSWER_BYTES = 64 << 20;

/** A change in the state of an endpoint. */
export type EndpointNews =
  /** The endpoint serves another chain and is not asked again. */
  | { type: "dropped"; endpoint: string; reason: string }
  /** The endpoint is not asked for a while. */
  | { type: "left alone"; endpoint: string; forMs: number; reason: string }
  /** The endpoint is not asked about the latest state until it has caught up. */
  | { type: "behind"; endpoint: string; head: bigint; known: bigint }
  /** The endpoint gave a wrong answer: for a while it is asked after all others. */
  | { type: "doubted"; endpoint: string; forMs: number; reason: string }
  /** The endpoint answers again, and has caught up. */
  | { type: "back"; endpoint: string };

/** The current state of an endpoint, for status and metrics. */
export interface EndpointStatus {
  /** Its URL without the parts that may be secret. */
  endpoint: string;
  state: "ok" | "unproven" | "left alone" | "behind" | "doubted" | "dropped";
  /** Newest block that it has shown. */
  head: bigint;
  requests: number;
  failures: number;
}

export interface RpcCall {
  method: string;
  params?: unknown;
}

/** The identity of a chain: chains that share an id differ in it. */
export interface ChainIdentity {
  chainId: number;
  /** Hash of block 0; `undefined` if an endpoint does not return it. */
  genesis: Hex | undefined;
}

/** One RPC endpoint, and the record of its failures. */
export interface Endpoint {
  readonly label: string;
  readonly status: EndpointStatus;
  readonly isDropped: boolean;
  /** Milliseconds until it may be asked again. */
  readonly pausedMs: number;
  readonly head: bigint;
  readonly isProven: boolean;
  readonly isDoubted: boolean;
  /** When its answer was last found wrong, by `performance.now()`. */
  readonly doubtedAt: number;
  /** Sends the request once, without any retry. A failure is counted, and may pause the endpoint. */
  request(call: RpcCall, signal?: AbortSignal): Promise<unknown>;
  identify(): Promise<ChainIdentity>;
  drop(reason: string): void;
  /** Notes that its answer contradicts the chain. */
  doubt(reason: string): void;
  prove(): void;
  /** When it showed its head, by `performance.now()`. */
  readonly headAt: number;
  /** Notes the endpoint's newest block; `known` is the newest block of all endpoints. */
  noteHead(number: bigint, known: bigint): void;
}

export function createEndpoint(
  url: string,
  {
    requestMs,
    graceMs,
    onNews,
  }: {
    requestMs: number;
    /** Milliseconds for which the endpoint may lack the newest block. */
    graceMs: number;
    onNews: (news: EndpointNews) => void;
  },
): Endpoint {
  const label = redactUrl(url);
  const options = { timeout: requestMs, retryCount: 0 };
  const transport: Transport = url.startsWith("ws")
    ? webSocket(url, options)
    : http(url, { ...options, maxResponseBodySize: MOST_ANSWER_BYTES });
  const { request } = transport({ retryCount: 0, timeout: requestMs });
  let pausedUntil = 0;
  let inARow = 0;
  let head = 0n;
  let headAt = Number.NEGATIVE_INFINITY;
  /** Time since which the endpoint has lacked the newest block. */
  let lateSince: number | undefined;
  let isDropped = false;
  let isProven = false;
  let isBehind = false;
  let doubts = 0;
  let [doubtedAt, doubtedUntil] = [Number.NEGATIVE_INFINITY, 0];
  let [requests, failures] = [0, 0];

  function leaveAlone(forMs: number, error: unknown): void {
    const until = performance.now() + forMs;
    // Concurrent requests fail together.
    if (pausedUntil > performance.now()) {
      pausedUntil = Math.max(pausedUntil, until);
      return;
    }
    inARow++;
    pausedUntil = until;
    const [reason = "no answer"] = (error as Error).message.split("\n");
    if (inARow === 1) onNews({ type: "left alone", endpoint: label, forMs, reason });
  }

  function noteAnswer(): void {
    if (inARow > 0) onNews({ type: "back", endpoint: label });
    inARow = 0;
    pausedUntil = 0;
  }

  function noteFailure(error: unknown, call: RpcCall): void {
    const failure = failureOf(error, call);
    if (failure.kind === "limited") {
      failures++;
      leaveAlone(failure.retryAfterMs ?? backoffMs(AFTER_LIMIT, inARow + 1), error);
    } else if (failure.kind === "down") {
      failures++;
      leaveAlone(backoffMs(AFTER_FAILURE, inARow + 1), error);
    } else {
      noteAnswer();
    }
  }

  const isDoubted = () => doubtedUntil > performance.now();

  function stateNow(): EndpointStatus["state"] {
    if (isDropped) return "dropped";
    if (pausedUntil > performance.now()) return "left alone";
    if (isBehind) return "behind";
    if (isDoubted()) return "doubted";
    return isProven ? "ok" : "unproven";
  }

  async function ask(call: RpcCall, signal?: AbortSignal): Promise<unknown> {
    requests++;
    try {
      const result = await request(call as never, signal === undefined ? {} : { signal });
      noteAnswer();
      return result;
    } catch (error) {
      if (signal?.aborted !== true) noteFailure(error, call);
      throw error;
    }
  }

  return {
    label,
    get status() {
      return { endpoint: label, state: stateNow(), head, requests, failures };
    },
    get isDropped() {
      return isDropped;
    },
    get pausedMs() {
      return Math.max(0, pausedUntil - performance.now());
    },
    get head() {
      return head;
    },
    get isProven() {
      return isProven;
    },
    request: ask,
    async identify() {
      const [chainId, block] = await Promise.all([
        ask({ method: "eth_chainId" }),
        ask({ method: "eth_getBlockByNumber", params: ["0x0", false] }),
      ]);
      const genesis = (block as { hash?: Hex } | null)?.hash;
      return { chainId: Number(hexToBigInt(chainId as Hex)), genesis };
    },
    drop(reason) {
      if (!isDropped) onNews({ type: "dropped", endpoint: label, reason });
      isDropped = true;
    },
    doubt(reason) {
      doubtedAt = performance.now();
      if (isDoubted()) return;
      const forMs = backoffMs(AFTER_DOUBT, ++doubts);
      doubtedUntil = performance.now() + forMs;
      onNews({ type: "doubted", endpoint: label, forMs, reason });
    },
    prove() {
      isProven = true;
    },
    get isDoubted() {
      return isDoubted();
    },
    get doubtedAt() {
      return doubtedAt;
    },
    get headAt() {
      return headAt;
    },
    noteHead(number, known) {
      head = number;
      headAt = performance.now();
      if (number >= known) {
        if (isBehind) onNews({ type: "back", endpoint: label });
        isBehind = false;
        lateSince = undefined;
        return;
      }
      // It may get every block a moment later than another endpoint.
      lateSince ??= headAt;
      if (isBehind || headAt - lateSince < graceMs) return;
      isBehind = true;
      onNews({ type: "behind", endpoint: label, head, known });
    },
  };
}
