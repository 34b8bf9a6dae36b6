import { abortable } from "../../concurrency/abortable.ts";
import type { Wallet } from "../context/marketContext.ts";
import { accountKey } from "./waiting.ts";

/**
 * The last write of each account on each chain, in this process. One write takes its nonce only when the one before it is stored
 * and sent, so that no two get the same. viem's nonce manager counts by itself instead: it sends faster, but a transaction
 * that the node drops leaves a gap behind which everything later waits for ever.
 */
const latest = new Map<string, Promise<void>>();

/** Runs `action` when the account's earlier writes are sent. */
export async function inTurn<T>(
  wallet: Wallet,
  action: () => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  const key = accountKey(wallet);
  const before = latest.get(key) ?? Promise.resolve();
  const mine = (async () => {
    await before;
    signal?.throwIfAborted();
    return action();
  })();
  const done = mine.then(
    () => {},
    () => {},
  );
  latest.set(key, done);
  void done.then(() => {
    if (latest.get(key) === done) latest.delete(key);
  });
  return abortable(mine, signal);
}
