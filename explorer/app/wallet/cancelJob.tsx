import type { JobHandle } from "@assay/sdk";

export function CancelJob(_: { job: JobHandle; openBatches: number }) {
  return null;
}
