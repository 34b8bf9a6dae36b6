import { type Command, toJson } from "@assay/worker/process";
import { JOB_ID, openJob, readCall, untilInterrupted } from "./command.ts";
import { connectMember } from "./connect.ts";
import { whyOptions } from "./jobOptions.ts";
import { reasonLines } from "./serve.ts";

export const jobWhyCommand: Command = {
  summary:
    "say why a job waits, and what to do: by the chain, the workers, its contents and arithmetic",
  operands: JOB_ID,
  options: whyOptions,
  async run(argv, context) {
    const { operands, values } = readCall(argv, context, {
      operands: [JOB_ID],
      options: whyOptions,
    });
    await using member = await connectMember(values);
    return await untilInterrupted(async (signal) => {
      const job = await openJob(member.client, operands[0], values.fromBlock);
      const reasons = await job.why({ signal });
      const words =
        reasons.length === 0
          ? "Nothing is known that holds it up: a worker may be about to claim it.\n"
          : reasonLines(reasons);
      context.stdout.write(values.json ? `${toJson({ jobId: job.jobId, reasons })}\n` : words);
      return 0;
    });
  },
};
