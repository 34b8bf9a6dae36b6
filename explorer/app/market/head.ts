import type { MarketContext } from "@assay/sdk";
import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";

/** The chain's latest block, and whether the endpoint answers. */
export interface Head {
  number: bigint | undefined;
  /** Unix seconds of the chain: those of its latest block, and on from there. */
  now: number;
  problem: string | undefined;
}

const Context = createContext<Head>({ number: undefined, now: 0, problem: undefined });
export const HeadProvider = Context.Provider;
export const useHead = () => useContext(Context);

const POLL_MS = 1_000;

/** Follows the latest block. What a chain's clock says is its own: it may be hours ahead of ours. */
export function useFollowedHead(client: MarketContext): Head {
  const [head, setHead] = useState<Head>({ number: undefined, now: 0, problem: undefined });
  useEffect(() => {
    let isOver = false;
    let seen: { number: bigint; timestamp: number; at: number } | undefined;
    async function look() {
      let problem: string | undefined;
      try {
        const { number, timestamp } = await client.public.getBlock();
        if (seen?.number !== number) {
          seen = { number, timestamp: Number(timestamp), at: performance.now() };
        }
      } catch {
        problem = "The endpoint does not answer. What is shown may be old.";
      }
      if (isOver) return;
      const passed = seen === undefined ? 0 : (performance.now() - seen.at) / 1_000;
      const now = Math.floor((seen?.timestamp ?? 0) + passed);
      setHead({ number: seen?.number, now, problem });
      setTimeout(look, POLL_MS);
    }
    look();
    return () => {
      isOver = true;
    };
  }, [client]);
  return head;
}
