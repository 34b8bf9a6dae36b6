import { batchCount } from "@assay/sdk";
import type { Hex } from "viem";
import { counted, shownAmount } from "../format/amount.ts";
import { shortHash } from "../format/text.ts";
import { describe } from "../job/eventLine.tsx";
import { BatchGrid } from "../job/grid.tsx";
import { balanceOf, slashesOf } from "../job/money.ts";
import { MoneyTable, SlashTable } from "../job/moneyTable.tsx";
import { Bar, countsOf, Legend } from "../job/progress.tsx";
import { Terms } from "../job/terms.tsx";
import { type LiveJob, useJob } from "../job/useJob.ts";
import { Why } from "../job/why.tsx";
import { useHead } from "../market/head.ts";
import { useUnit } from "../market/useUnit.ts";
import { Section, Title } from "../parts/layout.tsx";
import { Problem, Waiting } from "../parts/notes.tsx";
import { State } from "../parts/shapes.tsx";
import { Copy } from "../parts/text.tsx";
import { Timeline } from "../parts/timeline.tsx";
import { taskPath } from "../route/route.ts";
import { CancelJob } from "../wallet/cancelJob.tsx";
import { stateOf } from "./jobTable.tsx";

export function JobPage({ jobId }: { jobId: Hex }) {
  const { job, error } = useJob(jobId);
  return (
    <>
      <Title title={`Job ${shortHash(jobId)}`}>
        <Copy value={jobId} />
      </Title>
      {error !== undefined && <Problem error={error} what="Not all could be read." />}
      {job === undefined ? error === undefined && <Waiting what="the job" /> : <Job job={job} />}
    </>
  );
}

function Job({ job }: { job: LiveJob }) {
  const { handle, state, batches, events } = job;
  const { jobId, terms } = handle;
  const { now } = useHead();
  const unit = useUnit(terms.token);
  const counts = countsOf(batches);
  const isCancelled = state.status === "cancelled";
  const all = batchCount(terms);
  const isOver = now > terms.claimUntil;
  const shown = stateOf(counts, { isCancelled, isOver, batches: all });
  const balance = balanceOf(terms, { events, batches, isCancelled });
  const slashes = slashesOf(events);
  const happened = events.toReversed().map((event) => ({
    key: `${event.blockHash}-${event.logIndex}`,
    ...describe(event, unit),
    when: <span class="number">block {event.blockNumber.toLocaleString("en")}</span>,
  }));
  return (
    <>
      <div class="lead">
        <p role="status">
          <State kind={shown.kind}>{shown.said}</State>
          <span>
            {counts.settled.toLocaleString("en")} of {counted(all, "batch", "batches")} paid,{" "}
            {counted(terms.taskCount, "task")} at {shownAmount(terms.rewardPerTask, unit)}
          </span>
        </p>
        <Bar counts={counts} />
        <Legend counts={counts} />
      </div>
      {counts.open > 0 && !isCancelled && <Why handle={handle} openBatches={counts.open} />}
      <Section title="Batches" aside={<a href={taskPath(jobId, 0)}>Results by task</a>}>
        <BatchGrid jobId={jobId} batches={batches} />
      </Section>
      <div class="columns">
        <Section title="Money">
          <MoneyTable balance={balance} unit={unit} />
          {slashes.count > 0 && <SlashTable slashes={slashes} />}
          {counts.open > 0 && !isCancelled && <CancelJob job={handle} openBatches={counts.open} />}
        </Section>
        <Section title="Terms">
          <Terms job={handle} />
        </Section>
      </div>
      <Section title="What happened">
        <Timeline items={happened} most={12} />
      </Section>
    </>
  );
}
