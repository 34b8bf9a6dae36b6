import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Outcome, type TaskResult } from "@assay/sdk";
import { UsageError } from "@assay/worker/config";
import { type Command, toJson } from "@assay/worker/process";
import { createProgress } from "../terminal/progress.ts";
import { JOB_ID, openJob, readCall, untilInterrupted } from "./command.ts";
import { connectMember } from "./connect.ts";
import { resultsOptions } from "./jobOptions.ts";

export const jobResultsCommand: Command = {
  summary: "fetch and verify the results of a job, as they come",
  operands: JOB_ID,
  options: resultsOptions,
  async run(argv, context) {
    const { stdout, stderr } = context;
    const { operands, values } = readCall(argv, context, {
      operands: [JOB_ID],
      options: resultsOptions,
    });
    const { out, ordered, settled, json, fetchTimeout } = values;
    if (out !== undefined) await makeFolder(out);
    await using member = await connectMember(values);
    const job = await openJob(member.client, operands[0], values.fromBlock);
    const { taskCount } = job.terms;
    const digits = String(taskCount - 1).length;
    return await untilInterrupted(async (signal) => {
      const progress = createProgress(stderr, taskCount, "results");
      let verified = 0;
      try {
        const results = job.results({
          ...{ ordered, signal, fetchTimeoutMs: fetchTimeout },
          finality: settled ? "settled" : "submitted",
          onFailure: ({ shortMessage }) => stderr.write(`${shortMessage}\n`),
        });
        for await (const result of results) {
          const file = await store(result, out, digits);
          progress.update(++verified);
          if (json) stdout.write(`${toJson(resultFields(result, file))}\n`);
          else if (file === undefined) stdout.write(`${resultLine(result)}\n`);
        }
      } finally {
        progress.end();
      }
      return 0;
    });
  },
};

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((cause) => {
    throw new UsageError(`${folder} cannot be made (${cause.code}).`, { cause });
  });
}

/** @returns the file; none for a task that gave nothing. */
async function store(
  result: TaskResult,
  folder: string | undefined,
  digits: number,
): Promise<string | undefined> {
  if (folder === undefined || result.outcome !== Outcome.ok) return undefined;
  const file = join(folder, String(result.position).padStart(digits, "0"));
  await writeFile(file, result.bytes).catch((cause) => {
    throw new UsageError(`${file} cannot be written (${cause.code}).`, { cause });
  });
  return file;
}

function resultFields(result: TaskResult, file: string | undefined) {
  const { position, batch, worker, outcome } = result;
  const task = { position, batch, worker, outcome };
  if (result.outcome !== Outcome.ok) return task;
  const { bytes, cid } = result;
  // Where it is in a file, it need not be here.
  const result64 = file === undefined ? Buffer.from(bytes).toString("base64") : undefined;
  return { ...task, cid: String(cid), byteLength: bytes.length, file, result: result64 };
}

function resultLine(result: TaskResult): string {
  const { position, outcome } = result;
  const what = result.outcome === Outcome.ok ? `${result.bytes.length} bytes  ${result.cid}` : "";
  return `${position}  ${outcome}  ${what}`.trimEnd();
}
