import type { Hex } from "viem";
import type { DisputeId } from "../../../protocol/dispute/dispute.ts";
import type { ReadParameters } from "../../chain/read.ts";
import type { ProofContext } from "../../context/marketContext.ts";
import { readProof } from "./call.ts";

export interface GetChunkRequestParameters extends ReadParameters {
  id: DisputeId;
}

/** The chunks of an unavailable result that a challenger named, and what the worker has shown of them. */
export interface GetChunkRequestReturnType {
  /** Indices of chunks of 1 KiB in the whole result, by place. The first `count` of eight were named. */
  chunks: readonly number[];
  count: number;
  /** Bit *i*: the chunk at place *i* is missing. */
  missing: number;
  /** Of a result above 1 MiB: the block whose link was shown last, plus one; 0 if there is none. */
  linked: number;
  /** Whether that link is known whole. */
  isLinkWhole: boolean;
  /** The block's digest, as far as it is known. */
  link: Hex;
}

/** viem's own errors when the node is unreachable. */
export type GetChunkRequestErrorType = Error;

/** Reads what a challenger asked to be shown of an unavailable result. */
export async function getChunkRequest(
  client: ProofContext,
  { id, ...options }: GetChunkRequestParameters,
): Promise<GetChunkRequestReturnType> {
  return readProof(client, "request", [id], options);
}
