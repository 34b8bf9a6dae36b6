import type { AbortOptions } from "../../../concurrency/abortOptions.ts";
import type { ChainContext } from "../../context/marketContext.ts";
import { AccountRequiredError } from "../../errors/market.ts";
import { endLeftovers } from "../../transactions/send.ts";
import { inTurn } from "../../transactions/writeQueue.ts";

export type EndTransactionsParameters = AbortOptions;

export type EndTransactionsErrorType = AccountRequiredError;

/**
 * Completes the account's transactions that nobody waits for any more: those left over by an earlier process, or undone by a
 * reorganisation. The client's `transactions` store lists them. Their effects are not known until then.
 */
export async function endTransactions(
  client: ChainContext,
  { signal }: EndTransactionsParameters = {},
): Promise<void> {
  const { wallet } = client;
  if (wallet === undefined) throw new AccountRequiredError("endTransactions");
  await inTurn(wallet, () => endLeftovers(client, wallet, signal), signal);
}
