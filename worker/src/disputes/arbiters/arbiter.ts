import { type DisputeId, type JobTerms, Ruling } from "@assay/sdk";
import type { Address } from "viem";
import type { DisputeRecord } from "../../store/disputeStore.ts";

/** The side of a dispute that this node is on. */
export type Party = "worker" | "challenger";

/** A dispute that this node is a party to. */
export interface PartyDispute {
  record: DisputeRecord;
  terms: JobTerms;
  party: Party;
}

/** Where a dispute stands before its arbiter, and what a party can do there. */
export interface DisputeStanding {
  /** The ruling that the Marketplace would carry out now; `Ruling.none` while there is none. */
  ruling: Ruling;
  /**
   * The party's next step before the arbiter, such as an appeal or a move against a clock. Missing if it has none. The ruling is not
   * carried out while there is one.
   * @returns whether anything was done.
   */
  step?: ((signal: AbortSignal) => Promise<boolean>) | undefined;
  /**
   * Does what is left to do before the arbiter once the Marketplace has carried out the ruling.
   * @returns whether nothing is left.
   */
  close: (signal: AbortSignal) => Promise<boolean>;
}

/**
 * A contract that rules on disputes, as the parties to a dispute, auditors and workers use it. There is one implementation for each
 * kind of arbiter.
 */
export interface Arbiter {
  readonly address: Address;
  /** Chance, 0 to 1, that it rules as this node would. Questions and appeals are weighed by it. */
  readonly trust: number;
  /** Whether it could decide a dispute between these accounts now. */
  canDecide(
    between: { requester: Address; worker: Address },
    signal: AbortSignal,
  ): Promise<boolean>;
  /** Its fee for a dispute, in wei. The challenger pays it. */
  getFee(signal: AbortSignal): Promise<bigint>;
  /** The ruling on a dispute as the Marketplace reads it; `Ruling.none` while there is none. */
  getRuling(id: DisputeId, signal: AbortSignal): Promise<Ruling>;
  getStanding(dispute: PartyDispute, signal: AbortSignal): Promise<DisputeStanding>;
  /**
   * Gas of a challenger's own steps before the arbiter, from the opening of a dispute to its ruling, at most. Missing where it takes
   * none.
   */
  readonly challengerGas?: bigint | undefined;
  /** The same of a worker that defends a result. */
  readonly workerGas?: bigint | undefined;
  /**
   * Whether it decides between two parties: then a challenger that lost says nothing about the leaf, and another's question may have been
   * asked to be lost.
   */
  readonly isDuel?: boolean | undefined;
  /** Called once, with what has the parties look at their disputes again: of an arbiter whose steps are prepared in the background. */
  attach?: ((wake: () => void) => void) | undefined;
  /** Withdraws the credit that it owes this account, if that may have grown. */
  withdrawCredit(signal: AbortSignal): Promise<void>;
}

/** The ruling that a party claims to be right. */
export function claimOf(party: Party): Ruling {
  return party === "worker" ? Ruling.workerRight : Ruling.workerWrong;
}
