import type { AskedQuestion } from "../../../protocol/dispute/question.ts";
import type { JobId } from "../../../protocol/job/job.ts";
import { type ReadParameters, read } from "../../chain/read.ts";
import type { MarketContext } from "../../context/marketContext.ts";
import { ChainDataError } from "../../errors/market.ts";

export interface GetQuestionParameters extends ReadParameters {
  jobId: JobId;
  batch: number;
  round: number;
  /** Which one of the round's challenges, or demands, from 1. */
  number: number;
  /** Whether it is a demand; else a challenge. */
  demand: boolean;
}

export type GetQuestionReturnType = AskedQuestion;

export type GetQuestionErrorType = ChainDataError;

const statuses = ["none", "pending", "ended"] as const;

/** One question about a batch, of any round. */
export async function getQuestion(
  client: MarketContext,
  { jobId, batch, round, number, demand, ...options }: GetQuestionParameters,
): Promise<GetQuestionReturnType> {
  const asked = await read(client, "asked", [jobId, batch, round, number, demand], options);
  return toAskedQuestion({ demand, number, asked });
}

/** @throws {@link ChainDataError} */
export function toAskedQuestion({
  demand,
  number,
  asked,
}: {
  demand: boolean;
  number: number;
  asked: Omit<AskedQuestion, "demand" | "number" | "status"> & { status: number };
}): AskedQuestion {
  const status = statuses[asked.status];
  if (status === undefined) throw new ChainDataError(`a question has status ${asked.status}`);
  return { ...asked, demand, number, status };
}
