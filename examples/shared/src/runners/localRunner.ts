import { inProcessRunner, processRunner, type Runner, threadsRunner } from "@assay/runners";
import { UsageError } from "../commandLine/flags.ts";

const LOCAL = {
  "in-process": inProcessRunner,
  threads: threadsRunner,
  processes: processRunner,
} as const satisfies Record<string, () => Runner>;

export type LocalRunnerName = keyof typeof LOCAL;

/** Where the tasks of an example run: on a marketplace that exists for the run alone, or on the cores of this machine. */
export type RunnerName = "market" | LocalRunnerName;

export const RUNNER_NAMES: readonly RunnerName[] = [
  "market",
  ...(Object.keys(LOCAL) as LocalRunnerName[]),
];

/** @throws {@link UsageError} */
export function parseRunner(text: string): RunnerName {
  const name = RUNNER_NAMES.find((known) => known === text);
  if (name !== undefined) return name;
  throw new UsageError(`There is no runner ${text}: choose --runner ${RUNNER_NAMES.join(", ")}.`);
}

/** One that is not the market. The caller closes it. */
export function openLocalRunner(name: LocalRunnerName): Runner {
  return LOCAL[name]();
}
