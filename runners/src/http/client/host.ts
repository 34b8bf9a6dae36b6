import {
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
} from "cockatiel";
import type { TaskEnd } from "../../runner/runner.ts";
import { createPeakEwma, type Load } from "./balance.ts";
import { type ConnectionOptions, connect, type HostTask } from "./connection.ts";
import { HostFailedError, REFUSES_TOKEN } from "./errors.ts";
import type { ClientMetrics } from "./metrics.ts";

/** Failures one after the other that open a host's breaker… */
const FAILURES = 5;
/** …and the time until it is asked whether it is well again, in milliseconds. */
const OPEN_MS = 1_000;

export interface HostState {
  host: string;
  state: "up" | "broken" | "left-out";
  /** Why it is not up. */
  problem: string | undefined;
  underWay: number;
  latencyMs: number;
}

/** One host with what is known of it. */
export interface Host extends Load {
  readonly url: string;
  readonly state: HostState;
  /** Whether it may be given a task. */
  readonly isUp: boolean;
  readonly hasRoom: boolean;
  /** Asks what it is; it is up if it answers. */
  probe(): Promise<void>;
  /** @throws HostFailedError, and the signal's own reason. */
  run(task: HostTask, signal: AbortSignal): Promise<TaskEnd>;
  /** It is not asked again. */
  leaveOut(problem: string): void;
  close(): Promise<void>;
}

export interface HostParts extends ConnectionOptions {
  metrics: ClientMetrics;
  /** Called when it may be asked, or may not be any more, and when it has room. */
  onChange(): void;
}

const isHosts = (error: unknown): error is HostFailedError => error instanceof HostFailedError;

export function createHost(url: string, { metrics, onChange, ...options }: HostParts): Host {
  const connection = connect(url, options);
  const latency = createPeakEwma();
  const left = new AbortController();
  let underWay = 0;
  let problem: string | undefined = "was not asked yet";
  let isKnown = false;
  let timer: NodeJS.Timeout | undefined;
  const breaker: CircuitBreakerPolicy = circuitBreaker(handleWhen(isHosts), {
    halfOpenAfter: OPEN_MS,
    breaker: new ConsecutiveBreaker(FAILURES),
  });
  const labels = { host: url };
  breaker.onStateChange((state) => {
    metrics.breaker.set(labels, state === CircuitState.Closed ? 0 : 1);
    metrics.breakerChanges.inc({ ...labels, to: CircuitState[state] });
    if (state === CircuitState.Open) askLater();
    onChange();
  });

  /** While it is broken, a probe is tried in the place of a task. */
  function askLater(): void {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (!left.signal.aborted) probe().catch(askLater);
    }, OPEN_MS + 10);
    timer.unref();
  }

  async function probe(): Promise<void> {
    try {
      await breaker.execute(() => connection.probe());
      isKnown = true;
      problem = undefined;
      onChange();
    } catch (error) {
      if (!isHosts(error)) throw error;
      problem = error.shortMessage.slice(url.length + 1).replace(/: another host is asked\.$/, "");
      if (error.reason === "UNAUTHORIZED") leaveOut(REFUSES_TOKEN);
      throw error;
    }
  }

  function leaveOut(why: string): void {
    problem = why;
    metrics.leftOut.set(labels, 1);
    left.abort(new HostFailedError(url, why));
    onChange();
  }

  return {
    url,
    get underWay() {
      return underWay;
    },
    get latencyMs() {
      return latency.latencyMs;
    },
    get isUp() {
      return isKnown && !left.signal.aborted && breaker.state === CircuitState.Closed;
    },
    get hasRoom() {
      return underWay < options.depth;
    },
    get state(): HostState {
      const state = left.signal.aborted ? "left-out" : this.isUp ? "up" : "broken";
      return { host: url, state, problem, underWay, latencyMs: latency.latencyMs };
    },
    probe,
    leaveOut,
    async run(task, signal) {
      const startedAt = performance.now();
      const either = AbortSignal.any([signal, left.signal]);
      let result = "given up";
      metrics.underWay.set(labels, ++underWay);
      try {
        const end = await breaker.execute(() => connection.run(task, either));
        result = "ok";
        problem = undefined;
        return end;
      } catch (error) {
        if (isHosts(error)) {
          result = "failed";
          problem = error.shortMessage
            .slice(url.length + 1)
            .replace(/: another host is asked\.$/, "");
          if (error.reason === "UNAUTHORIZED") leaveOut(REFUSES_TOKEN);
        } else if (!either.aborted)
          throw new HostFailedError(url, "is not asked just now", "BROKEN");
        throw error;
      } finally {
        metrics.underWay.set(labels, --underWay);
        metrics.requests.inc({ ...labels, result });
        // Of one that was given up, what is known is that it took longer; a failure may be quick.
        if (result !== "failed") latency.note(performance.now() - startedAt);
        metrics.latency.set(labels, latency.latencyMs / 1_000);
        onChange();
      }
    },
    async close() {
      clearTimeout(timer);
      left.abort(new HostFailedError(url, "was taken out"));
      await connection.close();
    },
  };
}
