import type { AskedQuestion } from "../../../protocol/dispute/question.ts";
import type { JobId } from "../../../protocol/job/job.ts";
import { type ReadParameters, read } from "../../chain/read.ts";
import type { MarketContext } from "../../context/marketContext.ts";
import type { ChainDataError } from "../../errors/market.ts";
import { toAskedQuestion } from "./getQuestion.ts";

export interface GetPendingQuestionsParameters extends ReadParameters {
  jobId: JobId;
  batch: number;
  /** How many at most. Default: 1,000. */
  most?: number | undefined;
}

export type GetPendingQuestionsReturnType = AskedQuestion[];

export type GetPendingQuestionsErrorType = ChainDataError;

/** Reads the pending questions about a batch in its current round: challenges first, each kind by its number. */
export async function getPendingQuestions(
  client: MarketContext,
  { jobId, batch, most = 1000, ...options }: GetPendingQuestionsParameters,
): Promise<GetPendingQuestionsReturnType> {
  const args = [jobId, batch, BigInt(most)] as const;
  return (await read(client, "pendingQuestions", args, options)).map(toAskedQuestion);
}
