import { batchCount } from "@assay/sdk";
import { counted } from "../format/amount.ts";
import { Bar, type Counts } from "../job/progress.tsx";
import { useHead } from "../market/head.ts";
import { useUnit } from "../market/useUnit.ts";
import { Table } from "../parts/layout.tsx";
import { type Kind, State } from "../parts/shapes.tsx";
import { Hash } from "../parts/text.tsx";
import { Account, Amount } from "../parts/values.tsx";
import { jobPath } from "../route/route.ts";
import type { JobLine } from "./useJobs.ts";

export function JobTable({ lines }: { lines: readonly JobLine[] }) {
  const { now } = useHead();
  return (
    <Table
      label="Jobs, the newest first"
      columns={["Job", "State", "Batches", "Tasks", "Reward a task", "Requester", "Block"]}
      rows={lines.map((line) => ({
        key: line.jobId,
        cells: [
          <Hash value={line.jobId} href={jobPath(line.jobId)} />,
          <JobState line={line} now={now} />,
          <Batches line={line} />,
          <span class="number">{line.terms.taskCount.toLocaleString("en")}</span>,
          <Reward line={line} />,
          <Account address={line.terms.requester} />,
          <span class="number faint">{line.blockNumber.toLocaleString("en")}</span>,
        ],
      }))}
    />
  );
}

function Reward({ line }: { line: JobLine }) {
  return <Amount value={line.terms.rewardPerTask} unit={useUnit(line.terms.token)} />;
}

function Batches({ line: { counts, terms } }: { line: JobLine }) {
  if (counts === undefined) return <span class="faint">…</span>;
  const all = batchCount(terms);
  return (
    <span class="batches">
      <Bar counts={counts} />
      <span class="number faint">
        {counts.settled.toLocaleString("en")} of {all.toLocaleString("en")} paid
      </span>
    </span>
  );
}

function JobState({ line, now }: { line: JobLine; now: number }) {
  if (line.counts === undefined) return <span class="faint">…</span>;
  const { kind, said } = stateOf(line.counts, {
    ...{ isCancelled: line.isCancelled, isOver: now > line.terms.claimUntil },
    batches: batchCount(line.terms),
  });
  return <State kind={kind}>{said}</State>;
}

/** A job in one word, by the batch that has furthest to go. */
export function stateOf(
  counts: Counts,
  { isCancelled, isOver, batches }: { isCancelled: boolean; isOver: boolean; batches: number },
): { kind: Kind; said: string } {
  if (counts.questioned > 0) return { kind: "questioned", said: "In question" };
  if (counts.settled === batches) return { kind: "settled", said: "Paid" };
  if (counts.claimed > 0) return { kind: "claimed", said: "Computing" };
  if (isCancelled && counts.submitted === 0) return { kind: "void", said: "Cancelled" };
  if (counts.open > 0 && !isCancelled) {
    return isOver ? { kind: "void", said: "Claiming is over" } : { kind: "open", said: "Open" };
  }
  if (counts.submitted > 0) {
    return {
      kind: "submitted",
      said: `${counted(counts.submitted, "batch", "batches")} in window`,
    };
  }
  return { kind: "void", said: "Ended" };
}
