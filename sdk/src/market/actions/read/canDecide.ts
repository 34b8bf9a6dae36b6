import { type Address, zeroAddress } from "viem";
import { arbiterAbi } from "../../../generated/arbiterAbi.ts";
import { type ReadParameters, readContract } from "../../chain/read.ts";
import type { ChainContext } from "../../context/marketContext.ts";

export interface CanDecideParameters extends ReadParameters {
  arbiter: Address;
  requester: Address;
  /** Default: nobody yet. */
  worker?: Address | undefined;
}

export type CanDecideReturnType = boolean;

/** viem's own errors when the node is unreachable or the address is no arbiter. */
export type CanDecideErrorType = Error;

/** Whether an arbiter would decide a dispute of these parties if it were opened now. */
export async function canDecide(
  client: ChainContext,
  { arbiter, requester, worker = zeroAddress, ...options }: CanDecideParameters,
): Promise<CanDecideReturnType> {
  const contract = { address: arbiter, abi: arbiterAbi };
  return readContract(client, contract, "canDecide", [requester, worker], options);
}
