import type { Address, Hex } from "viem";
import type { ChainCid } from "../cid/chainCid.ts";
import type { JobId } from "../job/job.ts";

/** The ground of a challenge: the fault that the challenger claims. */
export const Ground = {
  /** A demand: no fault is claimed, a leaf is to be shown. */
  none: 0,
  /** The task, run again, gives another result. */
  wrongResult: 1,
  /** The content of the result's CID cannot be fetched. */
  unavailable: 2,
} as const;
export type Ground = (typeof Ground)[keyof typeof Ground];

/** The ruling of an arbiter, or the verdict of a juror. `none` is "not yet"; the others are final. */
export const Ruling = {
  none: 0,
  /** The worker's leaf is right, and cannot be disputed as a wrong result again. */
  workerRight: 1,
  /** The worker's leaf is wrong, and the challenger's answer, where there is one, is right. */
  workerWrong: 2,
  undecided: 3,
  /** Both are wrong: the worker is slashed, and the challenger loses its bond. */
  bothWrong: 4,
  /** This challenger lost, which says nothing about the leaf: of arbiters that decide between two parties. */
  challengeFailed: 5,
} as const;
export type Ruling = (typeof Ruling)[keyof typeof Ruling];

/** One task of one batch, put in question. `contracts/shared/types/Dispute.sol` has the same. */
export interface Dispute {
  job: JobId;
  specHash: Hex;
  batch: number;
  /** How often the batch was taken from a worker before that was wrong. */
  round: number;
  /** Which challenge of the round this is, from 1. */
  number: number;
  /** Of the task in the job. */
  position: number;
  /** A {@link Ground}. */
  ground: number;
  requester: Address;
  worker: Address;
  challenger: Address;
  /** What the worker committed to for the whole batch. */
  resultRoot: Hex;
  /** The worker's leaf of this task. */
  resultLeaf: Hex;
  /** The leaf that the challenger says is right; zero on the ground of an unavailable result. */
  answer: Hex;
  /** Unix seconds. */
  openedAt: number;
  /** The challenger's bond, in wei. */
  bond: bigint;
  /** The arbiter's fee, in wei. */
  fee: bigint;
}

/** `keccak256(abi.encode(Dispute))`. */
export type DisputeId = Hex;

/** A worker's claim about the outcome of one task: a leaf of its result tree, in the chain's encoding. */
export interface ResultLeaf {
  /** Of the task in the job. */
  position: number;
  /** 1 ok, 2 trap, 3 over limit. */
  outcome: number;
  /** The result; zero unless the outcome is ok. */
  cid: ChainCid;
  byteLength: number;
}
