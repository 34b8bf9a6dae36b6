import { abortable } from "../../concurrency/abortable.ts";
import type { AbortOptions } from "../../concurrency/abortOptions.ts";
import type { MarketContext } from "../context/marketContext.ts";
import type { AskedJob, WorkerAnswer } from "../context/workers.ts";

/** What the workers of the network ask for a task of a job now. */
export interface AskedPrices {
  /** Workers that were asked, and those of them that answered. */
  workers: number;
  answered: number;
  /** Those that would take the job at the reward that was named. */
  takers: number;
  /** Those that named a price. */
  priced: number;
  /** Quantiles of the prices, in the token's smallest unit; `undefined` if nobody named one. A price of one worker is in each. */
  prices: PriceQuantiles | undefined;
  /** Why the others would not take it: how many said so, the most first. A code is a worker's own text. */
  refusals: { code: string; workers: number }[];
}

export interface PriceQuantiles {
  least: bigint;
  lowerQuarter: bigint;
  median: bigint;
  upperQuarter: bigint;
  most: bigint;
}

/**
 * Asks the workers of the network, over the direct protocol.
 *
 * @returns `undefined` if the client has no place in the network, or its peer has left it.
 */
export async function askPrices(
  { workers }: Pick<MarketContext, "workers">,
  job: AskedJob,
  { timeoutMs, signal }: AbortOptions & { timeoutMs?: number | undefined },
): Promise<AskedPrices | undefined> {
  if (workers === undefined) return undefined;
  try {
    return pricesOf(await abortable(workers.ask(job, { timeoutMs, signal }), signal));
  } catch {
    signal?.throwIfAborted();
    return undefined;
  }
}

function pricesOf(answers: readonly WorkerAnswer[]): AskedPrices {
  const quotes = answers.flatMap(({ quote }) => quote ?? []);
  const asked = quotes
    .flatMap(({ askedRewardPerTask }) => askedRewardPerTask ?? [])
    .sort((a, b) => Number(a > b) - Number(a < b));
  const refused = quotes.filter(({ isTaken }) => !isTaken);
  const byCode = Map.groupBy(refused, ({ code }) => code ?? "OTHER");
  return {
    workers: answers.length,
    answered: quotes.length,
    takers: quotes.length - refused.length,
    priced: asked.length,
    prices: quantilesOf(asked),
    refusals: [...byCode]
      .map(([code, same]) => ({ code, workers: same.length }))
      .sort((a, b) => b.workers - a.workers),
  };
}

/** By the nearest rank: each is a price that somebody named. */
function quantilesOf(sorted: readonly bigint[]): PriceQuantiles | undefined {
  const [least, most] = [sorted[0], sorted.at(-1)];
  if (least === undefined || most === undefined) return undefined;
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? least;
  return { least, lowerQuarter: at(0.25), median: at(0.5), upperQuarter: at(0.75), most };
}
