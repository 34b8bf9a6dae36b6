import { batchRange, getBytes, openInputManifest, type PostedJob } from "@assay/sdk";
import { useMarket } from "../market/market.ts";
import { type Reading, useRead } from "../market/useRead.ts";
import type { BatchResults } from "./useResults.ts";

/** Longest content that a page loads, in bytes. */
const MOST_BYTES = 16 << 20;

/** The input of a task, checked against the job's input root. */
export function useInput({ jobId, spec, terms }: PostedJob, task: number): Reading<Uint8Array> {
  const { client } = useMarket();
  return useRead(
    async (signal) => {
      if (client.content === undefined) throw new TypeError("No gateway is set.");
      const inputs = await openInputManifest(client.content, {
        ...{ cid: spec.manifest, root: spec.inputRoot, count: terms.taskCount, signal },
      });
      for await (const { cid, byteLength } of inputs.entries({ first: task, count: 1, signal })) {
        return getBytes(client.content, cid, { byteLength, maxBytes: MOST_BYTES, signal });
      }
      throw new RangeError("there is no such task");
    },
    [client, jobId, task],
  );
}

/** The result that a worker committed to; `undefined` where it is none. */
export function useResult(
  { jobId, spec }: PostedJob,
  results: BatchResults | undefined,
  task: number,
): Reading<Uint8Array | undefined> {
  const { client } = useMarket();
  const entry = results?.entries.find(({ position }) => position === task);
  const cid = entry?.outcome === "ok" ? entry.cid : undefined;
  return useRead(
    async (signal) => {
      if (client.content === undefined || entry?.outcome !== "ok") return undefined;
      const maxBytes = Math.min(spec.maxResultBytes, MOST_BYTES);
      const { cid, byteLength } = entry;
      return getBytes(client.content, cid, { byteLength, maxBytes, signal });
    },
    [client, jobId, task, cid?.toString()],
  );
}

/** The batch of a task. */
export function batchOf({ terms }: PostedJob, task: number): number {
  const batch = Math.floor(task / terms.batchSize);
  batchRange(terms, batch);
  return batch;
}
