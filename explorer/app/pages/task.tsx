import type { Hex } from "viem";
import { OutcomeState } from "../job/outcome.tsx";
import { type LiveJob, useJob } from "../job/useJob.ts";
import { useResults } from "../job/useResults.ts";
import { batchOf, useInput, useResult } from "../job/useTask.ts";
import { Section, Title } from "../parts/layout.tsx";
import { Note, Problem, Waiting } from "../parts/notes.tsx";
import { KIND_NAMES, State } from "../parts/shapes.tsx";
import { Account } from "../parts/values.tsx";
import { taskPath } from "../route/route.ts";
import { Viewer } from "../view/viewer.tsx";
import { Crumb } from "./batch.tsx";
import { CheckTask } from "./checkTask.tsx";

export function TaskPage({ jobId, task }: { jobId: Hex; task: number }) {
  const { job, error } = useJob(jobId);
  const isThere = job === undefined || task < job.handle.terms.taskCount;
  return (
    <>
      <Title title={`Task ${task}`}>
        {job !== undefined && isThere && <Crumb jobId={jobId} batch={batchOf(job.handle, task)} />}
      </Title>
      {error !== undefined && <Problem error={error} what="Not all could be read." />}
      {!isThere && <Note>The job has no such task.</Note>}
      {job === undefined
        ? error === undefined && <Waiting what="the task" />
        : isThere && <Task job={job} task={task} />}
    </>
  );
}

function Task({ job: { handle, batches }, task }: { job: LiveJob; task: number }) {
  const { jobId, terms } = handle;
  const batch = batchOf(handle, task);
  const state = batches[batch];
  const results = useResults(handle, { batch, resultRoot: state?.resultRoot });
  const entry = results.value?.entries.find(({ position }) => position === task);
  const input = useInput(handle, task);
  const result = useResult(handle, results.value, task);
  return (
    <>
      <nav class="steps" aria-label="Tasks">
        {task > 0 && <a href={taskPath(jobId, task - 1)}>← Task {task - 1}</a>}
        {task + 1 < terms.taskCount && <a href={taskPath(jobId, task + 1)}>Task {task + 1} →</a>}
      </nav>
      <Section
        title="Result"
        aside={state !== undefined && <State kind={state.status}>{KIND_NAMES[state.status]}</State>}
      >
        {results.error !== undefined && (
          <Problem error={results.error} what="The result could not be read." />
        )}
        {result.error !== undefined && (
          <Problem error={result.error} what="The result could not be read." />
        )}
        {entry === undefined ? (
          results.isLoading ? (
            <Waiting what="the result" />
          ) : (
            <Note>Nobody has submitted it yet.</Note>
          )
        ) : (
          <>
            <p class="said-by">
              <OutcomeState outcome={entry.outcome} />
              {state !== undefined && (
                <span>
                  submitted by <Account address={state.worker} />
                </span>
              )}
            </p>
            {result.value !== undefined && <Viewer bytes={result.value} name="result" />}
          </>
        )}
      </Section>
      {entry !== undefined && results.value !== undefined && input.value !== undefined && (
        <Section title="Check">
          <CheckTask job={handle} results={results.value} entry={entry} input={input.value} />
        </Section>
      )}
      <Section title="Input">
        {input.error !== undefined && (
          <Problem error={input.error} what="The input could not be read." />
        )}
        {input.value !== undefined && <Viewer bytes={input.value} name="input" />}
        {input.value === undefined && input.error === undefined && <Waiting what="the input" />}
      </Section>
    </>
  );
}
