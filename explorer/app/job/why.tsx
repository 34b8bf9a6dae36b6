import type { PostedJob } from "@assay/sdk";
import { loadLater } from "../later/load.ts";
import { useMarket } from "../market/market.ts";
import { useRead } from "../market/useRead.ts";
import { Line } from "../parts/text.tsx";

/** Why a job waits: what the chain, its contents and arithmetic say. */
export function Why({ handle, openBatches }: { handle: PostedJob; openBatches: number }) {
  const { client } = useMarket();
  // Whoever watches a job that moves does not need to be told why it waits.
  const { value: reasons = [] } = useRead(
    async (signal) => {
      // Looking into programs is a large part of the code, and most jobs do not wait.
      const { askWhy } = await loadLater();
      return askWhy(client, handle, signal);
    },
    [handle.jobId, openBatches === 0],
  );
  const known = reasons.filter(({ code }) => code !== "WORKERS_NOT_ASKED");
  if (known.length === 0) return null;
  return (
    <aside class="note why" aria-label="Why it waits">
      <ul>
        {known.map(({ code, message, fix }) => (
          <li key={code}>
            <Line text={message} most={400} /> <Line text={fix} most={400} />
          </li>
        ))}
      </ul>
    </aside>
  );
}
