import type { Address } from "viem";
import type { AbortOptions } from "../../concurrency/abortOptions.ts";
import { readContract } from "../chain/read.ts";
import type { ChainContext } from "../context/marketContext.ts";
import { isRefusal } from "../errors/refusal.ts";
import { InsufficientTokenBalanceError, TokenNotFoundError } from "../errors/token.ts";
import { tokenAbi } from "./tokenAbi.ts";

/**
 * @throws {@link TokenNotFoundError} when there is no token at the address.
 * @throws {@link InsufficientTokenBalanceError} when the account has less than `amount`.
 */
export async function requireTokens(
  client: ChainContext,
  {
    account,
    token,
    amount: needed,
    signal,
  }: { account: Address; token: Address; amount: bigint } & AbortOptions,
): Promise<void> {
  const contract = { address: token, abi: tokenAbi };
  let available: bigint;
  try {
    available = await readContract(client, contract, "balanceOf", [account], { signal });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    throw new TokenNotFoundError(token, client.public.chain.id, { cause: error });
  }
  if (available < needed) {
    throw new InsufficientTokenBalanceError(account, { token, needed, available });
  }
}
