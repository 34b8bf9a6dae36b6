import {
  type GetAccountReturnType,
  getAccount,
  getCredit,
  getMarketEvents,
  type MarketEvent,
} from "@assay/sdk";
import type { Address } from "viem";
import { useHead } from "../market/head.ts";
import { useMarket } from "../market/market.ts";
import { type Reading, useRead } from "../market/useRead.ts";

/** So many blocks back: a long chain has more than a page should read. */
export const BACK = 50_000n;
/** Points of the line of scores. */
const MOST_SCORES = 40;

export interface AccountView {
  account: GetAccountReturnType;
  credit: bigint;
  balance: bigint;
  /** What concerns the account, the newest first. */
  events: readonly MarketEvent[];
  /** What it was paid as a worker, by token. */
  earned: bigint;
  lost: bigint;
  scores: readonly { block: bigint; score: number }[];
}

/** An account as it stands, and what happened to it lately. Read again as blocks come, a few seconds apart. */
export function useAccount(address: Address): Reading<AccountView> {
  const { client } = useMarket();
  const { number } = useHead();
  return useRead(
    async (signal) => {
      const latest = await client.public.getBlockNumber({ cacheTime: 0 });
      const first = latest > BACK ? latest - BACK : 0n;
      const range = { fromBlock: first > client.deployedAt ? first : client.deployedAt };
      const [account, credit, balance, all] = await Promise.all([
        getAccount(client, { account: address, signal }),
        getCredit(client, { account: address, signal }),
        client.public.getBalance({ address }),
        getMarketEvents(client, { ...range, toBlock: latest, signal }),
      ]);
      const events = all.filter((event) => concerns(event, address));
      let earned = 0n;
      let lost = 0n;
      for (const event of events) {
        if (event.type === "batchSettled") earned += event.reward;
        if (event.type === "workerSlashed" && event.worker === address) lost += event.slashed;
        if (event.type === "batchExpired") lost += event.penalty;
      }
      const scores = await readScores(events, async (blockNumber) => {
        return (await getAccount(client, { account: address, blockNumber, signal })).score;
      });
      return { account, credit, balance, events: events.toReversed(), earned, lost, scores };
    },
    [client, address, number === undefined ? undefined : number / 4n],
  );
}

/** Whether an event is about an account, as a worker, a requester, a challenger or an owner. */
function concerns(event: MarketEvent, address: Address): boolean {
  if ("worker" in event && event.worker === address) return true;
  if ("requester" in event && event.requester === address) return true;
  if ("account" in event && event.account === address) return true;
  if ("asker" in event && event.asker === address) return true;
  return event.type === "batchChallenged" && event.dispute.challenger === address;
}

/** The score after each batch that changed it, where the endpoint has old state. */
async function readScores(
  events: readonly MarketEvent[],
  scoreAt: (block: bigint) => Promise<number>,
): Promise<AccountView["scores"]> {
  const changing = events.flatMap(({ type, blockNumber }) =>
    ["batchSettled", "workerSlashed", "batchExpired"].includes(type) ? [blockNumber] : [],
  );
  const blocks = [...new Set(changing)].slice(-MOST_SCORES);
  try {
    return await Promise.all(blocks.map(async (block) => ({ block, score: await scoreAt(block) })));
  } catch {
    return [];
  }
}
