import type { Address } from "viem";
import { readContract } from "../chain/read.ts";
import { type WriteParameters, writeContract } from "../chain/write.ts";
import type { ChainContext } from "../context/marketContext.ts";
import { isRefusal } from "../errors/refusal.ts";
import { tokenAbi } from "./tokenAbi.ts";

export interface Allowance {
  token: Address;
  owner: Address;
  spender: Address;
  /** In the token's smallest unit. */
  amount: bigint;
}

/** Whether the spender may take so much already. */
export async function isAllowed(
  client: ChainContext,
  { token, owner, spender, amount }: Allowance,
  { signal }: WriteParameters,
): Promise<boolean> {
  return (await readAllowance(client, { token, owner, spender }, { signal })) >= amount;
}

/** Lets the spender take `amount` from the client's account, `owner`: with a transaction. */
export async function approveTokens(
  client: ChainContext,
  { token, owner, spender, amount }: Allowance,
  { signal }: WriteParameters,
): Promise<void> {
  const contract = { address: token, abi: tokenAbi, functionName: "approve" };
  const approve = (allowed: bigint) =>
    writeContract(client, { ...contract, args: [spender, allowed] }, { signal });
  try {
    await approve(amount);
  } catch (error) {
    // Some tokens change an allowance only to zero, or from zero.
    const before = await readAllowance(client, { token, owner, spender }, { signal });
    if (!isRefusal(error) || before === 0n) throw error;
    await approve(0n);
    await approve(amount);
  }
}

function readAllowance(
  client: ChainContext,
  { token, owner, spender }: Omit<Allowance, "amount">,
  { signal }: WriteParameters,
): Promise<bigint> {
  const contract = { address: token, abi: tokenAbi };
  return readContract(client, contract, "allowance", [owner, spender], { signal });
}
