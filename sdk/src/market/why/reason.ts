/** Why a job waits: codes that do not change. Those of the nodes' own words come as `REFUSED_BY_WORKERS`. */
export type JobReasonCode =
  /** Of the chain. */
  | "JOB_CANCELLED"
  | "JOB_DONE"
  | "CLAIMING_OVER"
  | "ALL_CLAIMED"
  | "CLAIMS_OVERDUE"
  | "ARBITER_NOT_READY"
  | "RESERVED"
  /** Of the workers' accounts there. */
  | "WORKERS_WITHOUT_STAKE"
  | "STAKE_TOO_SMALL"
  | "STAKE_LOCKED"
  | "SCORE_TOO_LOW"
  /** Of arithmetic: what a node of default policy would refuse. */
  | "REWARD_BELOW_GAS"
  | "MEMORY_TOO_LARGE"
  | "RESULT_TOO_LARGE"
  | "BATCH_TOO_LARGE"
  /** Of its contents. */
  | "PROGRAM_TOO_LARGE"
  | "PROGRAM_INVALID"
  | "PROGRAM_UNAVAILABLE"
  | "MANIFEST_UNAVAILABLE"
  /** Its fraud proof would be about another program, or none is possible and its arbiter needs one. */
  | "MACHINE_ROOT_WRONG"
  /** Of the workers themselves. */
  | "NO_WORKERS"
  | "WORKERS_SILENT"
  | "WORKERS_BUSY"
  | "ARBITER_NOT_ACCEPTED"
  | "TOKEN_NOT_ACCEPTED"
  | "REWARD_TOO_LOW"
  | "TAGS_MISSING"
  | "TIME_TOO_SHORT"
  | "REFUSED_BY_WORKERS"
  /** Nobody was asked. */
  | "WORKERS_NOT_ASKED";

/** One reason that a job waits. */
export interface JobReason {
  code: JobReasonCode;
  /** What is so, in one sentence. */
  message: string;
  /** What to do about it. */
  fix: string;
  /** Of what workers were asked: how many said so, of how many. */
  said?: { workers: number; of: number } | undefined;
}

/** `1 task`, `2 tasks`; batches are `batch` and `es`. */
export function counted(count: number, noun: string, ending = "s"): string {
  return `${count} ${noun}${count === 1 ? "" : ending}`;
}
