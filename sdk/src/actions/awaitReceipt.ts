import {
  type Address,
  type Hex,
  type TransactionReceipt,
  TransactionReceiptNotFoundError,
} from "viem";
import type { ChainContext } from "../clients/marketContext.ts";
import { TransactionReplacedError } from "../errors/market.ts";
import { abortable } from "../streams/abortable.ts";
import { pause } from "../streams/pause.ts";

export interface SentTransaction {
  hash: Hex;
  from: Address;
  nonce: number;
}

/** Looks, a polling interval apart, after which a used nonce without a receipt is another transaction's. */
const LOOKS = 3;

/**
 * Waits until a transaction has its confirmations; only `signal` ends the wait otherwise. (viem's own waiting cannot be
 * stopped, and keeps the process alive for minutes.)
 *
 * @throws {@link TransactionReplacedError} when another transaction took its nonce.
 */
export async function awaitReceipt(
  client: ChainContext,
  { hash, from, nonce }: SentTransaction,
  signal: AbortSignal | undefined,
): Promise<TransactionReceipt> {
  // A node may count a transaction a moment before it gives its receipt, so one look does not tell.
  for (let gone = 0; ; ) {
    const used = await abortable(client.public.getTransactionCount({ address: from }), signal);
    const receipt = await abortable(findReceipt(client, hash), signal);
    if (receipt !== undefined) {
      if (client.confirmations <= 1) return receipt;
      const latest = await abortable(client.public.getBlockNumber({ cacheTime: 0 }), signal);
      if (latest - receipt.blockNumber + 1n >= BigInt(client.confirmations)) return receipt;
    } else if (used > nonce && ++gone > LOOKS) {
      throw new TransactionReplacedError(hash, nonce);
    }
    await pause(client.pollingIntervalMs, signal);
  }
}

async function findReceipt(
  client: ChainContext,
  hash: Hex,
): Promise<TransactionReceipt | undefined> {
  try {
    return await client.public.getTransactionReceipt({ hash });
  } catch (error) {
    if (error instanceof TransactionReceiptNotFoundError) return undefined;
    throw error;
  }
}
