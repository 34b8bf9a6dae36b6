import type { Hex } from "viem";
import type { JobId } from "../../../protocol/job/job.ts";
import { type ReadParameters, read } from "../../chain/read.ts";
import type { MarketContext } from "../../context/marketContext.ts";

export interface GetLeafStandsParameters extends ReadParameters {
  jobId: JobId;
  /** Of the task in the job. */
  position: number;
  /** See `resultLeaf`. */
  leaf: Hex;
}

export type GetLeafStandsReturnType = boolean;

/** viem's own errors when the node is unreachable. */
export type GetLeafStandsErrorType = Error;

/** Whether the arbiter has found this leaf right: then nobody can challenge it as a wrong result. */
export async function getLeafStands(
  client: MarketContext,
  { jobId, position, leaf, ...options }: GetLeafStandsParameters,
): Promise<GetLeafStandsReturnType> {
  return read(client, "stands", [jobId, position, leaf], options);
}
