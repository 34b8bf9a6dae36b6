import type { Address } from "viem";
import { abortable } from "../streams/abortable.ts";

/**
 * The last write of each account on each chain, in this process. One write asks the node for its nonce only when the one
 * before it is in the node's pool, so that no two get the same. viem's nonce manager counts by itself instead: it sends
 * faster, but a transaction that the node drops leaves a gap behind which everything later waits for ever.
 */
const latest = new Map<string, Promise<void>>();

/** Runs `send` when the account's earlier writes are sent. */
export async function inTurn<T>(
  { chainId, account }: { chainId: number; account: Address },
  send: () => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  const key = `${chainId} ${account.toLowerCase()}`;
  const before = latest.get(key) ?? Promise.resolve();
  const mine = (async () => {
    await before;
    signal?.throwIfAborted();
    return send();
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
