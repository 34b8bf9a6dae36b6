import { setImmediate } from "node:timers/promises";
import type { BlockReader } from "@assay/sdk/protocol";
import { createRunner } from "../runner/createRunner.ts";
import type { Runner } from "../runner/runner.ts";
import { load, runLoaded } from "./runLoaded.ts";

/** Tasks may keep this thread from everything else for so long, in milliseconds; a single one, until it ends. */
const TURN_MS = 10;

export interface InProcessRunnerOptions {
  /** Reads inputs that are named by their CID. */
  content?: BlockReader | undefined;
}

/** Runs own programs in this thread, one task after the other. Only fuel stops a task that does not end. */
export function inProcessRunner({ content }: InProcessRunnerOptions = {}): Runner {
  let turnAt = performance.now();
  return createRunner({
    ...{ name: "in-process", content },
    open({ program, limits }) {
      const loaded = load(program);
      return {
        window: 1,
        async runTask(input, { signal }) {
          if (performance.now() - turnAt > TURN_MS) {
            await setImmediate();
            turnAt = performance.now();
            signal.throwIfAborted();
          }
          return runLoaded(loaded, input, limits);
        },
      };
    },
  });
}
