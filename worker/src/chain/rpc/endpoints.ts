import { setTimeout as sleep } from "node:timers/promises";
import {
  type ChainIdentity,
  createEndpoint,
  type Endpoint,
  type EndpointNews,
  type EndpointStatus,
  type RpcCall,
} from "./endpoint.ts";
import { EndpointsBehindError, EndpointsPausedError } from "./errors.ts";
import { failureOf } from "./failure.ts";
import {
  asksForHead,
  blockNamed,
  blockShown,
  isAboutTransaction,
  lastBlockOfLogs,
  readingAt,
  readsLatestState,
} from "./latestState.ts";

/** Number of rounds over all endpoints for one request. */
const ROUNDS = 5;
/** Pause between two rounds in which no endpoint had the block, in milliseconds. */
const BEHIND_PAUSE_MS = 250;
/** Longest time that one request waits for a paused endpoint, in milliseconds. */
const LONGEST_WAIT_MS = 10_000;
/** Milliseconds for which the newest known block counts as the latest state. After that the head is requested. */
const FRESH_MS = 5_000;
/** Number of answers whose endpoint is remembered. */
const MOST_ANSWERS = 2_048;
/** Number of blocks by which an endpoint may be ahead of all others and still be trusted. */
const PLAUSIBLE_LEAD = 1_000n;

export interface EndpointsOptions {
  /** Milliseconds that one request to one endpoint may take. */
  requestMs: number;
  /** Milliseconds after which a block is given up that no endpoint has any more: the chain was rolled back. */
  staleAfterMs: number;
  /** Milliseconds between two requests for the heads of endpoints that are not asked otherwise. */
  probeMs: number;
  onNews: (news: EndpointNews) => void;
}

/** Several endpoints of one chain, used as one. */
export interface Endpoints {
  /**
   * Sends the request to the first endpoint, in the order given, that is healthy and not behind; then to the next one.
   *
   * @throws the node's error if it is about the request itself; the last endpoint's error if none could answer; {@link
   * EndpointsPausedError} {@link EndpointsBehindError}
   */
  request(call: RpcCall, signal?: AbortSignal): Promise<unknown>;
  /** Sets the expected chain: from now on endpoints of other chains are dropped. */
  expect(identity: ChainIdentity): void;
  /**
   * Marks the endpoint that gave a wrong answer to this call: for a while it is asked after the others.
   * @returns whether another endpoint can be asked now.
   */
  doubt(call: RpcCall, reason: string): boolean;
  readonly all: readonly Endpoint[];
  readonly status: EndpointStatus[];
}

export function createEndpoints(
  urls: readonly string[],
  { requestMs, staleAfterMs, probeMs, onNews }: EndpointsOptions,
): Endpoints {
  const all = urls.map((url) => createEndpoint(url, { requestMs, graceMs: probeMs, onNews }));
  let expected: ChainIdentity | undefined;
  /** The newest block that any answer has shown. */
  let known = 0n;
  let knownShownAt = Number.NEGATIVE_INFINITY;
  let probedAt = Number.NEGATIVE_INFINITY;

  const answeredBy = new Map<string, Endpoint>();
  /** The endpoints that gave a wrong answer to a call that is still open. */
  const wrongAbout = new Map<string, ReadonlySet<Endpoint>>();

  const now = () => performance.now();

  function noteAnswer(call: RpcCall, endpoint: Endpoint): void {
    if (all.length < 2 || !ABOUT_BLOCKS.has(call.method)) return;
    const key = keyOf(call);
    answeredBy.delete(key);
    answeredBy.set(key, endpoint);
    forgetOldest(answeredBy);
  }

  /** Whether it is plausible that an endpoint has this block: others have one near it, or no other endpoint has answered lately. */
  function isPlausible(endpoint: Endpoint, shown: bigint): boolean {
    const others = all.filter(
      (other) => other !== endpoint && !other.isDropped && now() - other.headAt < staleAfterMs,
    );
    return (
      others.length === 0 ||
      shown <= known ||
      others.some(({ head }) => shown - head <= PLAUSIBLE_LEAD)
    );
  }

  function noteShown(endpoint: Endpoint, shown: bigint): boolean {
    const plausible = isPlausible(endpoint, shown);
    if (plausible && shown >= known) {
      known = shown;
      knownShownAt = now();
    }
    endpoint.noteHead(shown, known);
    return plausible;
  }

  /** @throws Error when the endpoint cannot be asked. */
  async function prove(endpoint: Endpoint): Promise<boolean> {
    if (endpoint.isProven || expected === undefined) return true;
    const { chainId, genesis } = await endpoint.identify();
    if (chainId !== expected.chainId) {
      endpoint.drop(`it serves chain ${chainId}, not ${expected.chainId}`);
      return false;
    }
    const { genesis: ours } = expected;
    if (genesis !== undefined && ours !== undefined && genesis !== ours) {
      endpoint.drop(`its chain ${chainId} begins with block ${genesis}, not ${ours}`);
      return false;
    }
    endpoint.prove();
    return true;
  }

  /** Compares the heads of all endpoints at intervals, in the background: a head that stands still is recognised by the others. */
  function probe(): void {
    if (all.length < 2 || now() - probedAt < probeMs) return;
    probedAt = now();
    for (const endpoint of all) {
      if (endpoint.isDropped || endpoint.pausedMs > 0) continue;
      const look = async () => {
        if (await prove(endpoint)) await askHead(endpoint);
      };
      look().catch(() => {}); // counted by the endpoint
    }
  }

  /** The endpoints that may be asked now. The most up-to-date one comes first if that matters. */
  function askable(): Endpoint[] {
    const usable = all.filter(({ isDropped, pausedMs }) => !isDropped && pausedMs === 0);
    const rank = ({ isDoubted, status }: Endpoint) =>
      status.state === "behind" ? 2 : Number(isDoubted);
    // Equal endpoints keep the order given. If all have been wrong, the one whose last wrong answer is oldest comes first.
    const rankDoubt = ({ isDoubted, doubtedAt }: Endpoint) => (isDoubted ? doubtedAt : 0);
    return usable.toSorted((a, b) => rank(a) - rank(b) || rankDoubt(a) - rankDoubt(b));
  }

  async function waitForEndpoint(signal: AbortSignal | undefined): Promise<void> {
    const waits = all.filter(({ isDropped }) => !isDropped).map(({ pausedMs }) => pausedMs);
    const waitMs = Math.min(...waits);
    if (waitMs > LONGEST_WAIT_MS) throw new EndpointsPausedError(waitMs);
    await sleep(waitMs + 1, undefined, signal === undefined ? {} : { signal });
  }

  /** Asks one endpoint. Returns `behind` if it lacks a block that others have shown. */
  async function ask(
    endpoint: Endpoint,
    call: RpcCall,
    signal: AbortSignal | undefined,
  ): Promise<{ result: unknown } | { behind: bigint | undefined }> {
    // An endpoint that lacks the end of the range would return a part of the logs without an error.
    const last = lastBlockOfLogs(call);
    if (last !== undefined && last > endpoint.head) {
      const shown = await askHead(endpoint, signal);
      if (shown !== undefined && shown < last && last <= known) return { behind: shown };
    }
    noteAnswer(call, endpoint);
    const result = await endpoint.request(call, signal);
    const shown = blockShown(call, result);
    if (asksForHead(call) && shown !== undefined) {
      // An endpoint far ahead of all others is not trusted until another one confirms it.
      if (!noteShown(endpoint, shown)) return { behind: undefined };
      if (shown < known) return { behind: shown };
    } else if (shown !== undefined && shown > endpoint.head) {
      noteShown(endpoint, shown);
    }
    if (result !== null) return { result };
    const named = blockNamed(call);
    if (named !== undefined && named <= known) return { behind: undefined };
    if (isAboutTransaction(call) && endpoint.head < known) {
      // An endpoint that lacks the block cannot know the transaction.
      const shown = await askHead(endpoint, signal);
      if (shown !== undefined && shown < known) return { behind: shown };
    }
    return { result };
  }

  async function askHead(endpoint: Endpoint, signal?: AbortSignal): Promise<bigint | undefined> {
    const call = { method: "eth_blockNumber" };
    const shown = blockShown(call, await endpoint.request(call, signal));
    if (shown !== undefined) noteShown(endpoint, shown);
    return shown;
  }

  /** Names the block of a call about the latest state: the newest known one. An endpoint that lacks it cannot answer. */
  async function named(call: RpcCall, signal: AbortSignal | undefined): Promise<RpcCall> {
    if (!readsLatestState(call)) return call;
    if (now() - knownShownAt > FRESH_MS) await request({ method: "eth_blockNumber" }, signal);
    return readingAt(call, known);
  }

  async function request(original: RpcCall, signal?: AbortSignal): Promise<unknown> {
    probe();
    const call = await named(original, signal);
    let failure: unknown;
    let best: bigint | undefined;
    for (let round = 0; round < ROUNDS; round++) {
      for (const endpoint of askable()) {
        try {
          if (!(await prove(endpoint))) continue;
          const answer = await ask(endpoint, call, signal);
          if ("result" in answer) return answer.result;
          const { behind } = answer;
          if (behind !== undefined && (best === undefined || behind > best)) best = behind;
          failure = new EndpointsBehindError(known);
        } catch (error) {
          const { kind } = failureOf(error, call);
          if (kind === "answer" || signal?.aborted) throw error;
          failure = kind === "behind" ? new EndpointsBehindError(known, { cause: error }) : error;
        }
      }
      if (best !== undefined && asksForHead(call) && now() - knownShownAt > staleAfterMs) {
        // No endpoint has the block any more: the chain was rolled back, or the block never existed.
        known = best;
        return request(original, signal);
      }
      if (all.every(({ isDropped }) => isDropped)) break;
      if (round === ROUNDS - 1) break;
      if (askable().length === 0) await waitForEndpoint(signal);
      else if (failure instanceof EndpointsBehindError) {
        await sleep(BEHIND_PAUSE_MS, undefined, signal === undefined ? {} : { signal });
      } else if (failureOf(failure).kind === "unable") break;
    }
    throw failure ?? new EndpointsPausedError(0);
  }

  return {
    request,
    expect(identity) {
      expected = identity;
    },
    doubt(call, reason) {
      const key = keyOf(call);
      const endpoint = answeredBy.get(key);
      if (endpoint === undefined) return false;
      endpoint.doubt(reason);
      const before = wrongAbout.get(key);
      const wrong = new Set(before).add(endpoint);
      // If the same endpoint is asked again, no other can answer.
      const isAnother = !before?.has(endpoint) && askable().some((other) => !wrong.has(other));
      if (isAnother) wrongAbout.set(key, wrong);
      else wrongAbout.delete(key);
      forgetOldest(wrongAbout);
      return isAnother;
    },
    all,
    get status() {
      return all.map(({ status }) => status);
    },
  };
}

/** Methods whose answers are checked against the chain's own hashes. */
const ABOUT_BLOCKS = new Set(["eth_getBlockByNumber", "eth_getBlockReceipts"]);

function forgetOldest(map: Map<string, unknown>): void {
  const [oldest] = map.keys();
  if (map.size > MOST_ANSWERS && oldest !== undefined) map.delete(oldest);
}

function keyOf({ method, params }: RpcCall): string {
  return `${method} ${Array.isArray(params) ? params[0] : ""}`;
}
