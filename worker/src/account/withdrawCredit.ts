import { NoCreditError } from "@assay/sdk";
import { type Address, zeroAddress } from "viem";
import { worthOf } from "../jobs/worth.ts";
import type { NodeContext } from "../kernel/context.ts";
import { reported } from "../kernel/report.ts";
import { WAITING } from "../store/batchState.ts";

type Context = Pick<NodeContext, "client" | "policy" | "report" | "store">;

/**
 * Withdraws the account's credit in the native coin and in every token that the node takes, when no batch waits for its settlement any
 * more, or when the credit is worth a transaction of its own.
 */
export async function withdrawCredit(context: Context, signal: AbortSignal): Promise<void> {
  const tokens = context.policy.tokens.map(({ address }) => address);
  for (const token of [zeroAddress, ...tokens]) await withdrawToken(context, token, signal);
}

async function withdrawToken(context: Context, token: Address, signal: AbortSignal): Promise<void> {
  const { client, policy, report, store } = context;
  const credit = await client.getCredit({ token, signal });
  if (credit === 0n) return;
  const creditWei = worthOf(policy, token, credit) ?? 0n;
  if (store.batches(...WAITING).length > 0 && creditWei < policy.withdrawFromWei) return;
  try {
    const withdrawal = client.withdraw({ token, signal });
    const { amount, blockNumber } = await reported(context, "withdraw", withdrawal);
    store.noteWithdrawn(blockNumber, token);
    const amountWei = worthOf(policy, token, amount) ?? 0n;
    report("credit withdrawn", { token, amount, amountWei });
  } catch (error) {
    // Another part of this node was faster.
    if (!(error instanceof NoCreditError)) throw error;
  }
}
