import { type TransactionReceipt, TransactionReceiptNotFoundError } from "viem";
import { abortable } from "../../concurrency/abortable.ts";
import { pause } from "../../concurrency/pause.ts";
import type { ChainContext, Wallet } from "../context/marketContext.ts";
import type { StoredTransaction } from "../context/transactionStore.ts";
import { TransactionReplacedError } from "../errors/market.ts";
import { createCare } from "./care.ts";

/** Milliseconds after which a used nonce without a receipt counts as another transaction's. */
const GONE_MS = 2_000;
/** While no block comes, nothing can be new, unless the chain was reorganised or the node is late: milliseconds until it is looked at all the same. */
const LOOK_AGAIN_MS = 1_000;

/**
 * Waits until any version of a transaction has its confirmations. It sends the transaction again if it vanished, and replaces it if it
 * offers too little. Otherwise only `signal` ends the wait. (viem's own waiting cannot be stopped, and keeps the process alive for
 * minutes.)
 *
 * @throws {@link TransactionReplacedError} when another transaction took its nonce.
 * @throws TransactionDroppedError when it vanished and would fail by now.
 */
export async function awaitMined(
  client: ChainContext,
  wallet: Wallet,
  { nonce, isLeftover = false }: { nonce: number; isLeftover?: boolean },
  signal: AbortSignal | undefined,
): Promise<TransactionReceipt> {
  const { public: node, transactions } = client;
  const { address } = wallet.account;
  const care = createCare(client, wallet, { nonce, isLeftover });
  // A node may count a transaction a moment before it gives its receipt, so one look does not tell.
  let goneAt: number | undefined;

  /** The receipt, once it has its confirmations. */
  async function look(block: bigint): Promise<TransactionReceipt | undefined> {
    // A replacement may have come since the last look.
    const transaction = transactions.all().find((stored) => stored.nonce === nonce);
    if (transaction === undefined) throw new TypeError(`transaction ${nonce} is not in the store`);
    const used = await abortable(node.getTransactionCount({ address }), signal);
    const receipt = await abortable(findReceipt(client, transaction), signal);
    if (receipt !== undefined) {
      if (!(await isConfirmed(client, receipt, block, signal))) return undefined;
      const { blockNumber: number, blockHash: hash } = receipt;
      transactions.noteMined(nonce, { number, hash });
      return receipt;
    }
    if (used <= nonce) {
      goneAt = undefined;
      await care.look({ used, block }, signal);
      return undefined;
    }
    goneAt ??= performance.now();
    if (performance.now() - goneAt <= GONE_MS) return undefined;
    transactions.delete(nonce);
    throw new TransactionReplacedError(lastHash(transaction), nonce);
  }

  for (let seen: bigint | undefined, lookedAt = 0; ; ) {
    const block = await abortable(node.getBlockNumber({ cacheTime: 0 }), signal);
    if (block !== seen || performance.now() - lookedAt >= LOOK_AGAIN_MS) {
      [seen, lookedAt] = [block, performance.now()];
      const receipt = await look(block);
      if (receipt !== undefined) return receipt;
    }
    await pause(client.pollingIntervalMs, signal);
  }
}

/** Of the version that was mined, if one was. A reorganisation takes it away again. */
async function findReceipt(
  { public: node }: ChainContext,
  { versions }: StoredTransaction,
): Promise<TransactionReceipt | undefined> {
  for (const { hash } of versions.toReversed()) {
    try {
      return await node.getTransactionReceipt({ hash });
    } catch (error) {
      if (!(error instanceof TransactionReceiptNotFoundError)) throw error;
    }
  }
  return undefined;
}

async function isConfirmed(
  { public: node, confirmations }: ChainContext,
  { blockNumber, blockHash }: TransactionReceipt,
  latest: bigint,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (confirmations <= 1) return true;
  if (latest - blockNumber + 1n < BigInt(confirmations)) return false;
  // The receipt may come from a machine that has not heard of a reorganisation.
  const { hash } = await abortable(node.getBlock({ blockNumber }), signal);
  return hash === blockHash;
}

function lastHash({ versions, nonce }: StoredTransaction) {
  const last = versions.at(-1);
  if (last === undefined) throw new TypeError(`transaction ${nonce} has no version`);
  return last.hash;
}
