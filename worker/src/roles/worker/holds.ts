import type { JobId } from "@assay/sdk";

/** Why batches of a job that this node could do are not claimed for the moment. */
export interface Hold {
  jobId: JobId;
  reason: string;
}

export interface Holds {
  all(): Hold[];
  /** @returns whether that is news. */
  hold(jobId: JobId, reason: string): boolean;
  release(jobId: JobId): void;
}

export function createHolds(): Holds {
  const reasons = new Map<JobId, string>();
  return {
    all: () => [...reasons].map(([jobId, reason]) => ({ jobId, reason })),
    hold(jobId, reason) {
      const isNew = reasons.get(jobId) !== reason;
      reasons.set(jobId, reason);
      return isNew;
    },
    release(jobId) {
      reasons.delete(jobId);
    },
  };
}
