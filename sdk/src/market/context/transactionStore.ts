import type { Address, Hex } from "viem";

/** The maximum fees of a transaction for one unit of gas, in wei. */
export interface Fees {
  maxFeePerGas: bigint;
  /** `undefined` on a chain from before EIP-1559: there `maxFeePerGas` is the gas price. */
  maxPriorityFeePerGas: bigint | undefined;
}

/** One signed form of a transaction; a replacement adds another. */
export interface TransactionVersion {
  hash: Hex;
  /** The signed bytes; unknown where a wallet signs and sends by itself. */
  raw: Hex | undefined;
  fees: Fees;
}

/** A transaction that was, or is about to be, sent. */
export interface StoredTransaction {
  nonce: number;
  to: Address;
  data: Hex;
  /** Wei. */
  value: bigint;
  gas: bigint;
  /** The function that it calls. */
  action: string;
  /** Oldest first. One of them, and only one, can be mined. */
  versions: readonly TransactionVersion[];
  /** Block in which it was last seen mined. */
  minedIn: bigint | undefined;
}

/**
 * An account's transactions whose outcome is not known yet, by nonce. A transaction is written before it is sent. The next start completes
 * those that are still there. All calls are synchronous.
 */
export interface TransactionStore {
  /** By nonce. */
  all(): StoredTransaction[];
  /** Adds a transaction, or its new version. It is there after a crash when this returns. */
  put(transaction: StoredTransaction): void;
  /** Notes that it has its confirmations. The store may keep it, so that a reorganisation that undoes it is noticed. */
  noteMined(nonce: number, block: { number: bigint; hash: Hex }): void;
  delete(nonce: number): void;
}

/** Forgets with the process, and forgets what is mined at once. */
export function memoryTransactionStore(): TransactionStore {
  const transactions = new Map<number, StoredTransaction>();
  return {
    all: () => [...transactions.values()].sort((a, b) => a.nonce - b.nonce),
    put: (transaction) => void transactions.set(transaction.nonce, transaction),
    noteMined: (nonce) => void transactions.delete(nonce),
    delete: (nonce) => void transactions.delete(nonce),
  };
}
