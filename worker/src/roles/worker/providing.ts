import { setTimeout as sleep } from "node:timers/promises";
import { type Backoff, backoffMs } from "@assay/queue";
import type { Content, JobId } from "@assay/sdk";
import { createSemaphore } from "@assay/sdk/concurrency";
import type { CID } from "multiformats/cid";
import type { NodeStore } from "../../store/nodeStore.ts";

/** How long one attempt may take, in milliseconds. */
const ATTEMPT_MS = 20_000;
const ATTEMPTS_AT_ONCE = 4;
const BETWEEN: Backoff = { firstMs: 1_000, longestMs: 60_000, jitter: 0 };

export interface Providing {
  /** Tells the DHT that this node has `cid`, however often it takes. Resolves when it was told, or the node stops. */
  provide(cid: CID): Promise<void>;
  /**
   * The same of what a job's tasks are recomputed from, once: those who may have to judge our results shall find it, whether or not its
   * requester still gives it.
   */
  provideSources(jobId: JobId): Promise<void>;
}

/** Tells the DHT of contents in the background. */
export function createProviding({
  content,
  store,
  onTrouble,
  signal,
}: {
  content: Pick<Content, "provide">;
  store: Pick<NodeStore, "job">;
  onTrouble: (cid: CID, error: unknown) => void;
  signal: AbortSignal;
}): Providing {
  const slots = createSemaphore(ATTEMPTS_AT_ONCE);

  function attempt(cid: CID): Promise<void> {
    return slots.run(() => {
      const limited = AbortSignal.any([signal, AbortSignal.timeout(ATTEMPT_MS)]);
      return content.provide(cid, { signal: limited });
    }, signal);
  }

  const told = new Set<string>();

  async function provide(cid: CID): Promise<void> {
    for (let failures = 1; !signal.aborted; failures++) {
      try {
        await attempt(cid);
        return;
      } catch (error) {
        if (signal.aborted) return;
        onTrouble(cid, error);
      }
      await sleep(backoffMs(BETWEEN, failures), undefined, { signal }).catch(() => {});
    }
  }

  return {
    provide,
    async provideSources(jobId) {
      const spec = store.job(jobId)?.spec;
      const sources = spec === undefined ? [] : [spec.manifest, spec.program];
      const unknown = sources.filter((cid) => !told.has(String(cid)));
      for (const cid of unknown) told.add(String(cid));
      await Promise.all(unknown.map(provide));
    },
  };
}
