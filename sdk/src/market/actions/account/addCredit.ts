import { type Address, zeroAddress } from "viem";
import { requireMarketplace } from "../../chain/requireMarketplace.ts";
import {
  eventOf,
  transactionOf,
  type WriteErrorType,
  type WriteParameters,
  type WriteReturnType,
  write,
} from "../../chain/write.ts";
import type { MarketContext } from "../../context/marketContext.ts";
import type { ContractErrorOf } from "../../errors/contract.ts";
import { AccountRequiredError } from "../../errors/market.ts";
import type { InsufficientTokenBalanceError, TokenNotFoundError } from "../../errors/token.ts";
import { approveTokens, isAllowed } from "../../tokens/approveTokens.ts";
import { requireTokens } from "../../tokens/requireTokens.ts";

export interface AddCreditParameters extends WriteParameters {
  /** Whose credit grows. Default: the client's own account. */
  account?: Address | undefined;
  /** Default: the zero address, the native coin. */
  token?: Address | undefined;
  /** In the token's smallest unit. */
  amount: bigint;
}

export interface AddCreditReturnType extends WriteReturnType {
  /** What arrived: of a token that takes a fee of transfers it is less. */
  amount: bigint;
}

export type AddCreditErrorType =
  | WriteErrorType
  | InsufficientTokenBalanceError
  | TokenNotFoundError
  | ContractErrorOf<
      "Marketplace_ZeroAmount" | "Marketplace_ZeroRecipient" | "SafeERC20FailedOperation"
    >;

/**
 * Pays in credit, which `postJob` can pay jobs from, and `withdraw` sends. Tokens are taken from the client's account, by an allowance
 * that the Marketplace has, or by an `approve` of the amount that is sent before.
 */
export async function addCredit(
  client: MarketContext,
  { account, token = zeroAddress, amount, signal }: AddCreditParameters,
): Promise<AddCreditReturnType> {
  const from = client.wallet?.account.address;
  if (from === undefined) throw new AccountRequiredError("addCredit");
  if (token !== zeroAddress) {
    // Before anything is approved for its address.
    await requireMarketplace(client, signal);
    await requireTokens(client, { account: from, token, amount, signal });
    const allowance = { token, owner: from, spender: client.marketplace, amount };
    if (!(await isAllowed(client, allowance, { signal }))) {
      await approveTokens(client, allowance, { signal });
    }
  }
  const call = {
    functionName: "addCredit",
    args: [account ?? from, token, amount],
    value: token === zeroAddress ? amount : 0n,
  } as const;
  const written = await write(client, call, { signal });
  return { ...transactionOf(written), amount: eventOf(client, written, "CreditAdded").amount };
}
