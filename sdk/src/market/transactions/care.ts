import { BaseError, ExecutionRevertedError, type Hex, TransactionNotFoundError } from "viem";
import { abortable } from "../../concurrency/abortable.ts";
import type { ChainContext, Wallet } from "../context/marketContext.ts";
import type { TransactionNews } from "../context/news.ts";
import type { StoredTransaction } from "../context/transactionStore.ts";
import { TransactionDroppedError } from "../errors/market.ts";
import { broadcast, isAboutFees } from "./broadcast.ts";
import { bumpedFees, currentFees } from "./fees.ts";
import { sign } from "./sign.ts";
import { noncesWaitedFor } from "./waiting.ts";

/** New blocks in a row at which the node has to say that it does not know a transaction before it counts as vanished. */
const MISSING_BLOCKS = 2;
/** Minimum time in milliseconds between two versions of a transaction, however fast the blocks come. */
const LEAST_WAIT_MS = 3_000;
/** Gas of a plain transfer. */
const TRANSFER_GAS = 21_000n;

/** What is known of a nonce that is not used yet. */
interface Watched {
  /** Block at which its last version was sent, or first seen waiting. */
  sinceBlock: bigint;
  /** By `performance.now()`. */
  sinceMs: number;
  missing: number;
}

export interface Care {
  /**
   * Takes care of unmined transactions at each new block: of the transaction itself, and of the first unused nonce, which all others wait
   * for.
   * @param used - nonces that the chain has used.
   * @param block - the latest.
   *
   * @throws {@link TransactionDroppedError}
   */
  look(
    { used, block }: { used: number; block: bigint },
    signal: AbortSignal | undefined,
  ): Promise<void>;
}

/**
 * Brings a transaction into a block: sends it again when it vanished, replaces it when it waits for long, fills a gap before it.
 * @param isLeftover - nobody knows whether it was ever sent, so the node not having it is no matter of patience.
 */
export function createCare(
  client: ChainContext,
  wallet: Wallet,
  { nonce, isLeftover }: { nonce: number; isLeftover: boolean },
): Care {
  const { public: node, transactions } = client;
  const { address } = wallet.account;
  const watched = new Map<number, Watched>();
  let heldByCap = false;
  let seenBlock: bigint | undefined;

  function tell(type: TransactionNews["type"], transaction: StoredTransaction, hash: Hex): void {
    const { nonce, action } = transaction;
    client.onTransaction?.({ type, nonce, action, hash });
  }

  function watch(nonce: number, block: bigint): Watched {
    const missing = isLeftover ? MISSING_BLOCKS - 1 : 0;
    const known = watched.get(nonce) ?? { ...since(block), missing };
    watched.set(nonce, known);
    return known;
  }

  const since = (block: bigint) => ({ sinceBlock: block, sinceMs: performance.now() });

  /** Whether it has waited for long enough to be helped. */
  function isOverdue({ sinceBlock, sinceMs }: Watched, block: bigint): boolean {
    if (performance.now() - sinceMs < LEAST_WAIT_MS) return false;
    return block - sinceBlock >= BigInt(client.replaceAfterBlocks);
  }

  /** Whether the node has one of its versions. */
  async function isKnown({ versions }: StoredTransaction): Promise<boolean> {
    for (const { hash } of versions.toReversed()) {
      try {
        await node.getTransaction({ hash });
        return true;
      } catch (error) {
        if (!(error instanceof TransactionNotFoundError)) throw error;
      }
    }
    return false;
  }

  /** Whether the contract would refuse it by now; an earlier transaction that waits could make the difference. */
  async function wouldFail({ to, data, value }: StoredTransaction): Promise<unknown> {
    try {
      await node.call({ account: address, to, data, value });
      return undefined;
    } catch (error) {
      if (!(error instanceof BaseError)) throw error;
      if (error.walk((cause) => cause instanceof ExecutionRevertedError) === null) throw error;
      return error;
    }
  }

  async function sendAgain(
    transaction: StoredTransaction,
    used: number,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const version = transaction.versions.at(-1);
    // What a wallet has sent may wait where this node does not see it.
    if (version?.raw === undefined) return;
    if (transaction.nonce === used) {
      const refusal = await wouldFail(transaction);
      if (refusal !== undefined) {
        transactions.delete(transaction.nonce);
        tell("dropped", transaction, version.hash);
        throw new TransactionDroppedError(version.hash, { cause: refusal });
      }
    }
    const outcome = await broadcast(wallet, version.raw);
    if (outcome.sent !== "no") tell("sent again", transaction, version.hash);
    // Pools drop what offers less than the base fee. Any other reason, such as an empty account, may pass.
    else if (isAboutFees(outcome.error)) await replace(transaction, signal);
  }

  /** @returns whether there is a new version. */
  async function replace(
    transaction: StoredTransaction,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    const { versions } = transaction;
    const last = versions.at(-1);
    if (last === undefined) return false;
    const now = await currentFees({ ...client, maxFeePerGas: undefined }, signal);
    const cap = client.maxFeePerGas;
    const fees = bumpedFees(last.fees, { versions: versions.length, now, cap });
    if (fees === undefined) {
      if (!heldByCap) tell("held by the fee cap", transaction, last.hash);
      heldByCap = true;
      return false;
    }
    const version = await sign(wallet, transaction, fees);
    if (version?.raw === undefined) return false;
    transactions.put({ ...transaction, versions: [...versions, version] });
    const { sent } = await broadcast(wallet, version.raw);
    if (sent === "no") transactions.put(transaction);
    else tell("replaced", transaction, version.hash);
    return sent !== "no";
  }

  async function tend(
    transaction: StoredTransaction,
    { used, block }: { used: number; block: bigint },
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const state = watch(transaction.nonce, block);
    if (!(await abortable(isKnown(transaction), signal))) {
      if (++state.missing < MISSING_BLOCKS) return;
      await sendAgain(transaction, used, signal);
      Object.assign(state, { missing: 0, ...since(block) });
      return;
    }
    state.missing = 0;
    if (transaction.nonce !== used || !isOverdue(state, block)) return;
    if (await replace(transaction, signal)) Object.assign(state, since(block));
  }

  /** Nobody knows of a transaction with this nonce: an empty transfer to ourselves takes it, so that those behind it can be mined. */
  async function fillGap(
    { nonce, block }: { nonce: number; block: bigint },
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const pending = await abortable(
      node.getTransactionCount({ address, blockTag: "pending" }),
      signal,
    );
    const state = watch(nonce, block);
    // The node knows of one after all.
    if (pending > nonce) Object.assign(state, since(block));
    if (!isOverdue(state, block)) return;
    const fees = await currentFees(client, signal);
    const body = { nonce, to: address, data: "0x", value: 0n, gas: TRANSFER_GAS } as const;
    const version = await sign(wallet, body, fees);
    if (version?.raw === undefined) return;
    const filler = { ...body, action: "fill a nonce gap", versions: [version], minedIn: undefined };
    transactions.put(filler);
    await broadcast(wallet, version.raw);
    tell("gap filled", filler, version.hash);
  }

  return {
    async look({ used, block }, signal) {
      if (block === seenBlock) return;
      seenBlock = block;
      const stored = transactions.all();
      const own = stored.find((transaction) => transaction.nonce === nonce);
      if (own !== undefined) await tend(own, { used, block }, signal);
      if (used === nonce) return;
      const first = stored.find((transaction) => transaction.nonce === used);
      if (first === undefined) {
        if (!noncesWaitedFor(wallet).has(used)) await fillGap({ nonce: used, block }, signal);
      } else if (!noncesWaitedFor(wallet).has(used)) {
        // The sender gave up waiting.
        await tend(first, { used, block }, signal).catch((error) => {
          if (!(error instanceof TransactionDroppedError)) throw error;
        });
      }
    },
  };
}
