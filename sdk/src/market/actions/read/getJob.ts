import type { JobId } from "../../../protocol/job/job.ts";
import { type ReadParameters, read } from "../../chain/read.ts";
import type { MarketContext } from "../../context/marketContext.ts";
import { ChainDataError } from "../../errors/market.ts";

export interface GetJobParameters extends ReadParameters {
  jobId: JobId;
}

export interface GetJobReturnType {
  status: "none" | "posted" | "cancelled";
  /** Tasks in open batches; 0 once cancelled. */
  openTasks: number;
}

export type GetJobErrorType = ChainDataError;

const statuses = ["none", "posted", "cancelled"] as const;

/** Reads the state of a job. */
export async function getJob(
  client: MarketContext,
  { jobId, ...options }: GetJobParameters,
): Promise<GetJobReturnType> {
  const [number, openTasks] = await read(client, "job", [jobId], options);
  const status = statuses[number];
  if (status === undefined) throw new ChainDataError(`job ${jobId} has status ${number}`);
  return { status, openTasks };
}
