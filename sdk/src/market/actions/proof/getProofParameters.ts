import type { Address } from "viem";
import type { ReadParameters } from "../../chain/read.ts";
import type { ProofContext } from "../../context/marketContext.ts";
import { readProof } from "./call.ts";

export type GetProofParametersParameters = ReadParameters;

/** The rules of a ProofArbiter, fixed for ever. A ruling takes at most twice `clockSeconds`. */
export interface GetProofParametersReturnType {
  /** Whose disputes it decides. */
  marketplace: Address;
  /** Carries out steps in which the program runs. */
  instructionVerifier: Address;
  /** Carries out steps between the program's calls. */
  hostStepVerifier: Address;
  /** The fee for one dispute, in wei. */
  feeWei: bigint;
  /** The time that each party has for all of its moves in one dispute. */
  clockSeconds: number;
}

/** viem's own errors when the node is unreachable. */
export type GetProofParametersErrorType = Error;

/** What this ProofArbiter was deployed with. */
export async function getProofParameters(
  client: ProofContext,
  options: GetProofParametersParameters = {},
): Promise<GetProofParametersReturnType> {
  return readProof(client, "parameters", [], options);
}
