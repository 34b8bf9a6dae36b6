import { setTimeout as sleep } from "node:timers/promises";
import { type Backoff, backoffMs } from "@assay/queue";
import { abortable } from "@assay/sdk/concurrency";

const AFTER_FAILURE: Backoff = { firstMs: 500, longestMs: 30_000, jitter: 0 };

/** One step after the other, for as long as there is something to do. */
export interface Loop {
  /** Says that there may be something to do. */
  wake(): void;
  /** Resolves when the loop has ended, after the step that is under way. */
  readonly done: Promise<void>;
}

export interface LoopParameters {
  /** Does the next thing. `false` means that there is nothing to do until {@link Loop.wake} is called. */
  step: (signal: AbortSignal) => Promise<boolean>;
  onError: (error: unknown) => void;
  signal: AbortSignal;
}

/** Runs `step` again and again, while there is something to do. After a failure, which `onError` hears of, it waits. */
export function startLoop({ step, onError, signal }: LoopParameters): Loop {
  let woken = Promise.withResolvers<void>();

  async function run(): Promise<void> {
    let failures = 0;
    await undefined; // the caller has the loop before its first step
    while (!signal.aborted) {
      const wake = woken.promise;
      try {
        const didSomething = await step(signal);
        failures = 0;
        if (didSomething) continue;
        await abortable(wake, signal);
      } catch (error) {
        if (signal.aborted) return;
        onError(error);
        await sleep(backoffMs(AFTER_FAILURE, ++failures), undefined, { signal }).catch(() => {});
      }
    }
  }

  return {
    wake() {
      const before = woken;
      // A call during a step takes effect after it.
      woken = Promise.withResolvers();
      before.resolve();
    },
    done: run(),
  };
}
