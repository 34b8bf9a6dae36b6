import { abortable } from "../../concurrency/abortable.ts";
import type { AbortOptions } from "../../concurrency/abortOptions.ts";
import { mapConcurrently } from "../../concurrency/mapConcurrently.ts";
import type { JobId } from "../../protocol/job/job.ts";
import { partsBackwards } from "../chain/backwards.ts";
import { readLogs } from "../chain/logs.ts";
import type { MarketContext } from "../context/marketContext.ts";

/** How long jobs have waited for their first claim lately. */
export interface FirstClaims {
  /** The newest jobs that were looked at… */
  jobs: number;
  /** …and those of them of which a batch was claimed. */
  claimed: number;
  /** Of these, seconds from the posting to the first claim: the half took no longer, and nine of ten. */
  medianSeconds: number | undefined;
  slowSeconds: number | undefined;
}

/** Jobs that are looked at… */
const MOST_JOBS = 32;
/** …in so many blocks at most: a quote is to take seconds. */
const MOST_BLOCKS = 10_000n;
const CONCURRENT_READS = 8;

/** Reads from the chain how long the latest jobs waited for their first claim. A claim's block says when it was. */
export async function readFirstClaims(
  client: MarketContext,
  { signal }: AbortOptions = {},
): Promise<FirstClaims> {
  const toBlock = await abortable(client.public.getBlockNumber({ cacheTime: 0 }), signal);
  const first = toBlock - MOST_BLOCKS + 1n;
  const fromBlock = first > client.deployedAt ? first : client.deployedAt;
  const posted: { jobId: JobId; block: bigint }[] = [];
  /** Block of a job's first claim. */
  const claims = new Map<JobId, bigint>();
  for (const part of partsBackwards(client, { fromBlock, toBlock })) {
    const found: typeof posted = [];
    const events = ["JobPosted", "BatchClaimed"] as const;
    for await (const { eventName, args, blockNumber } of readLogs(
      client,
      { events },
      { ...part, signal },
    )) {
      if (eventName === "JobPosted") found.push({ jobId: args.job, block: blockNumber });
      const known = claims.get(args.job);
      const isFirst = known === undefined || blockNumber < known;
      if (eventName === "BatchClaimed" && isFirst) claims.set(args.job, blockNumber);
    }
    posted.push(...found.toReversed());
    if (posted.length >= MOST_JOBS) break;
  }
  const jobs = posted.slice(0, MOST_JOBS);
  const claimed = jobs.flatMap(({ jobId, block }) => {
    const claim = claims.get(jobId);
    return claim === undefined ? [] : { block, claim };
  });
  const timeOf = timeReader(client, signal);
  const waits: number[] = [];
  const read = async ({ block, claim }: { block: bigint; claim: bigint }) =>
    Number((await timeOf(claim)) - (await timeOf(block)));
  for await (const seconds of mapConcurrently(claimed, CONCURRENT_READS, read, { signal })) {
    waits.push(seconds);
  }
  waits.sort((a, b) => a - b);
  const at = (share: number) => waits[Math.max(0, Math.ceil(share * waits.length) - 1)];
  return {
    ...{ jobs: jobs.length, claimed: waits.length },
    ...{ medianSeconds: at(0.5), slowSeconds: at(0.9) },
  };
}

/** Reads the time of a block once. */
function timeReader({ public: chain }: MarketContext, signal: AbortSignal | undefined) {
  const times = new Map<bigint, Promise<bigint>>();
  return (blockNumber: bigint): Promise<bigint> => {
    const known = times.get(blockNumber);
    if (known !== undefined) return known;
    const time = abortable(chain.getBlock({ blockNumber }), signal).then(
      (block) => block.timestamp,
    );
    times.set(blockNumber, time);
    return time;
  };
}
