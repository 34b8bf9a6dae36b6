import { cancel, type PostedJob } from "@assay/sdk";
import { useState } from "preact/hooks";
import { counted } from "../format/amount.ts";
import { Act } from "./act.tsx";

/** Takes the escrow of open batches back. */
export function CancelJob({ job, openBatches }: { job: PostedJob; openBatches: number }) {
  const [isOpen, setOpen] = useState(false);
  const { terms } = job;
  if (!isOpen) {
    return (
      <button type="button" class="quiet" onClick={() => setOpen(true)}>
        Cancel the job
      </button>
    );
  }
  return (
    <Act
      label="Cancel the job"
      by={terms.requester}
      done="The job is cancelled."
      act={(writer) => cancel(writer, { terms })}
    >
      <p class="faint">
        The escrow of {counted(openBatches, "open batch", "open batches")} becomes credit of the
        requester. Batches that somebody holds go on.
      </p>
    </Act>
  );
}
