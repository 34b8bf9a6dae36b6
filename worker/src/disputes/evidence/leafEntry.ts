import { fromChainCid, Outcome, type ResultEntry, type ResultLeaf } from "@assay/sdk";

/** What a leaf on chain says of its task; `undefined` when it is no result at all, which nobody can fetch or have computed. */
export function entryOfLeaf({ outcome, cid, byteLength }: ResultLeaf): ResultEntry | undefined {
  if (outcome === Outcome.trap || outcome === Outcome.overLimit) return { outcome };
  if (outcome !== Outcome.ok) return undefined;
  try {
    return { outcome, cid: fromChainCid(cid), byteLength };
  } catch {
    return undefined; // no CID that Assay admits
  }
}
