import { setTimeout as sleep } from "node:timers/promises";
import { abortable } from "@assay/sdk/concurrency";

/** Pause after a failure, in milliseconds; doubled with each one that follows. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

export interface Lane {
  /** There may be something to do. */
  wake(): void;
  /** Resolves when the step under way has ended. */
  readonly done: Promise<void>;
}

export interface LaneParameters {
  /** Does the next thing that is to be done; `false` when there is nothing until {@link Lane.wake} is called. */
  step: (signal: AbortSignal) => Promise<boolean>;
  onError: (error: unknown) => void;
  signal: AbortSignal;
}

/** Runs `step` over and over, one at a time, as long as there is something to do. Failures are told and tried again later. */
export function startLane({ step, onError, signal }: LaneParameters): Lane {
  let woken = Promise.withResolvers<void>();

  async function run(): Promise<void> {
    let failures = 0;
    await undefined; // whoever starts a lane holds it before its first step
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
        const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** failures++, LONGEST_PAUSE_MS);
        await sleep(pauseMs, undefined, { signal }).catch(() => {});
      }
    }
  }

  return {
    wake() {
      const before = woken;
      // What is woken while a step runs takes effect after it.
      woken = Promise.withResolvers();
      before.resolve();
    },
    done: run(),
  };
}
