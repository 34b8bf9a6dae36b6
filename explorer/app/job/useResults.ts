import {
  batchRange,
  getSubmission,
  openResultManifest,
  type PostedJob,
  type ResultEntry,
  type ResultManifest,
  type Submission,
} from "@assay/sdk";
import { useMarket } from "../market/market.ts";
import { type Reading, useRead } from "../market/useRead.ts";

export interface BatchResults {
  submission: Submission;
  manifest: ResultManifest;
  entries: (ResultEntry & { position: number })[];
}

/** What the worker of a submitted batch committed to: its manifest, checked against the root on the chain. */
export function useResults(
  { jobId, terms, blockNumber }: PostedJob,
  { batch, resultRoot }: { batch: number; resultRoot: string | undefined },
): Reading<BatchResults | undefined> {
  const { client } = useMarket();
  const isSubmitted = resultRoot !== undefined && !/^0x0*$/.test(resultRoot);
  return useRead(
    async (signal) => {
      if (!isSubmitted || client.content === undefined) return undefined;
      const at = { jobId, batch, fromBlock: blockNumber, signal };
      const submission = await getSubmission(client, at);
      const range = batchRange(terms, batch);
      const { results: cid, resultRoot: root } = submission;
      const manifest = await openResultManifest(client.content, { cid, root, ...range, signal });
      const entries: BatchResults["entries"] = [];
      for await (const entry of manifest.entries({ signal })) entries.push(entry);
      return { submission, manifest, entries };
    },
    [client, jobId, batch, resultRoot],
  );
}
