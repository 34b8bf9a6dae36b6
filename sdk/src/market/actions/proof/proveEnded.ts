import type { EndingArgument } from "../../../program/machine/chain/arguments.ts";
import type { Dispute } from "../../../protocol/dispute/dispute.ts";
import type { WriteErrorType, WriteParameters, WriteReturnType } from "../../chain/write.ts";
import type { ProofContext } from "../../context/marketContext.ts";
import type { ContractErrorOf } from "../../errors/contract.ts";
import { type Hashes, writeProof } from "./call.ts";
import { type Decision, decided } from "./decision.ts";

export interface ProveEndedParameters extends WriteParameters {
  dispute: Dispute;
  /** The other party's hashes, as it posted them last. */
  posted: Hashes;
  /** The first of them that is wrong. */
  index: number;
  /** How the task has ended by then. See `endingArgument`. */
  ending: EndingArgument;
}

export interface ProveEndedReturnType extends WriteReturnType, Decision {}

export type ProveEndedErrorType =
  | WriteErrorType
  | ContractErrorOf<
      | "ProofArbiter_NotYourTurn"
      | "ProofArbiter_TimeIsUp"
      | "ProofArbiter_WrongPart"
      | "ProofArbiter_WrongStage"
    >;

/** The same as `proveStep` where the task has ended before the disputed state: it stays as it is. */
export async function proveEnded(
  client: ProofContext,
  { dispute, posted, index, ending, signal }: ProveEndedParameters,
): Promise<ProveEndedReturnType> {
  const call = { functionName: "proveEnded", args: [dispute, posted, index, ending] } as const;
  return decided(client, await writeProof(client, call, { signal }));
}
