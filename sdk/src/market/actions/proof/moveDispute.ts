import type { Dispute } from "../../../protocol/dispute/dispute.ts";
import {
  transactionOf,
  type WriteErrorType,
  type WriteParameters,
  type WriteReturnType,
} from "../../chain/write.ts";
import type { ProofContext } from "../../context/marketContext.ts";
import type { ContractErrorOf } from "../../errors/contract.ts";
import { type Hashes, writeProof } from "./call.ts";

export interface MoveDisputeParameters extends WriteParameters {
  dispute: Dispute;
  /** The other party's hashes, as it posted them last. */
  posted: Hashes;
  /** The first of them that is wrong. */
  index: number;
  /** Sixteen of the interval before it, of which the last differs from that one. */
  hashes: Hashes;
}

export type MoveDisputeReturnType = WriteReturnType;

export type MoveDisputeErrorType =
  | WriteErrorType
  | ContractErrorOf<
      | "ProofArbiter_NotYourTurn"
      | "ProofArbiter_SameHash"
      | "ProofArbiter_TimeIsUp"
      | "ProofArbiter_WrongPart"
      | "ProofArbiter_WrongStage"
    >;

/** Disputes the first wrong one of the other party's hashes, whose states are more than a step apart. */
export async function moveDispute(
  client: ProofContext,
  { dispute, posted, index, hashes, signal }: MoveDisputeParameters,
): Promise<MoveDisputeReturnType> {
  const call = { functionName: "move", args: [dispute, posted, index, hashes] } as const;
  return transactionOf(await writeProof(client, call, { signal }));
}
