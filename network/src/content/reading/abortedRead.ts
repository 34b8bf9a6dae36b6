import { ContentNotFoundError } from "@assay/sdk/protocol";
import type { CID } from "multiformats/cid";

/**
 * What a read of `cid` throws whose caller has given up: the signal's own reason, or, where its time is over, that the block was not found
 * by then.
 */
export function abortedRead(cid: CID, { reason }: AbortSignal): unknown {
  return isTimeout(reason) ? new ContentNotFoundError(cid, { cause: reason }) : reason;
}

export function isTimeout(reason: unknown): boolean {
  return reason instanceof Error && reason.name === "TimeoutError";
}
