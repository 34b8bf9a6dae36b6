import type { Address, Hex } from "viem";
import { abortable } from "../../../concurrency/abortable.ts";
import type { Inquiry } from "../../../protocol/dispute/question.ts";
import type { JobId } from "../../../protocol/job/job.ts";
import { type ReadParameters, read } from "../../chain/read.ts";
import type { MarketContext } from "../../context/marketContext.ts";
import { ChainDataError } from "../../errors/market.ts";

export interface GetBatchesParameters extends ReadParameters {
  jobId: JobId;
  /** Default: 0. */
  first?: number | undefined;
  /** An index beyond the job's last batch reads as open. */
  count: number;
}

export type BatchStatus = "open" | "claimed" | "submitted" | "settled" | "questioned" | "void";

export interface BatchState {
  batch: number;
  status: BatchStatus;
  /** Who claimed it; the zero address while it is open, and when it is void. */
  worker: Address;
  /** Unix seconds: of a claimed batch its deadline, once submitted the moment that its challenge window counts from, else 0. */
  timestamp: number;
  /** Zero until it is submitted. */
  resultRoot: Hex;
  inquiry: Inquiry;
}

export type GetBatchesReturnType = BatchState[];

export type GetBatchesErrorType = ChainDataError;

const statuses: readonly BatchStatus[] = [
  "open",
  "claimed",
  "submitted",
  "settled",
  "questioned",
  "void",
];

/** Batches that one call asks for: 320 KiB of answer, some 7 million gas of reading, which public nodes allow. */
const PAGE = 1000;

/** Reads the state of batches `first … first + count − 1`, all at the same block. */
export async function getBatches(
  client: MarketContext,
  { jobId, first = 0, count, signal, ...options }: GetBatchesParameters,
): Promise<GetBatchesReturnType> {
  const blockNumber =
    options.blockNumber ??
    (await abortable(client.public.getBlockNumber({ cacheTime: 0 }), signal));
  const states: BatchState[] = [];
  for (let from = first; from < first + count; from += PAGE) {
    const size = Math.min(PAGE, first + count - from);
    const page = await read(client, "batches", [jobId, from, size], { blockNumber, signal });
    if (page.length !== size) throw new ChainDataError(`${page.length} batches instead of ${size}`);
    for (const [i, { status: number, ...state }] of page.entries()) {
      const status = statuses[number];
      if (status === undefined) throw new ChainDataError(`a batch has status ${number}`);
      states.push({ batch: from + i, status, ...state });
    }
  }
  return states;
}
