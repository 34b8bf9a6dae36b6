import { fromChainCid, Outcome, type ResultEntry, type ResultLeaf } from "@assay/sdk";

/** The result that a leaf on chain stands for; `undefined` if it is none, so that nobody can fetch or compute it. */
export function entryOfLeaf({ outcome, cid, byteLength }: ResultLeaf): ResultEntry | undefined {
  if (outcome === Outcome.trap || outcome === Outcome.overLimit) return { outcome };
  if (outcome !== Outcome.ok) return undefined;
  try {
    return { outcome, cid: fromChainCid(cid), byteLength };
  } catch {
    return undefined; // no CID that Assay admits
  }
}
