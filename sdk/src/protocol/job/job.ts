import type { CID } from "multiformats/cid";
import type { Address, Hex } from "viem";

/** The computation of a job: its program, its inputs and its limits. `contracts/shared/types/Job.sol` has the same. */
export interface JobSpec {
  /** The WebAssembly module. */
  program: CID;
  /** The index block of the paged input manifest. */
  manifest: CID;
  /** Merkle root over the input leaves. */
  inputRoot: Hex;
  /** Maximum memory of a task, in WebAssembly pages of 64 KiB. */
  memoryPages: number;
  /** Longest result of a task, in bytes. */
  maxResultBytes: number;
  /** Maximum fuel of a task. */
  maxSteps: bigint;
  /** Names the machine that a fraud proof replays; zero if the job cannot be proved. */
  machineRoot: Hex;
}

/** The terms of payment and time that the parties agree on. A job is the hash of its terms. */
export interface JobTerms {
  requester: Address;
  /** The ERC-20 token of the reward; the zero address is the chain's native coin. */
  token: Address;
  /** The contract that decides challenges; the zero address means that results cannot be challenged. */
  arbiter: Address;
  taskCount: number;
  /** Tasks in a batch; the last batch may hold fewer. */
  batchSize: number;
  /** Reward of one task, in the token's smallest unit. */
  rewardPerTask: bigint;
  /** Stake that a worker locks to claim one batch, in wei of the native coin. */
  stakePerBatch: bigint;
  /** Minimum score that a worker needs to claim, in 1/10000. */
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

/** The outcome of a task: it gave a result, it failed, or it went past a limit of the job. */
export const Outcome = { ok: "ok", trap: "trap", overLimit: "over-limit" } as const;
export type Outcome = (typeof Outcome)[keyof typeof Outcome];

const CODES: Record<Outcome, number> = { ok: 1, trap: 2, "over-limit": 3 };

/** The number of an outcome in a result leaf and in a result manifest. */
export function outcomeCode(outcome: Outcome): number {
  return CODES[outcome];
}

/** The outcome with this number; `undefined` if there is none. */
export function outcomeOfCode(code: unknown): Outcome | undefined {
  return Object.values(Outcome).find((outcome) => CODES[outcome] === code);
}

/** One entry of a result manifest: the worker's claim about the outcome of task `position`. */
export type ResultEntry =
  | { outcome: typeof Outcome.ok; cid: CID; byteLength: number }
  | { outcome: typeof Outcome.trap | typeof Outcome.overLimit };

/** One line of an input manifest. */
export interface InputEntry {
  cid: CID;
  byteLength: number;
}
