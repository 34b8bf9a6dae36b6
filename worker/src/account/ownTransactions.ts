import { setTimeout as sleep } from "node:timers/promises";
import type { NodeContext } from "../kernel/context.ts";

/** Pause between two looks at the transactions under way, in milliseconds. */
const PENDING_PAUSE_MS = 1_000;
/** How long a transaction sent before a restart is waited for, in milliseconds. */
const PENDING_MS = 10 * 60_000;

/**
 * Waits until the account's transactions that an earlier process has sent are mined. Their effect is not known until then, and sending
 * the same again would pay for it twice.
 */
export async function ownTransactionsMined(
  { account: address, client }: Pick<NodeContext, "account" | "client">,
  signal: AbortSignal,
): Promise<void> {
  const until = performance.now() + PENDING_MS;
  while (performance.now() < until) {
    signal.throwIfAborted();
    const [mined, sent] = await Promise.all([
      client.public.getTransactionCount({ address, blockTag: "latest" }),
      client.public.getTransactionCount({ address, blockTag: "pending" }),
    ]);
    if (mined >= sent) return;
    await sleep(PENDING_PAUSE_MS, undefined, { signal });
  }
}
