import type { JobHandle } from "@assay/sdk";
import { type Command, toJson } from "@assay/worker/process";
import { confirmSpending } from "../terminal/confirm.ts";
import { JOB_ID, openJob, readCall } from "./command.ts";
import { connectWriter } from "./connect.ts";
import { NothingToCancelError } from "./errors.ts";
import { cancelOptions } from "./jobOptions.ts";
import { shownAmount } from "./shown.ts";

type Batches = Awaited<ReturnType<JobHandle["status"]>>["batches"];

/** Whether nothing can become open again. */
function isOver({ open, claimed, submitted, questioned }: Batches): boolean {
  return open + claimed + submitted + questioned === 0;
}

export const jobCancelCommand: Command = {
  summary: "take back the escrow of every open batch of a job, as credit",
  operands: JOB_ID,
  options: cancelOptions,
  async run(argv, context) {
    const { environment, stdout, stdin, stderr } = context;
    const { operands, values } = readCall(argv, context, {
      operands: [JOB_ID],
      options: cancelOptions,
    });
    const client = await connectWriter(values, environment);
    const job = await openJob(client, operands[0], values.fromBlock);
    const { openTasks, batches } = await job.status();
    if (isOver(batches)) throw new NothingToCancelError(job);
    const { token, rewardPerTask } = job.terms;
    const rows: [string, string][] = [
      ["job", job.jobId],
      ["open tasks", String(openTasks)],
      ["becomes credit", shownAmount(rewardPerTask * BigInt(openTasks), token)],
    ];
    const chainId = client.public.chain.id;
    if (!(await confirmSpending(rows, { chainId, yes: values.yes, stdin, stderr }))) return 1;
    const { refund, hash, gasUsed, feeWei } = await job.cancel();
    const words =
      refund === 0n
        ? `The job is cancelled. No batch was open, so nothing comes back. (${hash})`
        : `${shownAmount(refund, token)} are credit now: assay credit withdraw sends it. (${hash})`;
    const fields = { jobId: job.jobId, refund, token, hash, gasUsed, feeWei };
    stdout.write(`${values.json ? toJson(fields) : words}\n`);
    return 0;
  },
};
