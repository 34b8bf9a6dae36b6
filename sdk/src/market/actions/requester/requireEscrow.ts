import { type Address, zeroAddress } from "viem";
import { abortable } from "../../../concurrency/abortable.ts";
import type { AbortOptions } from "../../../concurrency/abortOptions.ts";
import type { MarketContext } from "../../context/marketContext.ts";
import { InsufficientBalanceError } from "../../errors/market.ts";
import { InsufficientCreditError } from "../../errors/marketplace.ts";
import { requireTokens } from "../../tokens/requireTokens.ts";
import { getCredit } from "../read/getCredit.ts";

/**
 * Where a job's escrow comes from: `value` is what the account has, coins that are sent along or tokens that are taken from it;
 * `credit` is what the Marketplace owes it.
 */
export type EscrowSource = "value" | "credit";

/**
 * @throws {@link InsufficientBalanceError} {@link InsufficientTokenBalanceError} {@link InsufficientCreditError} when the account cannot
 * pay `amount`.
 */
export async function requireEscrow(
  client: MarketContext,
  {
    account,
    token,
    from,
    amount: needed,
    signal,
  }: { account: Address; token: Address; from: EscrowSource; amount: bigint } & AbortOptions,
): Promise<void> {
  if (from === "credit") {
    const credit = await getCredit(client, { account, token, signal });
    if (credit < needed) throw new InsufficientCreditError({ account, token, credit, needed }, {});
  } else if (token !== zeroAddress) {
    await requireTokens(client, { account, token, amount: needed, signal });
  } else {
    const available = await abortable(client.public.getBalance({ address: account }), signal);
    if (available < needed) throw new InsufficientBalanceError(account, { needed, available });
  }
}
