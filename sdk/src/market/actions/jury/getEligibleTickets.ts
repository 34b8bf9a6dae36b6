import { type Address, zeroAddress } from "viem";
import type { ReadParameters } from "../../chain/read.ts";
import type { JuryContext } from "../../context/marketContext.ts";
import { readJury } from "./call.ts";

/** The parties, who are left out. Default: nobody. */
export interface GetEligibleTicketsParameters extends ReadParameters {
  requester?: Address | undefined;
  worker?: Address | undefined;
  challenger?: Address | undefined;
}

export type GetEligibleTicketsReturnType = bigint;

/** viem's own errors when the node is unreachable. */
export type GetEligibleTicketsErrorType = Error;

/** Reads the number of tickets that do not belong to these parties: the maximum seats of a panel if a dispute were opened now. */
export async function getEligibleTickets(
  client: JuryContext,
  {
    requester = zeroAddress,
    worker = zeroAddress,
    challenger = zeroAddress,
    ...options
  }: GetEligibleTicketsParameters = {},
): Promise<GetEligibleTicketsReturnType> {
  return readJury(client, "eligibleTickets", [requester, worker, challenger], options);
}
