import { batchCount, batchRange } from "@assay/sdk";
import type { Hex } from "viem";
import { shownBytes } from "../format/amount.ts";
import { shortHash } from "../format/text.ts";
import { describe } from "../job/eventLine.tsx";
import { OutcomeState } from "../job/outcome.tsx";
import { type LiveJob, useJob } from "../job/useJob.ts";
import { useResults } from "../job/useResults.ts";
import { useHead } from "../market/head.ts";
import { useMarket } from "../market/market.ts";
import { useUnit } from "../market/useUnit.ts";
import { Facts, Section, Table, Title } from "../parts/layout.tsx";
import { Note, Problem, Waiting } from "../parts/notes.tsx";
import { KIND_NAMES, State } from "../parts/shapes.tsx";
import { Hash } from "../parts/text.tsx";
import { Timeline } from "../parts/timeline.tsx";
import { Account, Amount, Moment } from "../parts/values.tsx";
import { batchPath, jobPath, taskPath } from "../route/route.ts";
import { SettleBatch } from "../wallet/settleBatch.tsx";

export function BatchPage({ jobId, batch }: { jobId: Hex; batch: number }) {
  const { job, error } = useJob(jobId);
  const isThere = job === undefined || batch < batchCount(job.handle.terms);
  return (
    <>
      <Title title={`Batch ${batch}`}>
        <Crumb jobId={jobId} />
      </Title>
      {error !== undefined && <Problem error={error} what="Not all could be read." />}
      {!isThere && <Note>The job has no such batch.</Note>}
      {job === undefined
        ? error === undefined && <Waiting what="the batch" />
        : isThere && <Batch job={job} batch={batch} />}
    </>
  );
}

/** The way back to the job. */
export function Crumb({ jobId, batch }: { jobId: Hex; batch?: number }) {
  return (
    <span class="crumb">
      of{" "}
      {batch !== undefined && (
        <>
          <a href={batchPath(jobId, batch)}>batch {batch}</a>, job{" "}
        </>
      )}
      {batch === undefined && "job "}
      <a class="mono" href={jobPath(jobId)}>
        {shortHash(jobId)}
      </a>
    </span>
  );
}

function Batch({ job, batch }: { job: LiveJob; batch: number }) {
  const { handle, batches, events } = job;
  const { jobId, terms } = handle;
  const unit = useUnit(terms.token);
  const state = batches[batch];
  const range = batchRange(terms, batch);
  const results = useResults(handle, { batch, resultRoot: state?.resultRoot });
  const { settings } = useMarket();
  if (state === undefined) return <Waiting what="the batch" />;
  const own = events.filter((event) => "batch" in event && event.batch === batch);
  return (
    <>
      <div class="lead">
        <p role="status">
          <State kind={state.status}>{KIND_NAMES[state.status]}</State>
          <When job={job} batch={batch} />
        </p>
      </div>
      <Facts
        rows={[
          ["Worker", <Account address={state.worker} />],
          ["Tasks", `${range.first} to ${range.first + range.count - 1}`],
          ["Reward", <Amount value={terms.rewardPerTask * BigInt(range.count)} unit={unit} />],
          ["Stake", <Amount value={terms.stakePerBatch} />],
          ["Taken from wrong workers", `${state.inquiry.round} times`],
          [
            "Result root",
            /^0x0*$/.test(state.resultRoot) ? "none" : <Hash value={state.resultRoot} />,
          ],
        ]}
      />
      <SettleBatch job={job} batch={batch} />
      <Section title="What happened">
        <Timeline
          items={own.toReversed().map((event) => ({
            key: `${event.blockHash}-${event.logIndex}`,
            ...describe(event, unit),
            when: <span class="number">block {event.blockNumber.toLocaleString("en")}</span>,
          }))}
        />
        {own.length === 0 && <Note>Nobody has claimed it yet.</Note>}
      </Section>
      <Section title="Tasks">
        {results.error !== undefined && (
          <Problem error={results.error} what="The results could not be read." />
        )}
        {settings.gateway === undefined && (
          <Note>No gateway is set, so results cannot be fetched.</Note>
        )}
        {results.value === undefined ? (
          <p>
            <a href={taskPath(jobId, range.first)}>Task {range.first}</a> and those after it
          </p>
        ) : (
          <Table
            label="Results of the batch"
            columns={["Task", "Outcome", "Result", "Size"]}
            rows={results.value.entries.slice(0, 500).map((entry) => ({
              key: String(entry.position),
              cells: [
                <a class="number" href={taskPath(jobId, entry.position)}>
                  {entry.position}
                </a>,
                <OutcomeState outcome={entry.outcome} />,
                entry.outcome === "ok" ? <Hash value={entry.cid.toString()} kept={8} /> : "none",
                <span class="number">
                  {entry.outcome === "ok" ? shownBytes(entry.byteLength) : ""}
                </span>,
              ],
            }))}
          />
        )}
      </Section>
    </>
  );
}

/** What a batch waits for, and how long. */
function When({ job: { handle, batches }, batch }: { job: LiveJob; batch: number }) {
  const { now } = useHead();
  const state = batches[batch];
  if (state === undefined) return null;
  const { status, timestamp, inquiry } = state;
  if (status === "claimed") {
    return (
      <span>
        to be submitted <Moment at={timestamp} />
      </span>
    );
  }
  if (status !== "submitted") return null;
  const end = timestamp + handle.terms.challengeWindowSeconds + inquiry.frozenSeconds;
  return now > end ? (
    <span>its window is over: anyone can settle it</span>
  ) : (
    <span>
      its window ends <Moment at={end} />
    </span>
  );
}
