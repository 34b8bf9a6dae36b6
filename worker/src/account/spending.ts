import { isAddressEqual } from "viem";
import type { NodeContext } from "../kernel/context.ts";

/** Gas that the account keeps for calls that it must not miss: a commitment and a reveal, a demanded leaf, a ruling. */
const RESERVE_GAS = 1_000_000n;

type Context = Pick<NodeContext, "account" | "client" | "policy" | "store">;

/** The account's balance, and the part of it that is kept for gas. */
export interface Balance {
  gasPriceWei: bigint;
  balanceWei: bigint;
  /** Part of the balance that is kept for gas. */
  reserveWei: bigint;
}

export async function readBalance({
  account: address,
  client,
}: Pick<Context, "account" | "client">): Promise<Balance> {
  const [gasPriceWei, balanceWei] = await Promise.all([
    client.public.getGasPrice(),
    client.public.getBalance({ address }),
  ]);
  return { gasPriceWei, balanceWei, reserveWei: RESERVE_GAS * gasPriceWei };
}

/** The account's current preparations, bonds, arbiters' fees and appeals, in wei. */
function lockedWei({ account, store }: Pick<Context, "account" | "store">): bigint {
  let locked = 0n;
  for (const { bond = 0n } of store.audits("prepared", "demanded")) locked += bond;
  for (const { dispute, resolved, appealFee = 0n } of store.disputes("party")) {
    locked += appealFee;
    if (resolved || !isAddressEqual(dispute.challenger, account)) continue;
    locked += dispute.bond + dispute.fee;
  }
  return locked;
}

/** The reason why this amount cannot be locked now; `undefined` if it can. */
export function shortageOf(
  context: Pick<Context, "account" | "policy" | "store">,
  { balanceWei, reserveWei }: Balance,
  valueWei: bigint,
): string | undefined {
  const { maxLockedWei } = context.policy;
  if (maxLockedWei !== undefined && lockedWei(context) + valueWei > maxLockedWei) {
    return "more would be locked at once than the policy allows";
  }
  if (balanceWei - reserveWei < valueWei) {
    return "the account would not keep enough for gas";
  }
  return undefined;
}
