import type { Address } from "viem";
import { arbiterAbi } from "../../../generated/arbiterAbi.ts";
import { type DisputeId, Ruling } from "../../../protocol/dispute/dispute.ts";
import { type ReadParameters, readContract } from "../../chain/read.ts";
import type { ChainContext } from "../../context/marketContext.ts";
import { ChainDataError } from "../../errors/market.ts";

export interface GetRulingParameters extends ReadParameters {
  arbiter: Address;
  id: DisputeId;
}

export type GetRulingReturnType = Ruling;

export type GetRulingErrorType = ChainDataError;

/** Reads an arbiter's ruling on a dispute: `none` until it is final. */
export async function getRuling(
  client: ChainContext,
  { arbiter, id, ...options }: GetRulingParameters,
): Promise<GetRulingReturnType> {
  const contract = { address: arbiter, abi: arbiterAbi };
  const number = await readContract(client, contract, "ruling", [id], options);
  const ruling = Object.values(Ruling).find((known) => known === number);
  if (ruling === undefined) throw new ChainDataError(`dispute ${id} has ruling ${number}`);
  return ruling;
}
