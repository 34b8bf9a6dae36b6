import {
  type BatchState,
  batchCount,
  findJob,
  type GetJobReturnType,
  getBatches,
  getJob,
  type PostedJob,
  type WatchedJobEvent,
  watchJob,
} from "@assay/sdk";
import { useState } from "preact/hooks";
import type { Hex } from "viem";
import { useMarket } from "../market/market.ts";
import { useFollow } from "../market/useRead.ts";

/** A job as it stands, and everything that happened to it so far. */
export interface LiveJob {
  handle: PostedJob;
  state: GetJobReturnType;
  batches: readonly BatchState[];
  /** In the order of the chain. */
  events: readonly WatchedJobEvent[];
}

/** What comes within so many milliseconds is shown at once. */
const GATHER_MS = 100;
/** Batches of one reading: the contract answers a thousand at once. */
const PAGE = 1_000;

/** Follows one job: its events as they come, and after them the states of the batches that they are about. */
export function useJob(jobId: Hex): { job: LiveJob | undefined; error: unknown } {
  const { client } = useMarket();
  const [job, setJob] = useState<LiveJob>();
  const [error, setError] = useState<unknown>();

  async function follow(signal: AbortSignal): Promise<void> {
    const handle = await findJob(client, { jobId, fromBlock: client.deployedAt, signal });
    const count = batchCount(handle.terms);
    let events: WatchedJobEvent[] = [];
    let batches: BatchState[] = [];
    const dirty = new Set<number>([...Array(Math.ceil(count / PAGE)).keys()]);
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isReading = false;

    async function read(): Promise<void> {
      timer = undefined;
      if (isReading) return soon();
      isReading = true;
      const pages = [...dirty];
      dirty.clear();
      try {
        // All at one block, or a balance would be made up of two moments.
        const blockNumber = await client.public.getBlockNumber({ cacheTime: 0 });
        const at = { jobId, blockNumber, signal };
        const [state, ...read] = await Promise.all([
          getJob(client, at),
          ...pages.map((page) =>
            getBatches(client, {
              ...at,
              first: page * PAGE,
              count: Math.min(PAGE, count - page * PAGE),
            }),
          ),
        ]);
        batches = [...batches];
        for (const one of read.flat()) batches[one.batch] = one;
        const seen = events.filter((event) => event.blockNumber <= blockNumber);
        if (seen.length < events.length) soon();
        setJob({ handle, state, batches, events: seen });
        setError(undefined);
      } catch (problem) {
        if (signal.aborted) return;
        for (const page of pages) dirty.add(page);
        setError(problem);
        setTimeout(soon, 2_000);
      } finally {
        isReading = false;
      }
    }
    function soon(): void {
      if (!signal.aborted && timer === undefined) timer = setTimeout(read, GATHER_MS);
    }

    // What is told before this block belongs to the first picture: it is drawn once.
    const latest = await client.public.getBlockNumber({ cacheTime: 0 });
    for await (const event of watchJob(client, {
      ...{ jobId, fromBlock: handle.blockNumber, signal },
      onBlock: (block) => {
        if (block >= latest && (dirty.size > 0 || batches.length === 0)) soon();
      },
      onError: (problem) => setError(problem),
    })) {
      if (!event.removed) events.push(event);
      else {
        events = events.filter(({ blockHash, logIndex }) => {
          return blockHash !== event.blockHash || logIndex !== event.logIndex;
        });
      }
      if ("batch" in event) dirty.add(Math.floor(event.batch / PAGE));
      else for (let page = 0; page * PAGE < count; page++) dirty.add(page);
      if (event.blockNumber >= latest) soon();
    }
  }

  useFollow(follow, setError, [client, jobId]);
  return { job, error };
}
