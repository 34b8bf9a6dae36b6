import type { TaskLimits } from "../runner/limits.ts";
import type { TaskEnd } from "../runner/runner.ts";

/** Main thread → thread. One message has all tasks that are handed over in a turn. */
export interface ThreadOrder {
  program: number;
  /** The instrumented module, the first time that the thread hears of the program. */
  module?: Uint8Array | undefined;
  /** Programs that it need not keep any more. */
  unload: readonly number[];
  limits: TaskLimits;
  tasks: readonly { id: number; input: Uint8Array }[];
}

/** The error of this machine in the place of an outcome. */
export interface Trouble {
  type: "memory" | "stack" | "refused";
  details: string;
}

export type ThreadEnd = { end: TaskEnd } | { trouble: Trouble };

/** Thread → main thread. Times are milliseconds. */
export type ThreadReply = readonly ({ id: number; elapsedMs: number } & ThreadEnd)[];
