import {
  batchRange,
  ContractRevertError,
  decodeDemand,
  merkleProof,
  resultLeaf,
  toResultLeaf,
} from "@assay/sdk";
import { bytesToHex } from "viem";
import type { BatchRecord } from "../store/nodeStore.ts";
import { type PipelineContext, reported } from "./context.ts";

/** Shows the leaves of ours that somebody demands: who does not, is taken for wrong. */
export async function answerDemands(context: PipelineContext, signal: AbortSignal): Promise<void> {
  const { client, store } = context;
  const open = store.batches("submitted").filter(({ settleableAt }) => settleableAt === undefined);
  for (const record of open) {
    const { jobId, batch } = record;
    const [state] = await client.getBatches({ jobId, first: batch, count: 1, signal });
    if (state?.status !== "demanded") continue;
    await answer(context, record, decodeDemand(state.question).position, signal);
  }
}

async function answer(
  context: PipelineContext,
  { jobId, batch }: BatchRecord,
  position: number,
  signal: AbortSignal,
): Promise<void> {
  const { client, report, store } = context;
  const terms = store.job(jobId)?.terms;
  if (terms === undefined) return;
  const range = batchRange(terms, batch);
  const results = store.results(jobId, range);
  const asked = results.find((result) => result.position === position);
  if (asked === undefined || results.length !== range.count) return;
  const leaves = results.map(({ position: at, ...entry }) => resultLeaf(at, entry));
  const proof = merkleProof(leaves, position - range.first).map((hash) => bytesToHex(hash));
  const { position: _, ...entry } = asked;
  const leaf = toResultLeaf(position, entry);
  try {
    await reported(context, "reveal", client.reveal({ terms, batch, leaf, proof, signal }));
    report("leaf revealed", { jobId, batch, position });
  } catch (error) {
    // Somebody else has shown it, a challenge took the demand's place, or it is too late.
    if (!(error instanceof ContractRevertError)) throw error;
  }
}
