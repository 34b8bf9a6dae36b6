import type { ReadParameters } from "../../chain/read.ts";
import type { JuryContext } from "../../context/marketContext.ts";
import { readJury } from "./call.ts";

export type GetAppealFeeParameters = ReadParameters;

/** Wei. */
export type GetAppealFeeReturnType = bigint;

/** viem's own errors when the node is unreachable. */
export type GetAppealFeeErrorType = Error;

/** Reads the cost of an appeal. If the ruling is overturned, it is repaid as far as the slashes of the first panel suffice. */
export async function getAppealFee(
  client: JuryContext,
  options: GetAppealFeeParameters = {},
): Promise<GetAppealFeeReturnType> {
  return readJury(client, "appealFee", [], options);
}
