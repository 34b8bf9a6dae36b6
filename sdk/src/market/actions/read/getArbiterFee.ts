import type { Address } from "viem";
import { arbiterAbi } from "../../../generated/arbiterAbi.ts";
import { type ReadParameters, readContract } from "../../chain/read.ts";
import type { ChainContext } from "../../context/marketContext.ts";

export interface GetArbiterFeeParameters extends ReadParameters {
  arbiter: Address;
}

/** Wei. */
export type GetArbiterFeeReturnType = bigint;

/** viem's own errors when the node is unreachable or the address is no arbiter. */
export type GetArbiterFeeErrorType = Error;

/** Reads an arbiter's current fee for one dispute. */
export async function getArbiterFee(
  client: ChainContext,
  { arbiter, ...options }: GetArbiterFeeParameters,
): Promise<GetArbiterFeeReturnType> {
  return readContract(client, { address: arbiter, abi: arbiterAbi }, "fee", [], options);
}
