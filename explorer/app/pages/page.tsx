import { getAddress, isAddress, isHash } from "viem";
import { Title } from "../parts/layout.tsx";
import { AccountPage } from "./account.tsx";
import { BatchPage } from "./batch.tsx";
import { DisputePage } from "./dispute.tsx";
import { DisputesPage } from "./disputes.tsx";
import { JobPage } from "./job.tsx";
import { JobsPage } from "./jobs.tsx";
import { NetworkPage } from "./network.tsx";
import { ParametersPage } from "./parameters.tsx";
import { PostPage } from "./post.tsx";
import { TaskPage } from "./task.tsx";

/** The page of a route. */
export function Page({ route }: { route: readonly string[] }) {
  const [place = "jobs", id] = route;
  if (place === "jobs") return id === undefined ? <JobsPage /> : ofJob(route.slice(1));
  if (place === "accounts" && id !== undefined && isAddress(id, { strict: false })) {
    return <AccountPage address={getAddress(id)} />;
  }
  if (id !== undefined) return <Nowhere />;
  if (place === "disputes") return <DisputesPage />;
  if (place === "network") return <NetworkPage />;
  if (place === "parameters") return <ParametersPage />;
  if (place === "post") return <PostPage />;
  return <Nowhere />;
}

/** `<job>`, `<job>/tasks/<n>`, `<job>/batches/<n>` and `<job>/batches/<n>/disputes/<id>`. */
function ofJob([jobId = "", kind, number = "", sub, id = "", ...more]: readonly string[]) {
  if (!isHash(jobId) || more.length > 0) return <Nowhere />;
  if (kind === undefined) return <JobPage jobId={jobId} />;
  if (!/^\d{1,9}$/.test(number)) return <Nowhere />;
  if (kind === "tasks" && sub === undefined)
    return <TaskPage jobId={jobId} task={Number(number)} />;
  if (kind !== "batches") return <Nowhere />;
  if (sub === undefined) return <BatchPage jobId={jobId} batch={Number(number)} />;
  if (sub !== "disputes" || !isHash(id)) return <Nowhere />;
  return <DisputePage jobId={jobId} batch={Number(number)} id={id} />;
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
