import {
  type AskedQuestion,
  Ground,
  getBatches,
  type JobId,
  type MarketClient,
  type MarketEvent,
} from "@assay/sdk";
import { UsageError } from "@assay/worker/config";
import { type Command, table, toJson } from "@assay/worker/process";
import { JOB_ID, openJob, readCall } from "../job/command.ts";
import { connectReader } from "../job/connect.ts";
import { shownAmount, shownTime } from "../job/shown.ts";
import { disputeListOptions, disputeShowOptions } from "./disputeOptions.ts";
import { gameLines, gameOf } from "./game.ts";

type Asked = Extract<MarketEvent, { type: "batchChallenged" | "leafDemanded" }>;

export const disputeListCommand: Command = {
  summary:
    "list questions about batches, challenges and demands, the newest first, and how they stand",
  options: disputeListOptions,
  async run(argv, context) {
    const { values } = readCall(argv, context, { operands: [], options: disputeListOptions });
    const client = await connectReader(values);
    const { job: jobId, fromBlock = client.deployedAt } = values;
    const asked = await askedIn(client, { jobId, fromBlock });
    for (const event of asked.toReversed()) {
      const question = await questionOf(client, event);
      context.stdout.write(
        `${values.json ? toJson(questionFields(event, question)) : questionLine(event, question)}\n`,
      );
    }
    if (asked.length === 0 && !values.json) context.stderr.write("There is no such question.\n");
    return 0;
  },
};

export const disputeShowCommand: Command = {
  summary:
    "show a batch that was put in question: its worker, every question of its round, and the moves before a proof arbiter",
  operands: `${JOB_ID} <batch>`,
  options: disputeShowOptions,
  async run(argv, context) {
    const { operands, values } = readCall(argv, context, {
      operands: [JOB_ID, "<batch>"],
      options: disputeShowOptions,
    });
    const client = await connectReader(values);
    const job = await openJob(client, operands[0], values.fromBlock);
    const batch = batchOf(operands[1], job.terms);
    const { jobId, blockNumber: fromBlock } = job;
    const [state] = await getBatches(client, { jobId, first: batch, count: 1 });
    const asked = (await askedIn(client, { jobId, fromBlock })).filter(
      (one) => one.batch === batch,
    );
    const { arbiter } = job.terms;
    const questions = await Promise.all(
      asked.map(async (event) => {
        const isChallenge = event.type === "batchChallenged";
        const game = isChallenge ? await gameOf(client, arbiter, event) : undefined;
        return [event, await questionOf(client, event), game] as const;
      }),
    );
    if (values.json) {
      const fields = questions.map(([event, question, game]) => ({
        ...questionFields(event, question),
        ...(game === undefined ? {} : { game }),
      }));
      context.stdout.write(`${toJson({ jobId, batch, arbiter, state, questions: fields })}\n`);
      return 0;
    }
    const rows: [string, string][] = [
      ["job", jobId],
      ["batch", String(batch)],
      ["status", state?.status ?? "unknown"],
      ["worker", state?.worker ?? "nobody"],
      ["arbiter", arbiter],
      ["questions", String(questions.length)],
    ];
    context.stdout.write(`${table(rows)}\n`);
    for (const [event, question, game] of questions) {
      const lines = [questionLine(event, question), ...(game === undefined ? [] : gameLines(game))];
      context.stdout.write(`${lines.join("\n")}\n`);
    }
    return 0;
  },
};

/** `assay dispute …` */
export const disputeCommands: Record<string, Command> = {
  list: disputeListCommand,
  show: disputeShowCommand,
};

function batchOf(
  text: string | undefined,
  terms: { taskCount: number; batchSize: number },
): number {
  const last = Math.ceil(terms.taskCount / terms.batchSize) - 1;
  const batch = /^\d+$/.test(text ?? "") ? Number(text) : Number.NaN;
  if (!(batch <= last)) throw new UsageError(`The job has batches 0 to ${last}, and no ${text}.`);
  return batch;
}

async function askedIn(
  client: MarketClient,
  { jobId, fromBlock }: { jobId: JobId | undefined; fromBlock: bigint },
): Promise<Asked[]> {
  const toBlock = await client.public.getBlockNumber({ cacheTime: 0 });
  const events = await client.getMarketEvents({ jobId, fromBlock, toBlock });
  return events.filter(
    (event): event is Asked => event.type === "batchChallenged" || event.type === "leafDemanded",
  );
}

interface Place {
  jobId: JobId;
  batch: number;
  round: number;
  number: number;
  demand: boolean;
}

function placeOf(event: Asked): Place {
  if (event.type === "leafDemanded") {
    const { jobId, batch, round, number } = event;
    return { jobId, batch, round, number, demand: true };
  }
  const { round, number } = event.dispute;
  return { jobId: event.jobId, batch: event.batch, round, number, demand: false };
}

function questionOf(client: MarketClient, event: Asked): Promise<AskedQuestion> {
  return client.getQuestion(placeOf(event));
}

function questionFields(event: Asked, { status, askedAt, ...question }: AskedQuestion) {
  const kind = event.type === "leafDemanded" ? "demand" : "challenge";
  const { blockNumber, transactionHash } = event;
  const { demand: _, ...place } = placeOf(event);
  const { asker, position, ground, dispute } = question;
  const asked = { asker, askedAt, position, ground };
  const id = event.type === "batchChallenged" ? dispute : undefined;
  return {
    kind,
    status,
    ...place,
    ...asked,
    dispute: id,
    bondWei: bondOf(event),
    blockNumber,
    transactionHash,
  };
}

function questionLine(event: Asked, question: AskedQuestion): string {
  const { jobId, batch, round, number, demand } = placeOf(event);
  const what = demand ? `demand ${number}` : `challenge ${number} (${groundOf(event)})`;
  return [
    `${jobId}  batch ${batch}  round ${round}  ${what}`,
    ...[question.status, `by ${question.asker}`, `bond ${shownAmount(bondOf(event))}`],
    shownTime(question.askedAt),
  ].join("  ");
}

function bondOf(event: Asked): bigint {
  return event.type === "leafDemanded" ? event.bond : event.dispute.bond;
}

function groundOf(event: Asked): string {
  if (event.type !== "batchChallenged") return "";
  return event.dispute.ground === Ground.wrongResult ? "wrong result" : "unavailable";
}
