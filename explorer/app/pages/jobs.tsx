import { Section, Title } from "../parts/layout.tsx";
import { Note, Problem, Waiting } from "../parts/notes.tsx";
import { JobTable } from "./jobTable.tsx";
import { useJobs } from "./useJobs.ts";

export function JobsPage() {
  const { lines, isLoading, hasMore, more, error } = useJobs();
  return (
    <>
      <Title title="Jobs">
        <a class="button" href="#/post">
          Post a job
        </a>
      </Title>
      {error !== undefined && <Problem error={error} what="The jobs could not be read." />}
      <Section title="Newest first">
        {lines.length > 0 && <JobTable lines={lines} />}
        {isLoading && <Waiting what="jobs" />}
        {!isLoading && lines.length === 0 && (
          <Note>
            No job was posted here yet. <a href="#/post">Post the first one</a>, or run{" "}
            <code>assay job post</code>.
          </Note>
        )}
        {hasMore && !isLoading && (
          <button type="button" class="quiet" onClick={more}>
            Older jobs
          </button>
        )}
      </Section>
    </>
  );
}
