import { setTimeout as sleep } from "node:timers/promises";
import type { JobHandle, MarketClient, WatchedJobEvent } from "@assay/sdk";
import { type Command, type CommandContext, toJson } from "@assay/worker/process";
import { isPassing, openJob, readCall, untilInterrupted } from "./command.ts";
import { connectReader } from "./connect.ts";
import { watchOptions } from "./jobOptions.ts";
import { eventFields, shownAmount, shownText } from "./shown.ts";

/** Between two tries when the chain does not answer. */
const PAUSE_MS = 2_000;

export const jobWatchCommand: Command = {
  summary: "tell of everything that happens to a job until it is settled; without one, of new jobs",
  operands: "[<job id>]",
  options: watchOptions,
  async run(argv, context) {
    const hasJob = argv[0] !== undefined && !argv[0].startsWith("-");
    const operands = hasJob ? ["<job id>"] : [];
    const call = readCall(argv, context, { operands, options: watchOptions });
    const { values } = call;
    const client = await connectReader(values);
    const write = (event: object & { type: string }) =>
      context.stdout.write(`${values.json ? toJson(eventFields(event)) : eventLine(event)}\n`);
    const onError = warn(context.stderr);
    return await untilInterrupted(async (signal) => {
      if (hasJob) {
        const job = await openJob(client, call.operands[0], undefined);
        const { fromBlock = job.blockNumber } = values;
        await watchToItsEnd(client, job, { fromBlock, signal, onError, write });
      } else {
        const options = { fromBlock: values.fromBlock, signal, onError };
        for await (const job of client.watchJobs(options)) write(job);
      }
      return 0;
    });
  },
};

function warn(stderr: CommandContext["stderr"]) {
  return (error: unknown) => {
    const { shortMessage, message } = error as { shortMessage?: string; message?: string };
    stderr.write(`The chain is asked again: ${shownText(shortMessage ?? message ?? "")}\n`);
  };
}

/** All events until every batch is settled, or of a cancelled job those that were claimed. */
async function watchToItsEnd(
  client: MarketClient,
  job: JobHandle,
  {
    signal,
    write,
    ...options
  }: {
    fromBlock: bigint;
    signal: AbortSignal;
    onError: (error: unknown) => void;
    write: (event: WatchedJobEvent) => void;
  },
): Promise<void> {
  const over = new AbortController();
  const any = AbortSignal.any([signal, over.signal]);
  let told = options.fromBlock - 1n;
  let end: bigint | undefined;
  const endIfTold = () => {
    if (end !== undefined && told >= end) over.abort();
  };
  const onBlock = (block: bigint) => {
    told = block;
    endIfTold();
  };
  const settled = persist(any, async () => {
    await job.settled({ signal: any });
    end = await client.public.getBlockNumber({ cacheTime: 0 });
    endIfTold();
  });
  // What it throws is thrown below, once what had happened before is told.
  settled.catch(() => over.abort());
  try {
    for await (const event of job.watch({ ...options, signal: any, onBlock })) write(event);
  } catch (error) {
    if (!over.signal.aborted) throw error;
  }
  await settled;
}

/** Does it until the chain answers. */
async function persist(signal: AbortSignal, action: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await action();
    } catch (error) {
      signal.throwIfAborted();
      if (!isPassing(error)) throw error;
    }
    await sleep(PAUSE_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

function eventLine(event: object & { type: string }): string {
  const { type, blockNumber, removed, ...rest } = event as Record<string, unknown>;
  const said = Object.entries(rest)
    .filter(([name]) => SHOWN.has(name))
    .map(([name, value]) => `${name}=${name === "reward" ? shownAmount(value as bigint) : value}`);
  const words = [`block ${blockNumber}`, type, ...said, ...(removed ? ["(taken back)"] : [])];
  return words.join("  ");
}

const SHOWN = new Set(["jobId", "batch", "worker", "requester", "number", "position", "ruling"]);
