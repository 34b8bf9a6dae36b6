import type { AbortOptions } from "@assay/sdk";
import type { BlockReader } from "@assay/sdk/protocol";
import { ExponentialBackoff } from "cockatiel";
import { createRunner } from "../../runner/createRunner.ts";
import type { Runner } from "../../runner/runner.ts";
import { createAnswers } from "./answer.ts";
import { type Balance, createBalance } from "./balance.ts";
import { createHedgeDelay } from "./hedge.ts";
import type { HostState } from "./host.ts";
import { createClientMetrics } from "./metrics.ts";
import { createHostPool } from "./pool.ts";
import { agreedAnswer, type OnDissent } from "./redundancy.ts";

/** Pauses between attempts, in milliseconds; half of each is left to chance. */
const PAUSES = { initialDelay: 20, maxDelay: 2_000 };

export interface HttpRunnerOptions {
  /** URLs of machines that run `assay runner serve`. */
  hosts: readonly string[];
  /** What the hosts were given as their token. */
  token?: string | undefined;
  /** Default: `peak-ewma`, the host with the quickest answers, as far as it has room. */
  balance?: Balance | undefined;
  /** Tasks of a host at a time. Default: 32. */
  depth?: number | undefined;
  /** Whether all tasks of a host travel in one connection, by HTTP/2. Default: no, each has one of its own. */
  http2?: boolean | undefined;
  /** A certificate that is trusted, PEM: for hosts whose own it is. */
  ca?: string | Buffer | undefined;
  /** Longest wait for an answer of one host, in milliseconds. Default: 60,000. */
  timeoutMs?: number | undefined;
  /** How often a task is asked, of whichever host, before the run fails. Default: 10. */
  attempts?: number | undefined;
  /** How long to wait for a host while none is up, in milliseconds. Default: 60,000. */
  patienceMs?: number | undefined;
  /**
   * A second host is asked once a task takes twice as long as nine of ten, but not before so many milliseconds; `false`: never. Default:
   * 10.
   */
  hedgeMs?: number | false | undefined;
  /** Hosts that have to give the same bytes for each task. Default: 1, whoever is asked is believed. */
  redundancy?: number | undefined;
  /** Called for a host that gave other bytes than most. It is left out from then on. */
  onDissent?: OnDissent | undefined;
  /** Reads inputs that are named by their CID. */
  content?: BlockReader | undefined;
}

export interface HttpRunner extends Runner {
  /**
   * Asks the hosts what they are, before anything is to run.
   *
   * @throws {@link HostsUnfitError} when none can be used, or fewer than the redundancy asks for.
   */
  ready(options?: AbortOptions): Promise<void>;
  /** The hosts as they are now. */
  readonly hosts: readonly HostState[];
  /** Hosts may come and go in the middle of a run. What a host has when it goes is given to others. */
  addHost(url: string): void;
  removeHost(url: string): Promise<void>;
  /** Requests, retries, hedges, breakers and hosts, for Prometheus. */
  metrics(): Promise<string>;
}

/**
 * Runs programs on machines of one's own that run `assay runner serve`.
 *
 * Its runs throw {@link HostsUnfitError} before any work starts when no host can be used, and in the middle when none has been up for
 * `patienceMs`; {@link HostsDisagreeError} when `redundancy` finds no majority.
 *
 * @throws RangeError for a host that is no URL, and a redundancy that is no whole number from 1 on.
 */
export function httpRunner({
  hosts,
  token,
  balance = "peak-ewma",
  depth = 32,
  http2 = false,
  ca,
  timeoutMs = 60_000,
  attempts = 10,
  patienceMs = 60_000,
  hedgeMs = 10,
  redundancy = 1,
  onDissent = () => {},
  content,
}: HttpRunnerOptions): HttpRunner {
  if (!Number.isSafeInteger(redundancy) || redundancy < 1) {
    throw new RangeError(`redundancy is a whole number from 1 on, not ${redundancy}`);
  }
  const metrics = createClientMetrics();
  const pool = createHostPool(hosts, {
    ...{ metrics, token, depth, http2, ca, timeoutMs, patienceMs },
    choose: createBalance(balance),
  });
  const getAnswer = createAnswers({
    ...{ pool, metrics, attempts },
    backoff: new ExponentialBackoff(PAUSES),
    hedge: hedgeMs === false ? undefined : createHedgeDelay(hedgeMs),
  });
  const runner = createRunner({
    ...{ name: "http", content },
    async open({ program, wasm, limits, signal }) {
      await pool.ready(redundancy, signal);
      return {
        window: Math.max(1, Math.ceil((pool.hosts.length * depth) / redundancy)),
        async runTask(input, { position, signal }) {
          const task = { program, wasm, limits, input };
          if (redundancy === 1) return (await getAnswer(task, { except: new Set(), signal })).end;
          return agreedAnswer(task, { redundancy, position, getAnswer, onDissent, signal });
        },
      };
    },
    close: () => pool.close(),
  });
  return {
    ...runner,
    ready: ({ signal } = {}) => pool.ready(redundancy, signal),
    get hosts() {
      return pool.hosts.map(({ state }) => state);
    },
    addHost: pool.add,
    removeHost: pool.remove,
    metrics: () => metrics.registry.metrics(),
  };
}
