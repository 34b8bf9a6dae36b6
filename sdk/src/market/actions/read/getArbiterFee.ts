import type { Address } from "viem";
import { arbiterAbi } from "../../../generated/arbiterAbi.ts";
import { type ReadParameters, readContract } from "../../chain/read.ts";
import type { ChainContext } from "../../context/marketContext.ts";

export interface GetArbiterFeeParameters extends ReadParameters {
  arbiter: Address;
}

/** Wei. */
export type GetArbiterFeeReturnType = bigint;

/** viem's own, when the node is out of reach or there is no arbiter. */
export type GetArbiterFeeErrorType = Error;

/** What an arbiter takes for one dispute now. */
export async function getArbiterFee(
  client: ChainContext,
  { arbiter, ...options }: GetArbiterFeeParameters,
): Promise<GetArbiterFeeReturnType> {
  return readContract(client, { address: arbiter, abi: arbiterAbi }, "fee", [], options);
}
