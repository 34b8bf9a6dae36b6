/**
 * Watch from another process: everything that happens to a job that somebody else posted, and then its results, as a dashboard would. Start
 * it beside another example: it takes the job that it is given, else the newest one, or waits for the first.
 *
 * node examples/watch-from-another-process/src/main.ts [job id]
 */
import { batchCount, type JobId } from "@assay/sdk";
import { createAssay } from "assay";
import { isHash } from "viem";

const assay = await createAssay();
const [given = ""] = process.argv.slice(2);
const jobId = isHash(given) ? given : ((await newestJob()) ?? (await nextJob()));

async function newestJob(): Promise<JobId | undefined> {
  for await (const { jobId } of assay.listJobs()) return jobId;
  return undefined;
}

async function nextJob(): Promise<JobId> {
  for await (const { jobId } of assay.watchJobs({ fromBlock: 0n })) return jobId;
  throw new Error("a watch has no end");
}

const job = await assay.openJob({ jobId });
console.log(`${jobId}: ${job.terms.taskCount} tasks in ${batchCount(job.terms)} batches`);
const submitted = new Set<number>();
for await (const event of job.watch()) {
  const batch = "batch" in event ? ` ${event.batch}` : "";
  console.log(`block ${event.blockNumber}: ${event.type}${batch}${event.removed ? " undone" : ""}`);
  if (event.type !== "batchSubmitted") continue;
  if (event.removed) submitted.delete(event.batch);
  else submitted.add(event.batch);
  if (submitted.size === batchCount(job.terms)) break;
}
for await (const { position, outcome } of job.results())
  console.log(`task ${position}: ${outcome}`);
await assay.close();
