import type { Hex } from "viem";
import { abortable } from "../../../concurrency/abortable.ts";
import type { AbortOptions } from "../../../concurrency/abortOptions.ts";
import { juryArbiterAbi } from "../../../generated/juryArbiterAbi.ts";
import type { Dispute } from "../../../protocol/dispute/dispute.ts";
import type { JuryContext } from "../../context/marketContext.ts";
import { type ContractErrorOf, toContractError } from "../../errors/contract.ts";
import { contractErrors } from "../../errors/contractRevert.ts";

export interface SimulateDrawParameters extends AbortOptions {
  dispute: Dispute;
  /** The proof that the source of randomness requires. Default: empty. */
  proof?: Hex | undefined;
}

/** The numbers of the jurors, by seat: one may have several. None if there is nobody to draw. */
export type SimulateDrawReturnType = readonly number[];

export type SimulateDrawErrorType = ContractErrorOf<
  "JuryArbiter_WrongStage" | "Randomness_NotReady" | "Randomness_WrongProof"
>;

/** Simulates a draw and returns the jurors that it would seat. Costs nothing. */
export async function simulateDraw(
  client: JuryContext,
  { dispute, proof = "0x", signal }: SimulateDrawParameters,
): Promise<SimulateDrawReturnType> {
  const simulated = client.public.simulateContract({
    address: client.jury,
    abi: [...juryArbiterAbi, ...contractErrors],
    functionName: "draw",
    args: [dispute, proof],
  });
  try {
    return (await abortable(simulated, signal)).result;
  } catch (error) {
    throw toContractError(error) ?? error;
  }
}
