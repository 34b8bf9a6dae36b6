import {
  fromChainCid,
  Outcome,
  outcomeOfCode,
  type ResultEntry,
  type ResultLeaf,
} from "@assay/sdk";

/** The result that a leaf on chain stands for; `undefined` if it is none, so that nobody can fetch or compute it. */
export function entryOfLeaf({ cid, byteLength, ...leaf }: ResultLeaf): ResultEntry | undefined {
  const outcome = outcomeOfCode(leaf.outcome);
  if (outcome === undefined) return undefined;
  if (outcome !== Outcome.ok) return { outcome };
  try {
    return { outcome, cid: fromChainCid(cid), byteLength };
  } catch {
    return undefined; // no CID that Assay admits
  }
}
