import { createRateLimiter } from "@assay/network";
import {
  type BroughtCall,
  callSigned,
  type MarketClient,
  marketplaceAbi,
  relayCalls,
} from "@assay/sdk";
import { type Address, formatEther, type Hex, parseEventLogs, type TransactionReceipt } from "viem";
import { worthOf } from "../jobs/worth.ts";
import { type Admitted, admit, type RelayerPolicy, withMargin } from "./admission.ts";
import type { Ledger } from "./ledger.ts";
import type { RelayerMetrics } from "./metrics.ts";
import { RefusedError } from "./refusals.ts";
import { readRequest } from "./request.ts";
import { checkSignature } from "./signature.ts";

export interface RelayerOptions {
  /** With the account that sends and pays. Where it knows the contract `Offers`, that brings many calls in one transaction. */
  client: MarketClient;
  ledger: Ledger;
  policy: RelayerPolicy;
  metrics: RelayerMetrics;
  /** How long requests are collected for one transaction, in milliseconds. */
  batchMs: number;
  /** Most calls of a transaction. */
  batchCalls: number;
  /** Requests that wait at a time, of all accounts. */
  maxWaiting: number;
  /** Requests of one account, and of one address. */
  perMinute: number;
}

export interface Relayer {
  /**
   * Checks calls of one account and brings them with others'. The same calls are brought once.
   * @param from - who asks: an address of the network.
   *
   * @throws {@link RefusedError}
   */
  bring(calls: readonly BroughtCall[], from: string): Promise<{ hash: Hex }>;
  /** Takes nothing more, and ends when all that was admitted is mined. */
  close(): Promise<void>;
}

interface Waiting extends Admitted {
  resolve(brought: { hash: Hex }): void;
  reject(error: unknown): void;
}

/** Requests of one account that wait for each other. */
const MOST_OF_ACCOUNT = 8;
/** Requests whose end is remembered. */
const MOST_REMEMBERED = 4_096;
const MINUTE_SECONDS = 60;

function largestOf(amounts: readonly bigint[]): bigint {
  let largest = 0n;
  for (const amount of amounts) if (amount > largest) largest = amount;
  return largest;
}

/** Brings signed calls of others, for pay and within limits. */
export function createRelayer(options: RelayerOptions): Relayer {
  const { client, ledger, policy, metrics, batchMs, batchCalls, maxWaiting, perMinute } = options;
  const relayer = client.wallet?.account.address;
  if (relayer === undefined) throw new TypeError("a relayer has an account");
  const limit = { perSecond: perMinute / MINUTE_SECONDS, burst: Math.max(1, perMinute / 4) };
  const [ofAccounts, ofAddresses] = [createRateLimiter(limit), createRateLimiter(limit)];
  const stopping = new AbortController();
  /** By all that was signed. */
  const known = new Map<string, Promise<{ hash: Hex }>>();
  /** The last request of each account: the next one is looked at in the state that it leaves. */
  const lastOf = new Map<Address, { end: Promise<unknown>; waiting: number }>();
  let queue: Waiting[] = [];
  let admitted = 0;
  let inFlightWei = 0n;
  let timer: NodeJS.Timeout | undefined;
  let sending: Promise<void> = Promise.resolve();
  let isEnding = false;

  async function take(calls: readonly BroughtCall[], from: string): Promise<{ hash: Hex }> {
    if (isEnding) throw new RefusedError("ENDING", "the relayer is about to end");
    if (!ofAddresses.take(from)) throw new RefusedError("TOO_MANY", "too many requests from there");
    if (admitted >= maxWaiting) throw new RefusedError("BUSY", "too many requests wait");
    admitted++;
    metrics.waiting.set(admitted);
    try {
      const { timestamp: now } = await client.public.getBlock();
      const request = readRequest(calls, { relayer: relayer as Address, now });
      // Before it takes a place among the account's own.
      await Promise.all(calls.map((signed) => checkSignature(client, signed)));
      return await inTurn(request.account, async () => {
        const checked = await admit({ client, ledger, policy }, request, {
          ...{ inFlightWei: () => inFlightWei, signal: stopping.signal },
        });
        // The account itself has signed: nobody else can use up its share.
        if (!ofAccounts.take(checked.account.toLowerCase())) {
          throw new RefusedError("TOO_MANY", "too many requests of the account");
        }
        return await enqueue(checked);
      });
    } finally {
      admitted--;
      metrics.waiting.set(admitted);
    }
  }

  async function inTurn<T>(account: Address, action: () => Promise<T>): Promise<T> {
    const name = account.toLowerCase() as Address;
    const before = lastOf.get(name);
    if (before !== undefined && before.waiting >= MOST_OF_ACCOUNT) {
      throw new RefusedError("BUSY", "too many requests of the account wait");
    }
    const ended = (before?.end ?? Promise.resolve()).catch(() => {});
    const own = ended.then(action);
    const turn = { end: own, waiting: (before?.waiting ?? 0) + 1 };
    lastOf.set(name, turn);
    try {
      return await own;
    } finally {
      const last = lastOf.get(name);
      if (last === turn) lastOf.delete(name);
      else if (last !== undefined) last.waiting--;
    }
  }

  function enqueue(request: Admitted): Promise<{ hash: Hex }> {
    inFlightWei += request.atRiskWei;
    return new Promise<{ hash: Hex }>((resolve, reject) => {
      queue.push({ ...request, resolve, reject });
      const calls = queue.reduce((sum, one) => sum + one.calls.length, 0);
      if (calls >= batchCalls || isEnding) flush();
      else timer ??= setTimeout(flush, batchMs);
    }).finally(() => {
      inFlightWei -= request.atRiskWei;
      metrics.owed.set(Number(formatEther(ledger.owedWei)));
    });
  }

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    const batch = queue;
    queue = [];
    if (batch.length > 0) sending = sending.then(() => send(batch));
  }

  async function send(batch: readonly Waiting[]): Promise<void> {
    // Without `Offers`, each call is a transaction of its own.
    const groups = client.offers === undefined ? batch.map((one) => [one]) : grouped(batch);
    for (const group of groups) {
      try {
        const [only] = group;
        // One call costs less by itself.
        const isAlone = group.length === 1 && only?.calls.length === 1;
        if (only !== undefined && (client.offers === undefined || isAlone)) await bringSingly(only);
        else await bringTogether(group);
      } catch (error) {
        for (const one of group) one.reject(error);
      }
    }
  }

  function grouped(batch: readonly Waiting[]): Waiting[][] {
    const groups: Waiting[][] = [];
    let calls = 0;
    for (const one of batch) {
      const last = groups.at(-1);
      if (last === undefined || calls + one.calls.length > batchCalls) {
        groups.push([one]);
        calls = 0;
      } else last.push(one);
      calls += one.calls.length;
    }
    return groups;
  }

  async function bringTogether(group: readonly Waiting[]): Promise<void> {
    const calls = group.flatMap((one) => one.calls);
    const limits = group.flatMap((one) => one.gas);
    const gasEach = largestOf(limits);
    const written = await relayCalls(client, { calls, gasEach });
    const receipt = await client.public.getTransactionReceipt({ hash: written.hash });
    const total = limits.reduce((sum, gas) => sum + gas, 0n);
    count(written.feeWei);
    for (const one of group) {
      const share = one.gas.reduce((sum, gas) => sum + gas, 0n);
      const failed = one.calls.filter(({ call }) =>
        written.failed.some(({ account, nonce }) => {
          return account.toLowerCase() === call.account.toLowerCase() && nonce === call.nonce;
        }),
      );
      const spentWei = (written.feeWei * share + total - 1n) / total;
      end(one, { spentWei, receipts: [receipt], failed: failed.length, hash: written.hash });
    }
  }

  async function bringSingly(one: Waiting): Promise<void> {
    const receipts: TransactionReceipt[] = [];
    let spentWei = 0n;
    let failed = 0;
    for (const signed of one.calls) {
      try {
        const { hash, feeWei } = await callSigned(client, signed);
        spentWei += feeWei;
        count(feeWei);
        receipts.push(await client.public.getTransactionReceipt({ hash }));
      } catch (error) {
        const { transaction } = error as { transaction?: { feeWei: bigint } };
        spentWei += transaction?.feeWei ?? 0n;
        if (transaction !== undefined) count(transaction.feeWei);
        failed = one.calls.length - receipts.length;
        break; // what follows was admitted on top of it
      }
    }
    end(one, { spentWei, receipts, failed, hash: receipts.at(-1)?.transactionHash });
  }

  function count(feeWei: bigint): void {
    metrics.transactions.inc();
    metrics.spent.inc(Number(formatEther(feeWei)));
  }

  /** Books what a request has cost and paid, whether it came true or not. */
  function end(
    one: Waiting,
    result: {
      spentWei: bigint;
      receipts: readonly TransactionReceipt[];
      failed: number;
      hash: Hex | undefined;
    },
  ): void {
    const { spentWei, receipts, failed, hash } = result;
    const earnedWei = receipts.reduce((sum, receipt) => sum + givenBy(one.account, receipt), 0n);
    ledger.add(one.account, earnedWei - withMargin(spentWei, policy));
    metrics.earned.inc(Number(formatEther(earnedWei)));
    metrics.calls.inc({ outcome: "brought" }, one.calls.length - failed);
    metrics.calls.inc({ outcome: "failed" }, failed);
    if (failed > 0 || hash === undefined) {
      one.reject(new RefusedError("FAILED", `${failed} of its calls did not come true`));
    } else one.resolve({ hash });
  }

  /** What the account gave the relayer in a transaction, in wei. */
  function givenBy(account: Address, { logs }: TransactionReceipt): bigint {
    return parseEventLogs({ abi: marketplaceAbi, eventName: "CreditGiven", logs })
      .filter(({ address, args }) => {
        const isOurs = args.to.toLowerCase() === relayer?.toLowerCase();
        const isMarket = address.toLowerCase() === client.marketplace.toLowerCase();
        return isMarket && isOurs && args.from.toLowerCase() === account.toLowerCase();
      })
      .reduce((sum, { args }) => sum + (worthOf(policy, args.token, args.amount) ?? 0n), 0n);
  }

  return {
    bring(calls, from) {
      const name = JSON.stringify(calls, (_, v: unknown) => (typeof v === "bigint" ? `${v}` : v));
      const before = known.get(name);
      if (before !== undefined) return before;
      const brought = take(calls, from);
      known.set(name, brought);
      const [oldest] = known.keys();
      if (known.size > MOST_REMEMBERED && oldest !== undefined) known.delete(oldest);
      brought.then(
        () => metrics.requests.inc({ outcome: "brought" }),
        (error) => {
          known.delete(name);
          metrics.requests.inc({ outcome: error instanceof RefusedError ? error.code : "TROUBLE" });
        },
      );
      return brought;
    },
    async close() {
      isEnding = true;
      flush();
      while (admitted > 0) {
        flush();
        await Promise.all([...lastOf.values()].map(({ end }) => end.catch(() => {})));
        await sending;
      }
      stopping.abort(new Error("the relayer has ended"));
    },
  };
}
