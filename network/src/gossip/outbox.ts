import type { JobHint } from "@assay/sdk";
import { COLLECT_MS } from "./limits.ts";
import { MAX_HINTS } from "./message.ts";

export interface Outbox {
  /** Resolves when the hint was said, with others perhaps. */
  add(hint: JobHint): Promise<void>;
  close(): void;
}

interface Waiting {
  hint: JobHint;
  said: PromiseWithResolvers<void>;
}

/**
 * Says hints: one at once, and those that come soon after it together, many in one message.
 * @param say - publishes one message with at most {@link MAX_HINTS} hints.
 */
export function createOutbox(say: (hints: readonly JobHint[]) => Promise<void>): Outbox {
  const waiting = new Map<string, Waiting>();
  let timer: NodeJS.Timeout | undefined;

  async function flush(): Promise<void> {
    const now = [...waiting.values()].slice(0, MAX_HINTS);
    for (const { hint } of now) waiting.delete(hint.job);
    timer = now.length === 0 ? undefined : setTimeout(flush, COLLECT_MS);
    timer?.unref();
    if (now.length === 0) return;
    try {
      await say(now.map(({ hint }) => hint));
      for (const { said } of now) said.resolve();
    } catch (error) {
      for (const { said } of now) said.reject(error);
    }
  }

  return {
    add(hint) {
      const said = waiting.get(hint.job)?.said ?? Promise.withResolvers<void>();
      waiting.set(hint.job, { hint, said });
      if (timer === undefined) void flush();
      return said.promise;
    },
    close() {
      clearTimeout(timer);
      for (const { said } of waiting.values()) said.resolve();
      waiting.clear();
    },
  };
}
