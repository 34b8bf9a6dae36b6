import type { ReadParameters } from "../../chain/read.ts";
import type { JuryContext } from "../../context/marketContext.ts";
import { readJury } from "./call.ts";

export type GetAppealFeeParameters = ReadParameters;

/** Wei. */
export type GetAppealFeeReturnType = bigint;

/** viem's own, when the node is out of reach. */
export type GetAppealFeeErrorType = Error;

/** What an appeal costs: it comes back, as far as the slashes of the first panel reach, if the ruling is overturned. */
export async function getAppealFee(
  client: JuryContext,
  options: GetAppealFeeParameters = {},
): Promise<GetAppealFeeReturnType> {
  return readJury(client, "appealFee", [], options);
}
