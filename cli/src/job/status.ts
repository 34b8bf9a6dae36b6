import { type Command, table, toJson } from "@assay/worker/process";
import { JOB_ID, openJob, readCall } from "./command.ts";
import { connectReader } from "./connect.ts";
import { statusOptions } from "./jobOptions.ts";
import { shownAmount, shownTime, specFields, termsFields } from "./shown.ts";

export const jobStatusCommand: Command = {
  summary: "show where a job and its batches stand, and its terms",
  operands: JOB_ID,
  options: statusOptions,
  async run(argv, context) {
    const { operands, values } = readCall(argv, context, {
      operands: [JOB_ID],
      options: statusOptions,
    });
    const client = await connectReader(values);
    const job = await openJob(client, operands[0], values.fromBlock);
    const { jobId, terms, spec, blockNumber } = job;
    const { status, openTasks, batches } = await job.status();
    if (values.json) {
      const fields = { jobId, status, openTasks, batches, blockNumber };
      const details = { terms: termsFields(terms), spec: specFields(spec) };
      context.stdout.write(`${toJson({ ...fields, ...details })}\n`);
      return 0;
    }
    const counts = Object.entries(batches).filter(([, count]) => count > 0);
    const escrow = terms.rewardPerTask * BigInt(terms.taskCount);
    const rows: [string, string][] = [
      ["job", jobId],
      ["status", status],
      ["tasks", `${terms.taskCount}, ${openTasks} of them open`],
      ["batches", counts.map(([state, count]) => `${count} ${state}`).join(", ")],
      ["reward of a task", shownAmount(terms.rewardPerTask, terms.token)],
      ["escrow", shownAmount(escrow, terms.token)],
      ["stake of a batch", shownAmount(terms.stakePerBatch)],
      ["claimed until", shownTime(terms.claimUntil)],
      ["requester", terms.requester],
      ["arbiter", terms.arbiter],
      ["program", String(spec.program)],
      ["posted in block", String(blockNumber)],
    ];
    context.stdout.write(`${table(rows)}\n`);
    return 0;
  },
};
