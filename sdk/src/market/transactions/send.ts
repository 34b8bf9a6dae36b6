import type { Address, Hex } from "viem";
import { abortable } from "../../concurrency/abortable.ts";
import type { ChainContext, Wallet } from "../context/marketContext.ts";
import type { Fees, StoredTransaction } from "../context/transactionStore.ts";
import { TransactionDroppedError, TransactionReplacedError } from "../errors/market.ts";
import { awaitMined } from "./awaitMined.ts";
import { broadcast } from "./broadcast.ts";
import { currentFees } from "./fees.ts";
import { sign } from "./sign.ts";
import { addWaiter, noncesWaitedFor, removeWaiter } from "./waiting.ts";

/** A call as a transaction carries it. */
export interface Payload {
  to: Address;
  data: Hex;
  /** Wei. */
  value: bigint;
  gas: bigint;
  /** The function that it calls. */
  action: string;
}

/**
 * Brings to their end what the account has sent and nobody waits for: what a killed process left over, waits that were given up,
 * what a reorganisation has undone. Has to be called in the account's turn.
 */
export async function endLeftovers(
  client: ChainContext,
  wallet: Wallet,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { transactions, public: node } = client;
  if (transactions.all().length === 0) return;
  const { address } = wallet.account;
  const used = await abortable(node.getTransactionCount({ address }), signal);
  for (const { nonce, minedIn } of transactions.all()) {
    if (noncesWaitedFor(wallet).has(nonce)) continue;
    if (minedIn !== undefined && nonce < used) continue;
    // Others that wait for a later one leave it to us.
    addWaiter(wallet, nonce);
    try {
      await awaitMined(client, wallet, { nonce, isLeftover: true }, signal);
    } catch (error) {
      // Whatever became of it is over, and the chain says what is to be done now.
      const isOver =
        error instanceof TransactionReplacedError || error instanceof TransactionDroppedError;
      if (!isOver) throw error;
    } finally {
      removeWaiter(wallet, nonce);
    }
  }
}

/**
 * Signs a call with the account's next nonce, stores it and sends it. Has to be called in the account's turn.
 * @returns the nonce by which the store has it. An endpoint that did not answer may have passed it on: so it counts as sent.
 */
export async function send(
  client: ChainContext,
  wallet: Wallet,
  payload: Payload,
  signal: AbortSignal | undefined,
): Promise<number> {
  const { transactions } = client;
  const fees = await currentFees(client, signal);
  const nonce = await nextNonce(client, wallet, signal);
  signal?.throwIfAborted();
  const body = { ...payload, nonce };
  const version = await sign(wallet, body, fees);
  if (version?.raw === undefined) return sendByWallet(client, wallet, body, fees);
  transactions.put({ ...body, versions: [version], minedIn: undefined });
  const outcome = await broadcast(wallet, version.raw);
  if (outcome.sent === "no") {
    transactions.delete(nonce);
    throw outcome.error;
  }
  return nonce;
}

/** The key is in a wallet: it signs and sends in one. */
async function sendByWallet(
  { transactions }: ChainContext,
  wallet: Wallet,
  body: Payload & Pick<StoredTransaction, "nonce">,
  fees: Fees,
): Promise<number> {
  const { to, data, value, gas, nonce } = body;
  const { account, chain } = wallet;
  const hash = await wallet.sendTransaction({ account, chain, to, data, value, gas, nonce });
  const version = { hash, raw: undefined, fees };
  transactions.put({ ...body, versions: [version], minedIn: undefined });
  return nonce;
}

/** The lowest nonce that is neither used, nor waiting in this process or its store, nor in the node's pool. */
async function nextNonce(
  { public: node, transactions }: ChainContext,
  wallet: Wallet,
  signal: AbortSignal | undefined,
): Promise<number> {
  const { address } = wallet.account;
  const [used, pending] = await abortable(
    Promise.all([
      node.getTransactionCount({ address }),
      node.getTransactionCount({ address, blockTag: "pending" }),
    ]),
    signal,
  );
  const taken = new Set(noncesWaitedFor(wallet));
  for (const { nonce } of transactions.all()) taken.add(nonce);
  let nonce = used;
  while (taken.has(nonce)) nonce++;
  if (pending > nonce) nonce = pending;
  while (taken.has(nonce)) nonce++;
  return nonce;
}
