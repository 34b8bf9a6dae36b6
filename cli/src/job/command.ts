import {
  AssayError,
  type JobHandle,
  type JobId,
  JobIncompleteError,
  type MarketClient,
} from "@assay/sdk";
import {
  type Definitions,
  loadOptions,
  type ParsedOptions,
  UsageError,
} from "@assay/worker/config";
import type { CommandContext } from "@assay/worker/process";
import { BaseError } from "viem";
import { takeOperands } from "../program/files.ts";
import { parseJobId } from "./jobOptions.ts";

export const JOB_ID = "<job id>";

/** The operands of a command, by their place, and its options. */
export function readCall<const D extends Definitions>(
  argv: readonly string[],
  { environment }: Pick<CommandContext, "environment">,
  { operands: names, options: definitions }: { operands: readonly string[]; options: D },
): { operands: string[]; values: ParsedOptions<D> } {
  const { operands, options } = takeOperands(argv, names);
  return { operands, values: loadOptions(definitions, options, environment).values };
}

/** @throws {@link UsageError} */
export function jobIdOf(text: string | undefined): JobId {
  try {
    return parseJobId(text ?? "");
  } catch (error) {
    throw new UsageError(`${text}: ${(error as Error).message}.`, { cause: error });
  }
}

export function openJob(
  client: MarketClient,
  text: string | undefined,
  fromBlock: bigint | undefined,
): Promise<JobHandle> {
  return client.openJob({ jobId: jobIdOf(text), fromBlock });
}

/** Ends when a signal comes that asks the process to. */
export function interruption(): { signal: AbortSignal; end(): void } {
  const stop = new AbortController();
  const names = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const onSignal = () => {
    // Whoever asks twice wants it at once.
    if (stop.signal.aborted) process.exit(130);
    stop.abort(new InterruptedError());
  };
  for (const name of names) process.on(name, onSignal);
  return {
    signal: stop.signal,
    end() {
      for (const name of names) process.off(name, onSignal);
    },
  };
}

/** Whether an error is the chain's endpoint's, and may pass by itself. */
export function isPassing(error: unknown): boolean {
  if (error instanceof AssayError) return error.retryable && !(error instanceof JobIncompleteError);
  return error instanceof BaseError;
}

/** A signal asked the process to end. */
export class InterruptedError extends Error {}

/** Runs an action until it is over or a signal comes; the latter gives exit code 130. To be awaited before what it uses is disposed of. */
export async function untilInterrupted(
  action: (signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const { signal, end } = interruption();
  try {
    return await action(signal);
  } catch (error) {
    if (error instanceof InterruptedError) return 130;
    throw error;
  } finally {
    end();
  }
}
