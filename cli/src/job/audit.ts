import { type AuditedJobTask, getBytes, type JobHandle, Outcome } from "@assay/sdk";
import { MAX_PROGRAM_BYTES, runProgram } from "@assay/sdk/program";
import { readAccount } from "@assay/worker/keystore";
import { type Command, toJson } from "@assay/worker/process";
import { confirmSpending } from "../terminal/confirm.ts";
import { JOB_ID, openJob, readCall, untilInterrupted } from "./command.ts";
import { connectMember, type Member } from "./connect.ts";
import { auditOptions } from "./jobOptions.ts";
import { shownAmount } from "./shown.ts";

export const jobAuditCommand: Command = {
  summary: "run some tasks of every batch again on this machine, and say what is wrong",
  operands: JOB_ID,
  options: auditOptions,
  async run(argv, context) {
    const { environment, stdout, stdin, stderr } = context;
    const { operands, values } = readCall(argv, context, {
      operands: [JOB_ID],
      options: auditOptions,
    });
    // Only a challenge signs something.
    const account = values.challenge ? await readAccount(values, environment) : undefined;
    await using member = await connectMember(values, { account });
    const { client } = member;
    const job = await openJob(client, operands[0], values.fromBlock);
    const chainId = client.public.chain.id;
    const said = (fields: object, words: string) =>
      stdout.write(`${values.json ? toJson(fields) : words}\n`);

    async function challenge(task: AuditedJobTask): Promise<void> {
      const { batch, position } = task;
      const costs = await client.getQuestionCosts({ terms: job.terms, batch });
      const rows: [string, string][] = [
        ["challenge of task", String(position)],
        ["bond and fee", shownAmount(costs.nextChallenge)],
      ];
      if (!(await confirmSpending(rows, { chainId, yes: values.yes, stdin, stderr }))) return;
      const { id, hash } = await task.challenge({ isPlayed: values.played });
      said({ position, dispute: id, hash }, `task ${position} is challenged: dispute ${id}`);
    }

    return await untilInterrupted(async (signal) => {
      let wrong = 0;
      const audited = job.audit({
        ...{ rate: values.rate, signal, execute: await executor(member, job, signal) },
        onAudited({ position, batch, worker, agrees }) {
          said(
            { position, batch, worker, agrees },
            `task ${position}  ${agrees ? "right" : "wrong"}`,
          );
        },
        onFailure(failure) {
          wrong++;
          stderr.write(`${failure.shortMessage}\n`);
        },
      });
      for await (const task of audited) {
        wrong++;
        stderr.write(
          `Task ${task.position} of batch ${task.batch} by ${task.worker} is ${task.agrees ? "withheld" : "wrong"}.\n`,
        );
        if (values.challenge) await challenge(task);
      }
      return wrong === 0 ? 0 : 1;
    });
  },
};

/** Runs the job's program under its limits, one task after the other. */
async function executor({ client, peer }: Member, { spec }: JobHandle, signal: AbortSignal) {
  const { program, maxResultBytes, maxSteps } = spec;
  const reader = (client.content ?? peer.content).session(program);
  const wasm = await getBytes(reader, program, { maxBytes: MAX_PROGRAM_BYTES, signal });
  return async ({ input }: { input: Uint8Array }) => {
    const run = runProgram({ wasm, input, maxResultBytes, maxSteps });
    return run.outcome === Outcome.ok
      ? { outcome: run.outcome, bytes: run.bytes }
      : { outcome: run.outcome };
  };
}
