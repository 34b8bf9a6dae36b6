import {
  batchCount,
  getBatches,
  getJob,
  type ListedJob,
  listJobs,
  type PostedJob,
  watchBatches,
  watchDisputes,
  watchJobs,
} from "@assay/sdk";
import { useRef, useState } from "preact/hooks";
import type { Address } from "viem";
import { type Counts, countsOf } from "../job/progress.tsx";
import { useMarket } from "../market/market.ts";
import { useFollow } from "../market/useRead.ts";

/** A line of the list. */
export type JobLine = PostedJob & { counts: Counts | undefined; isCancelled: boolean };

/** Jobs of one reading. */
const PAGE = 20;
/** A job's counts are those of so many batches at most: the list is no place for more. */
const MOST_BATCHES = 1_000;
const GATHER_MS = 200;

export interface Jobs {
  lines: readonly JobLine[];
  isLoading: boolean;
  /** Whether there may be older ones. */
  hasMore: boolean;
  more(): void;
  error: unknown;
}

/** The newest jobs first, live: new ones are put on top, and counts change as batches do. */
export function useJobs({ requester }: { requester?: Address } = {}): Jobs {
  const { client } = useMarket();
  const [lines, setLines] = useState<readonly JobLine[]>([]);
  const [isLoading, setLoading] = useState(true);
  const [hasMore, setMore] = useState(false);
  const [error, setError] = useState<unknown>();
  const known = useRef(new Map<string, JobLine>());
  const stop = useRef(new AbortController().signal);

  const show = () => {
    const all = [...known.current.values()];
    setLines(all.toSorted((a, b) => Number(b.blockNumber - a.blockNumber)));
  };

  async function count(jobId: string): Promise<void> {
    const line = known.current.get(jobId);
    if (line === undefined) return;
    const at = { jobId: line.jobId, signal: stop.current };
    const size = Math.min(MOST_BATCHES, batchCount(line.terms));
    const [{ status }, batches] = await Promise.all([
      getJob(client, at),
      getBatches(client, { ...at, count: size }),
    ]);
    const isCancelled = status === "cancelled";
    known.current.set(jobId, { ...line, counts: countsOf(batches), isCancelled });
  }

  async function list(toBlock: bigint | undefined): Promise<void> {
    setLoading(true);
    const found: ListedJob[] = [];
    try {
      const options = { requester, toBlock, limit: PAGE, signal: stop.current };
      for await (const job of listJobs(client, options)) {
        found.push(job);
        const isCancelled = job.status === "cancelled";
        known.current.set(job.jobId, { ...job, counts: undefined, isCancelled });
        show();
        count(job.jobId).then(show, setError);
      }
      setMore(found.length === PAGE);
    } catch (problem) {
      if (!stop.current.aborted) setError(problem);
    } finally {
      setLoading(false);
    }
  }

  async function follow(signal: AbortSignal): Promise<void> {
    stop.current = signal;
    known.current.clear();
    const fromBlock = (await client.public.getBlockNumber({ cacheTime: 0 })) + 1n;
    const dirty = new Set<string>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const soon = (jobId: string) => {
      dirty.add(jobId);
      if (timer !== undefined) return;
      timer = setTimeout(async () => {
        timer = undefined;
        const jobs = [...dirty];
        dirty.clear();
        await Promise.all(jobs.map(count)).catch(setError);
        if (!signal.aborted) show();
      }, GATHER_MS);
    };
    const options = { fromBlock, signal, onError: (problem: unknown) => setError(problem) };
    const stops = [
      watchJobs(client, {
        ...options,
        requester,
        onJob: ({ removed, ...job }) => {
          if (removed) known.current.delete(job.jobId);
          else known.current.set(job.jobId, { ...job, counts: undefined, isCancelled: false });
          soon(job.jobId);
        },
      }),
      watchBatches(client, { ...options, onBatch: ({ jobId }) => soon(jobId) }),
      watchDisputes(client, { ...options, onDispute: ({ jobId }) => soon(jobId) }),
    ];
    signal.addEventListener("abort", () => {
      for (const end of stops) end();
    });
    await list(fromBlock - 1n);
  }

  useFollow(follow, setError, [client, requester]);
  const last = lines.at(-1);
  return {
    ...{ lines, isLoading, hasMore, error },
    more: () => void (last !== undefined && last.blockNumber > 0n && list(last.blockNumber - 1n)),
  };
}
