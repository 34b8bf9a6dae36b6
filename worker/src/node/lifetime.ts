import type { AssayError } from "@assay/sdk";
import type { Report } from "../kernel/events.ts";

type End = () => Promise<void> | void;

/** The life of a node: everything that it has begun ends with it, the last first. */
export interface Lifetime {
  /** Aborts when the node stops. */
  readonly signal: AbortSignal;
  /**
   * Resolves when the node has stopped.
   *
   * @throws the error by which it had to stop.
   */
  readonly ended: Promise<void>;
  /** Adds an action for the end of the node. */
  atEnd(end: End): void;
  /** Takes back a start that failed: ends everything that has begun so far. */
  endAll(): Promise<void>;
  /** Ends the node. Later calls wait for the first one. */
  stop(): Promise<void>;
  /** Ends the node because of an error that it cannot mend itself. */
  fail(error: AssayError): void;
}

export function createLifetime(report: Report): Lifetime {
  const ends: End[] = [];
  const stopping = new AbortController();
  const ended = Promise.withResolvers<void>();
  // A caller that does not await the end need not handle its error.
  ended.promise.catch(() => {});
  let stopped: Promise<void> | undefined;
  let failure: AssayError | undefined;

  async function endAll(): Promise<void> {
    for (let end = ends.pop(); end !== undefined; end = ends.pop()) await end();
  }

  function stop(): Promise<void> {
    if (stopped === undefined) {
      report("node stopping", {});
      stopping.abort(new Error("the node is stopping"));
      stopped = endAll();
      stopped.then(
        () => (failure === undefined ? ended.resolve() : ended.reject(failure)),
        ended.reject,
      );
    }
    return stopped;
  }

  return {
    signal: stopping.signal,
    ended: ended.promise,
    atEnd: (end) => void ends.push(end),
    endAll,
    stop,
    fail(error) {
      if (failure !== undefined || stopped !== undefined) return;
      report("node cannot go on", { error: error.shortMessage, code: error.code });
      failure = error;
      // Not at once: the error may be found in the middle of a transaction.
      queueMicrotask(() => void stop());
    },
  };
}
