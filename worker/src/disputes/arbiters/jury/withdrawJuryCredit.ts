import { ContractRevertError, type JuryClient } from "@assay/sdk";
import type { NodeContext } from "../../../kernel/context.ts";
import { reported } from "../../../kernel/report.ts";

/** Withdraws the account's credit from a jury, if it has any. */
export async function withdrawJuryCredit(
  { report }: Pick<NodeContext, "report">,
  jury: JuryClient,
  signal: AbortSignal,
): Promise<void> {
  if ((await jury.getCredit({ signal })) === 0n) return;
  try {
    const sent = jury.withdraw({ signal });
    const { amount } = await reported({ report }, "jury withdraw", sent);
    report("juror credit withdrawn", { amountWei: amount });
  } catch (error) {
    // Another part of this node was faster.
    if (!(error instanceof ContractRevertError)) throw error;
  }
}
