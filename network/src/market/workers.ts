import { setTimeout as sleep } from "node:timers/promises";
import type { WorkerAnswer, Workers } from "@assay/sdk";
import type { Address } from "viem";
import { askQuote } from "../direct/quote.ts";
import type { MarketPeers } from "./marketPeers.ts";

/** Workers asked at most, of whom chance chooses. */
const MOST_ASKED = 32;
/** A newcomer hears of most others within so many milliseconds; in a large network the DHT knows some. */
const GREETED_MS = 2_500;
const LOOK_MS = 100;
/** For all of it, in milliseconds, and what of it is left for the answers at least. */
const TIMEOUT_MS = 6_000;
const ANSWERS_MS = 2_000;

export interface WorkersParameters {
  market: Pick<MarketPeers, "present" | "direct">;
  /** Peer ids of workers that the DHT knows. */
  find: (options: { signal: AbortSignal }) => AsyncIterable<string>;
}

/** Finds the workers of a market and asks them. */
export function createWorkers({ market, find }: WorkersParameters): Workers {
  const joinedAt = performance.now();

  async function findAll(signal: AbortSignal): Promise<Map<string, Found>> {
    const found = new Map<string, Found>();
    const looking = (async () => {
      for await (const peerId of find({ signal })) {
        if (!found.has(peerId)) found.set(peerId, { account: undefined, standing: 0 });
        if (found.size >= MOST_ASKED) return;
      }
    })().catch(() => {}); // the time is over, or nobody serves the DHT
    for (;;) {
      for (const { author, roles } of market.present) {
        if (roles.includes("worker")) found.set(author.peerId, author);
      }
      const isGreeted = performance.now() - joinedAt > GREETED_MS;
      if (signal.aborted || (isGreeted && found.size > 0)) break;
      await sleep(LOOK_MS);
    }
    if (found.size === 0) await looking;
    return found;
  }

  return {
    async ask(job, { signal, timeoutMs = TIMEOUT_MS } = {}) {
      const until = performance.now() + timeoutMs;
      const findingMs = Math.max(0, timeoutMs - ANSWERS_MS);
      const stop = new AbortController();
      const given = signal === undefined ? [] : [signal];
      const finding = AbortSignal.any([stop.signal, AbortSignal.timeout(findingMs), ...given]);
      const found = await findAll(finding);
      stop.abort();
      signal?.throwIfAborted();
      const leftMs = Math.max(1, Math.ceil(until - performance.now()));
      const asked = chosen([...found]).map(async ([peerId, { account }]): Promise<WorkerAnswer> => {
        const options = { signal, timeoutMs: leftMs };
        const quote = await askQuote(market.direct, peerId, job, options).catch(() => undefined);
        return { peerId, account, quote };
      });
      const answers = await Promise.all(asked);
      signal?.throwIfAborted();
      // A node that was found and is no worker is none of those that were asked for.
      return answers.filter(({ quote }) => quote?.code !== "ROLE");
    },
  };
}

interface Found {
  account: Address | undefined;
  standing: number;
}

/** Those of whom it is known that something stands behind them go first: any number of others can be made up. */
function chosen(found: [string, Found][]): [string, Found][] {
  const isStranger = ([, { standing }]: [string, Found]) => Number(standing === 0);
  return shuffled(found)
    .sort((a, b) => isStranger(a) - isStranger(b))
    .slice(0, MOST_ASKED);
}

function shuffled<T>(items: T[]): T[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [items[i], items[j]] = [items[j] as T, items[i] as T];
  }
  return items;
}
