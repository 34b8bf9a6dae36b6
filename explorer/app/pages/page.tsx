import { isAddress, isHash } from "viem";
import { Title } from "../parts/layout.tsx";
import { JobPage } from "./job.tsx";
import { JobsPage } from "./jobs.tsx";

/** The page of a route. */
export function Page({ route: [place = "jobs", id = "", ...rest] }: { route: readonly string[] }) {
  if (place === "jobs" && id === "") return <JobsPage />;
  if (place === "jobs" && isHash(id) && rest.length === 0) return <JobPage jobId={id} />;
  return <Nowhere />;
}

function Nowhere() {
  return (
    <>
      <Title title="Nothing here" />
      <p>
        There is no such page. <a href="#/jobs">To the jobs</a>.
      </p>
    </>
  );
}
void isAddress;
