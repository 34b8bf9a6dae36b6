import { isAddressEqual } from "viem";
import type { NodeContext } from "../kernel/context.ts";

/** Gas that an account of a node keeps at hand for what it must not miss: a commitment and a reveal, a leaf to show, a ruling. */
const RESERVE_GAS = 1_000_000n;

type Context = Pick<NodeContext, "account" | "client" | "policy" | "store">;

export interface Funds {
  gasPriceWei: bigint;
  balanceWei: bigint;
  /** What must be left for gas. */
  reserveWei: bigint;
}

export async function readFunds({
  account: address,
  client,
}: Pick<Context, "account" | "client">): Promise<Funds> {
  const [gasPriceWei, balanceWei] = await Promise.all([
    client.public.getGasPrice(),
    client.public.getBalance({ address }),
  ]);
  return { gasPriceWei, balanceWei, reserveWei: RESERVE_GAS * gasPriceWei };
}

/** Wei that are in preparations, bonds, arbiters' fees and appeals of ours at the moment. */
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

/** Why so many wei cannot be locked now; `undefined` if they can. */
export function shortageOf(
  context: Pick<Context, "account" | "policy" | "store">,
  { balanceWei, reserveWei }: Funds,
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
