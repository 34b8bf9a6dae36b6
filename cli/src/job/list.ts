import type { ListedJob } from "@assay/sdk";
import { type Command, toJson } from "@assay/worker/process";
import { readCall } from "./command.ts";
import { connectReader } from "./connect.ts";
import { listOptions } from "./jobOptions.ts";
import { shownAmount, specFields, termsFields } from "./shown.ts";

export const jobListCommand: Command = {
  summary: "list posted jobs, the newest first",
  options: listOptions,
  async run(argv, context) {
    const { stdout, stderr } = context;
    const { values } = readCall(argv, context, { operands: [], options: listOptions });
    const client = await connectReader(values);
    const { requester, arbiter, token, program, state, fromBlock, toBlock, limit } = values;
    const filter = { requester, arbiter, token, program };
    let count = 0;
    for await (const job of client.listJobs({ ...filter, state, fromBlock, toBlock, limit })) {
      count++;
      stdout.write(`${values.json ? toJson(listedFields(job)) : listedLine(job)}\n`);
    }
    if (count === 0 && !values.json) stderr.write("There is no such job.\n");
    return 0;
  },
};

function listedLine({ jobId, blockNumber, terms, status, openTasks, isOpen }: ListedJob): string {
  const state = status === "cancelled" ? status : isOpen ? `${openTasks} open` : "closed";
  const reward = shownAmount(terms.rewardPerTask, terms.token);
  return `${jobId}  block ${blockNumber}  ${terms.taskCount} tasks, ${state}  ${reward} a task`;
}

function listedFields({ terms, spec, ...job }: ListedJob) {
  return { ...job, terms: termsFields(terms), spec: specFields(spec) };
}
