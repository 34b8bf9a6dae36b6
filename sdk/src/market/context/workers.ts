import type { Address } from "viem";
import type { JobId, JobSpec, JobTerms } from "../../protocol/job/job.ts";

/** What a worker decides by, whether the job is posted or not. */
export type AskedJob = Pick<
  JobTerms,
  "requester" | "token" | "rewardPerTask" | "stakePerBatch" | "batchSize" | "arbiter"
> &
  Pick<JobSpec, "program" | "memoryPages" | "maxResultBytes"> & {
    /** Of a job that is posted: a worker then says what it has done about it. */
    jobId?: JobId | undefined;
    /** Fuel of a task as far as the asker knows; a worker that has run one goes by what it took there. */
    fuelPerTask?: bigint | undefined;
    /** Without it nobody says that a batch would not be done in time. */
    submitWindowSeconds?: number | undefined;
  };

/** Why a worker does not take a job, by its policy. */
export type RefusalCode =
  | "TOKEN"
  | "ARBITER"
  | "PROGRAM"
  | "REQUESTER"
  | "TAGS"
  | "REWARD"
  | "STAKE"
  | "BATCH_SIZE"
  | "MEMORY"
  | "RESULT_SIZE"
  /** A batch's gas, and a rollup's fee for its data, would take too much of the reward. */
  | "GAS"
  /** It pays too little while the node is so busy. */
  | "LOAD"
  /** A batch would not be done in its time to submit. */
  | "TIME"
  /** It is priced by fuel, and nobody says how much a task takes. */
  | "FUEL";

/** A worker's answer: whether it would take the job now, and if not, why. */
export interface WorkerQuote {
  isTaken: boolean;
  /** A {@link RefusalCode}, `ROLE` of a node that is no worker, `ROOM` of one that is busy; `null` if it would take the job. */
  code: string | null;
  /** The same in words. */
  reason: string | null;
  freeBatches: number;
  /** Milliseconds a task of the program took there, once it is known. */
  taskMs: number | null;
  /** The least that this worker takes for a task, in wei. */
  minRewardPerTaskWei: bigint;
  /**
   * What it asks for a task of the job now, in the token's smallest unit; `null` if it has no price: for a token that it does not take, or while
   * it does not know what the program's tasks take.
   */
  askedRewardPerTask: bigint | null;
  /** What it has done about the posted job, and why it waits or was refused; `null` if it does not know the job. */
  job: { state: string; reason: string | null } | null;
}

/** A worker that was asked; without a quote it did not answer in time. */
export interface WorkerAnswer {
  peerId: string;
  /** The account that the peer speaks for, as far as that is known. */
  account: Address | undefined;
  quote: WorkerQuote | undefined;
}

/** The workers of the network: a peer of `@assay/network` asks them. */
export interface Workers {
  /**
   * Asks all workers that can be found, at the same time, what they think of a job.
   *
   * @returns one answer a worker; none if no worker was found in time.
   */
  ask(
    job: AskedJob,
    options?: {
      signal?: AbortSignal | undefined;
      /** For finding them and hearing them all, in milliseconds. Default: 6,000. */
      timeoutMs?: number | undefined;
    },
  ): Promise<WorkerAnswer[]>;
}
