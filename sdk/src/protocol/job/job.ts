import type { CID } from "multiformats/cid";
import type { Address, Hex } from "viem";

/** What a job is about: what to run, on what, within which limits. `contracts/shared/types/Job.sol` has the same. */
export interface JobSpec {
  /** The WebAssembly module. */
  program: CID;
  /** The index block of the paged input manifest. */
  manifest: CID;
  /** Merkle root over the input leaves. */
  inputRoot: Hex;
  /** Most memory a task may use, in WebAssembly pages of 64 KiB. */
  memoryPages: number;
  /** Longest result of a task, in bytes. */
  maxResultBytes: number;
  /** Most fuel a task may use. */
  maxSteps: bigint;
  /** Names the machine that a fraud proof replays; zero if the job cannot be proved. */
  machineRoot: Hex;
}

/** What the parties agree on about money and time. A job is the hash of its terms. */
export interface JobTerms {
  requester: Address;
  /** The ERC-20 token of the reward; the zero address is the chain's native coin. */
  token: Address;
  /** Who decides challenges; the zero address means that results cannot be challenged. */
  arbiter: Address;
  taskCount: number;
  /** Tasks in a batch; the last batch may hold fewer. */
  batchSize: number;
  /** What one task pays, in the token's smallest unit. */
  rewardPerTask: bigint;
  /** What a worker locks to claim one batch, in wei of the native coin. */
  stakePerBatch: bigint;
  /** Least score that a worker needs to claim, in 1/10000. */
  minScore: number;
  /** Last second (Unix time) at which a batch may be claimed. */
  claimUntil: number;
  submitWindowSeconds: number;
  challengeWindowSeconds: number;
  salt: bigint;
  /** `keccak256(abi.encode(JobSpec))`. */
  specHash: Hex;
}

/** `keccak256(abi.encode(JobTerms))`. */
export type JobId = Hex;

/** How a task ended. The numbers are those of a result leaf. */
export const Outcome = { ok: 1, trap: 2, overLimit: 3 } as const;
export type Outcome = (typeof Outcome)[keyof typeof Outcome];

/** One line of a result manifest: what the worker says task `position` gave. */
export type ResultEntry =
  | { outcome: typeof Outcome.ok; cid: CID; byteLength: number }
  | { outcome: typeof Outcome.trap | typeof Outcome.overLimit };

/** One line of an input manifest. */
export interface InputEntry {
  cid: CID;
  byteLength: number;
}
