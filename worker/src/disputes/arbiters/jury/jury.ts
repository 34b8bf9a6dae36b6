import {
  ContractRevertError,
  createJuryClient,
  type DisputeId,
  type GetStandingReturnType,
  Ruling,
} from "@assay/sdk";
import { type Address, isAddressEqual } from "viem";
import { createDue } from "../../../concurrency/due.ts";
import { createTurns } from "../../../concurrency/turns.ts";
import type { NodeContext } from "../../../kernel/context.ts";
import { reported } from "../../../kernel/report.ts";
import type { DisputeRecord } from "../../../store/disputeStore.ts";
import { type Arbiter, claimOf, type PartyDispute } from "../arbiter.ts";
import { createPlainArbiter } from "../plain.ts";
import { appeal } from "./appeal.ts";
import { withdrawJuryCredit } from "./withdrawJuryCredit.ts";

/** A JuryArbiter. The ruling of its first panel can be appealed, and the appeal's fee may come back. */
export function createJuryArbiter(context: NodeContext, address: Address): Arbiter {
  const { account, client, head, report } = context;
  const jury = createJuryClient(client, address);
  const turns = createTurns(head);
  /** Disputes in which an appeal was made or decided against. */
  const weighed = new Set<DisputeId>();
  const withdrawal = createDue({ isDue: true });

  async function weighAppeal(
    dispute: PartyDispute,
    ruling: Ruling,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { record, party } = dispute;
    const { id } = record;
    if (ruling === claimOf(party) || weighed.has(id)) return false;
    const reason = await appeal(context, { jury, ...dispute, ruling, signal });
    weighed.add(id);
    if (reason === undefined) return true;
    const { job: jobId, batch } = record.dispute;
    report("ruling not appealed", { jobId, batch, id, ruling, reason });
    return false;
  }

  /** Sees to it that the jury settles a dispute whose appeal this account has paid for. */
  async function close(
    { id, dispute, appealFee = 0n }: DisputeRecord,
    { stage, appellant }: GetStandingReturnType,
    signal: AbortSignal,
  ): Promise<boolean> {
    if (stage === "settled") {
      turns.over(`settle/${id}`);
      withdrawal.mark();
      return true;
    }
    const mayGetBack = isAddressEqual(appellant, account) || appealFee > 0n;
    if (!mayGetBack || stage === "none") return true;
    // Jurors are paid by the same call, so they make it first.
    if (stage === "final" && turns.isOurs(`settle/${id}`, "none")) {
      try {
        await reported(context, "settle dispute", jury.settle({ dispute, signal }));
      } catch (error) {
        if (!(error instanceof ContractRevertError)) throw error; // another was faster
      }
    }
    return false;
  }

  return {
    ...createPlainArbiter(context, address),
    async getStanding(dispute, signal) {
      const { record } = dispute;
      const standing = await jury.getStanding({ id: record.id, signal });
      const { stage, ruling } = standing;
      return {
        ruling: stage === "final" || stage === "settled" ? ruling : Ruling.none,
        step: stage === "appealable" ? (signal) => weighAppeal(dispute, ruling, signal) : undefined,
        close: (signal) => close(record, standing, signal),
      };
    },
    async withdrawCredit(signal) {
      await withdrawal.settle(() => withdrawJuryCredit(context, jury, signal));
    },
  };
}
