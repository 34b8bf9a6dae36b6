import type { QuoteReturnType } from "@assay/sdk";
import { UsageError } from "@assay/worker/config";
import { type Command, table, toJson } from "@assay/worker/process";
import { type Address, zeroHash } from "viem";
import { readCall } from "./command.ts";
import { connectMember, connectReader } from "./connect.ts";
import { type Inputs, readInputs } from "./inputs.ts";
import { quoteOptions } from "./jobOptions.ts";
import { readProgram } from "./programSource.ts";
import { shownAmount } from "./shown.ts";

export const jobQuoteCommand: Command = {
  summary: "estimate what a job costs, how long a task takes, and the least reward that pays",
  options: quoteOptions,
  async run(argv, context) {
    const { stdout, stdin } = context;
    const { values } = readCall(argv, context, { operands: [], options: quoteOptions });
    const { tasks, token } = values;
    const inputs = tasks === undefined ? await readInputs(values, stdin) : undefined;
    if (
      tasks !== undefined &&
      (values.input.length > 0 || values.inputsDir || values.inputsLines)
    ) {
      throw new UsageError("--tasks is for jobs without inputs: leave it or them out.");
    }
    const program = values.program === undefined ? undefined : await readProgram(values.program);
    // Without an address to enter the network by there is nobody to ask.
    await using member = values.bootstrap.length === 0 ? undefined : await connectMember(values);
    const client = member?.client ?? (await connectReader(values));
    const quote = await client.quote({
      ...(await sampled({ program, inputs, tasks })),
      ...quoteTerms(values),
    });
    stdout.write(`${values.json ? toJson(quoteFields(quote)) : table(quoteRows(quote, token))}\n`);
    return 0;
  },
};

/** A quote needs the number of the inputs, and the first of them to measure a task. */
export async function sampled({
  program,
  inputs,
  tasks = inputs?.count ?? 0,
}: {
  program: Awaited<ReturnType<typeof readProgram>> | undefined;
  inputs: Inputs | undefined;
  tasks?: number | undefined;
}) {
  // A program that is named by its CID would have to be fetched.
  if (inputs === undefined || !(program instanceof Uint8Array)) return { taskCount: tasks };
  let sample: Uint8Array | undefined;
  for await (const input of inputs.read()) {
    sample = input;
    break;
  }
  return { taskCount: tasks, program, sample };
}

/** What of a job's terms a quote depends on. */
export function quoteTerms(values: {
  reward?: bigint | undefined;
  token?: Address | undefined;
  batchSize?: number | undefined;
  stakePerBatch?: bigint | undefined;
  submitWindow?: number | undefined;
  maxSteps?: bigint | undefined;
}) {
  const { reward, token, batchSize, stakePerBatch, submitWindow, maxSteps } = values;
  return {
    ...{ rewardPerTask: reward, token, batchSize, stakePerBatch, maxSteps },
    submitWindowSeconds: secondsOf(submitWindow),
  };
}

/** Options are milliseconds, the chain counts seconds. */
export function secondsOf(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.ceil(ms / 1_000);
}

export function quoteRows(quote: QuoteReturnType, token: Address | undefined): [string, string][] {
  const { taskCount, batchSize, batchCount, rewardPerTask, leastRewardPerTask, fees } = quote;
  const { fuel, taskMs } = quote;
  const seconds = (ms: number) => `${Number((ms / 1_000).toPrecision(2))} s`;
  return [
    ["tasks", `${taskCount} in ${batchCount} batches of ${batchSize}`],
    ["reward of a task", shownAmount(rewardPerTask, token)],
    [
      "least reward",
      leastRewardPerTask === undefined
        ? "each node's own matter, for a token"
        : `${shownAmount(leastRewardPerTask)} at today's gas price`,
    ],
    ["escrow", shownAmount(quote.escrow, token)],
    ...askedRows(quote, token),
    ["gas of posting", shownAmount(fees.post)],
    [
      "gas of a worker",
      `${shownAmount(fees.batch)} a batch, and ${shownAmount(fees.withdraw)} to be paid out`,
    ],
    ["gas of the whole job", `${shownAmount(fees.job)}, posting and all batches`],
    ["stake of a batch", shownAmount(quote.stakePerBatch)],
    [
      "fuel of a task",
      `${fuel.perTask} (${fuel.isMeasured ? "measured with the first input" : "the limit"})`,
    ],
    ...machineRows(quote),
    ["time of a task", `${seconds(taskMs.least)} to ${seconds(taskMs.most)} of a core`],
    [
      "time of a batch",
      quote.isDoneInTime
        ? "fits the submission window on one core"
        : "may not fit the submission window on one core: make batches smaller, or the window longer",
    ],
  ];
}

/** What workers ask, and how long jobs wait here. */
function askedRows(
  { asked, firstClaims }: QuoteReturnType,
  token: Address | undefined,
): [string, string][] {
  const rows: [string, string][] = [];
  if (asked !== undefined) {
    const { workers, answered, takers, priced, prices, refusals } = asked;
    if (prices !== undefined) {
      const { least, median, most } = prices;
      const range = [least, median, most].map((price) => shownAmount(price, token));
      rows.push([
        "asked by workers",
        `${range[0]} least, ${range[1]} median, ${range[2]} most, by ${priced} of ${workers}`,
      ]);
    }
    const reasons = refusals.map(({ code, workers }) => `${workers} ${code}`).join(", ");
    const rest = reasons === "" ? "" : `; refused: ${reasons}`;
    rows.push(["would take it", `${takers} of ${answered} workers that answered${rest}`]);
  }
  const { jobs, claimed, medianSeconds, slowSeconds } = firstClaims;
  if (medianSeconds !== undefined) {
    rows.push([
      "first claim",
      `after ${medianSeconds} s in half, ${slowSeconds} s in nine of ten, of the ${claimed} claimed of the last ${jobs} jobs`,
    ]);
  }
  return rows;
}

function machineRows({ machineRoot }: QuoteReturnType): [string, string][] {
  if (machineRoot === undefined) return [];
  const isNone = machineRoot === zeroHash;
  return [["machine root", isNone ? "none: nothing of the program can be proved" : machineRoot]];
}

export function quoteFields({ gas, fees, ...quote }: QuoteReturnType) {
  const { leastRewardPerTask, stakePerBatch, gasPrice, ...rest } = quote;
  return {
    ...rest,
    leastRewardPerTaskWei: leastRewardPerTask,
    stakePerBatchWei: stakePerBatch,
    gasPriceWei: gasPrice,
    gas,
    feesWei: fees,
  };
}
