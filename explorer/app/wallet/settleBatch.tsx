import { settle } from "@assay/sdk";
import type { LiveJob } from "../job/useJob.ts";
import { useHead } from "../market/head.ts";
import { Act } from "./act.tsx";

/** Pays a batch whose window is over: anyone can. */
export function SettleBatch({ job: { handle, batches }, batch }: { job: LiveJob; batch: number }) {
  const { now } = useHead();
  const { terms } = handle;
  const state = batches[batch];
  if (state?.status !== "submitted") return null;
  const end = state.timestamp + terms.challengeWindowSeconds + state.inquiry.frozenSeconds;
  if (now <= end) return null;
  return (
    <Act
      label="Settle the batch"
      done="The batch is settled."
      act={(writer) => settle(writer, { terms, batches: [batch] })}
    />
  );
}
