import type { Address, Hex } from "viem";
import type { JobId } from "../job/job.ts";
import type { DisputeId, Ground } from "./dispute.ts";

/**
 * A question about a submitted batch: a challenge, or with `Ground.none` a demand. `contracts/market/types/Question.sol` has the same.
 */
export interface Question {
  job: JobId;
  batch: number;
  /** Of the task in the job. */
  position: number;
  ground: Ground;
  /** What the worker committed to for the whole batch. */
  resultRoot: Hex;
  /** On the ground of a wrong result the leaf that the task gives; else zero. */
  answer: Hex;
  /** 32 bytes that nobody else knows until the question is asked. */
  salt: Hex;
}

/** A question that was asked. */
export interface AskedQuestion {
  /** Whether it is a demand; else a challenge. They are counted apart. */
  demand: boolean;
  /** Which one of its round, from 1. */
  number: number;
  status: "none" | "pending" | "ended";
  /** Who asks; the zero address if nobody has. */
  asker: Address;
  /** Unix seconds. */
  askedAt: number;
  /** Of the task in the job. */
  position: number;
  /** A {@link Ground}. */
  ground: number;
  /** Of a challenge; else zero. */
  dispute: DisputeId;
}

/** The state of all questions about a batch. */
export interface Inquiry {
  /** How often the batch was taken from a worker that was wrong. Questions belong to a round. */
  round: number;
  /** Questions of this round that are pending; the challenge window stands still while there is one. */
  pending: number;
  /** Challenges that were opened in this round. */
  challenges: number;
  /** Demands that were made in this round. */
  demands: number;
  /** Unix seconds since when something is pending; 0 if nothing is. */
  frozenAt: number;
  /** How long the window stood still in this round, but for what is pending now. */
  frozenSeconds: number;
  /** Fees that the pending challenges of this round paid the arbiter, in wei. */
  fees: bigint;
}
