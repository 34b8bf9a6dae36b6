import type { JobHandle, MarketClient, QuoteReturnType, SubmitJobProgress } from "@assay/sdk";
import { type ParsedOptions, UsageError } from "@assay/worker/config";
import { readAccount } from "@assay/worker/keystore";
import { type Command, type CommandContext, table, toJson } from "@assay/worker/process";
import { confirmSpending, isDevelopmentChain } from "../terminal/confirm.ts";
import { createProgress } from "../terminal/progress.ts";
import { InterruptedError, readCall, untilInterrupted } from "./command.ts";
import { connectMember } from "./connect.ts";
import { type Inputs, readInputs } from "./inputs.ts";
import { postOptions } from "./jobOptions.ts";
import { readProgram } from "./programSource.ts";
import { quoteRows, quoteTerms, sampled, secondsOf } from "./quote.ts";
import { serveJob } from "./serve.ts";
import { shownAmount } from "./shown.ts";

type Values = ParsedOptions<typeof postOptions>;

export const jobPostCommand: Command = {
  summary: "post a job, and serve its program and inputs until workers have done it",
  options: postOptions,
  async run(argv, context) {
    const { environment, stdout, stderr, stdin } = context;
    const { values } = readCall(argv, context, { operands: [], options: postOptions });
    if (values.reward === undefined) {
      throw new UsageError(
        "How much for a task? Give --reward, such as 0.001 (ether); assay job quote says what pays.",
      );
    }
    if (values.detach && !values.content.includes("kubo")) {
      throw new UsageError(
        "Nobody else would serve the contents: leave --detach out, or give --content kubo.",
      );
    }
    const [program, inputs] = await Promise.all([
      readProgram(values.program),
      readInputs(values, stdin),
    ]);
    const account = await readAccount(values, environment);
    await using member = await connectMember(values, { account, store: values.store });
    const { client } = member;
    const quote = await client.quote({
      ...(await sampled({ program, inputs })),
      ...quoteTerms(values),
      asksWorkers: false, // who posts has decided on a price
    });
    if (!(await isWanted(client, quote, values, context))) return 1;

    return await untilInterrupted(async (signal) => {
      const job = await submit(client, { program, inputs, values, stderr, signal }).catch(
        (error) => {
          if (error instanceof InterruptedError) stderr.write(unsure(account.address));
          throw error;
        },
      );
      const { jobId, blockNumber, hash, escrow } = job;
      const fields = { jobId, hash, blockNumber, escrow, requester: account.address };
      stdout.write(values.json ? `${toJson(fields)}\n` : `${jobId}\n`);
      if (values.detach) return 0;
      stderr.write(
        `The job is posted. Its contents are served until its batches are ${values.serveUntil}; Ctrl-C ends that, and the job goes on without them.\n`,
      );
      const options = { until: values.serveUntil, stderr, signal };
      const left = await serveJob({ client, job: job.handle }, options).catch((error) => {
        if (error instanceof InterruptedError) stderr.write(STOPPED);
        throw error;
      });
      if (left === 0) return 0;
      stderr.write(
        `${left} tasks are open, and nobody can claim them any more: assay job cancel ${jobId} gives back their escrow.\n`,
      );
      return 1;
    });
  },
};

/** A transaction that was sent is not taken back. */
function unsure(requester: string): string {
  return `Interrupted. Whether the job was posted, assay job list --requester ${requester} says.\n`;
}

const STOPPED =
  "The contents are not served any more. The job goes on: assay job status says how.\n";

/** Shows the costs, and asks where money is worth something. */
async function isWanted(
  client: MarketClient,
  quote: QuoteReturnType,
  { token, yes, credit }: Values,
  { stdin, stderr }: CommandContext,
): Promise<boolean> {
  const chainId = client.public.chain.id;
  const rows = [
    ...quoteRows(quote, token),
    ["paid from", credit ? "credit" : "the account"] as const,
  ];
  if (isDevelopmentChain(chainId)) stderr.write(`${table(rows)}\n`);
  if (quote.paysForGas === false) {
    stderr.write(
      `Warning: a node of default policy takes ${shownAmount(quote.leastRewardPerTask ?? 0n)} a task or more, and this job pays ${shownAmount(quote.rewardPerTask)}: it may wait for ever.\n`,
    );
  }
  return confirmSpending(rows, { chainId, yes, stdin, stderr });
}

interface Submitted {
  handle: JobHandle;
  jobId: JobHandle["jobId"];
  blockNumber: bigint;
  hash: string;
  escrow: bigint;
}

async function submit(
  client: MarketClient,
  {
    program,
    inputs,
    values,
    stderr,
    signal,
  }: {
    program: Awaited<ReturnType<typeof readProgram>>;
    inputs: Inputs;
    values: Values;
    stderr: CommandContext["stderr"];
    signal: AbortSignal;
  },
): Promise<Submitted> {
  const progress = createProgress(stderr, inputs.count, "inputs stored");
  let posted: Extract<SubmitJobProgress, { type: "posted" }> | undefined;
  const onProgress = (step: SubmitJobProgress) => {
    if (step.type === "machineNamed" && step.reason !== undefined) {
      stderr.write(`Nothing of this job can be proved on chain: ${step.reason}\n`);
    }
    if (step.type === "inputStored") progress.update(step.position + 1);
    if (step.type === "manifestWritten") progress.end();
    if (step.type === "posted") posted = step;
    if (step.type === "notAnnounced") {
      stderr.write("The network could not be told of the job; nodes find it on the chain.\n");
    }
  };
  try {
    const handle = await client.submitJob({
      ...{ program, inputs: inputs.read(), onProgress, signal },
      ...termsOf(values),
    });
    const { jobId, blockNumber } = handle;
    return { handle, jobId, blockNumber, hash: posted?.hash ?? "", escrow: posted?.escrow ?? 0n };
  } finally {
    progress.end();
  }
}

function termsOf(values: Values) {
  const { reward: rewardPerTask = 0n, arbiter, minScore, memoryPages, maxResult } = values;
  return {
    ...quoteTerms(values),
    ...{ rewardPerTask, arbiter, minScore, memoryPages, maxResultBytes: maxResult },
    from: values.credit ? ("credit" as const) : ("value" as const),
    allowUndecidable: values.allowUndecidable,
    challengeWindowSeconds: secondsOf(values.challengeWindow),
    claimForSeconds: secondsOf(values.claimFor),
  };
}
