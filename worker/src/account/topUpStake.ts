import type { NodeContext } from "../kernel/context.ts";
import { reported } from "../kernel/report.ts";

/**
 * Deposits the stake that the account lacks, by the policy.
 *
 * @throws InsufficientBalanceError if the account cannot pay for it.
 */
export async function topUpStake(
  context: Pick<NodeContext, "client" | "policy" | "report">,
  signal: AbortSignal,
): Promise<void> {
  const { client, policy } = context;
  const { stake } = await client.getAccount({ signal });
  const amount = policy.stakeWei - stake;
  if (amount > 0n) await reported(context, "deposit", client.deposit({ amount, signal }));
}
