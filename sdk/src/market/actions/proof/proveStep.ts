import type { Hex } from "viem";
import type {
  MachineArgument,
  MachineStateArgument,
  MachineTaskArgument,
} from "../../../program/machine/chain/arguments.ts";
import type { Dispute } from "../../../protocol/dispute/dispute.ts";
import type { WriteErrorType, WriteParameters, WriteReturnType } from "../../chain/write.ts";
import type { ProofContext } from "../../context/marketContext.ts";
import type { ContractErrorOf } from "../../errors/contract.ts";
import { type Hashes, writeProof } from "./call.ts";
import { type Decision, decided } from "./decision.ts";

export interface ProveStepParameters extends WriteParameters {
  dispute: Dispute;
  /** The other party's hashes, as it posted them last. */
  posted: Hashes;
  /** The first of them that is wrong. */
  index: number;
  /** See `machineArgument`, `taskArgument` and `stateArgument`. */
  machine: MachineArgument;
  task: MachineTaskArgument;
  /** The state before the disputed one. */
  state: MachineStateArgument;
  witness: Hex;
}

export interface ProveStepReturnType extends WriteReturnType, Decision {}

export type ProveStepErrorType =
  | WriteErrorType
  | ContractErrorOf<
      | "ProofArbiter_NotYourTurn"
      | "ProofArbiter_TimeIsUp"
      | "ProofArbiter_WrongPart"
      | "ProofArbiter_WrongStage"
      | "Step_NoSuchInstruction"
      | "Step_NoSuchPhase"
      | "Step_OutsideTree"
      | "Step_WitnessTooLong"
      | "Step_WitnessTooShort"
      | "Step_WrongChunk"
      | "Step_WrongLeaf"
      | "Step_WrongOwn"
    >;

/** Proves the step to the first wrong one of the other party's hashes, where these are a step apart. It decides the dispute. */
export async function proveStep(
  client: ProofContext,
  { dispute, posted, index, machine, task, state, witness, signal }: ProveStepParameters,
): Promise<ProveStepReturnType> {
  const args = [dispute, posted, index, machine, task, state, witness] as const;
  return decided(client, await writeProof(client, { functionName: "prove", args }, { signal }));
}
