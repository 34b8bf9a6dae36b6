import { createInterface } from "node:readline";
import { flag, UsageError } from "@assay/worker/config";
import { type CommandContext, table } from "@assay/worker/process";

/** `--yes`, of every command that asks. */
export const yesOption = flag("do it without asking");

/** Chain ids of development nodes: their coins are worth nothing. */
const DEVELOPMENT_CHAINS: readonly number[] = [31_337, 1_337];

export function isDevelopmentChain(chainId: number): boolean {
  return DEVELOPMENT_CHAINS.includes(chainId);
}

export interface ConfirmOptions {
  /** Whether `--yes` was given. */
  yes: boolean;
  /** Where the answer comes from. Default: the process's own. */
  stdin?: CommandContext["stdin"];
  /** Where the question goes: standard output is for the command's result. Default: the process's own. */
  stderr?: NodeJS.WritableStream | undefined;
}

/**
 * Asks a question that has to be answered with yes. Everything else, the input's end and Ctrl-C are a no.
 *
 * @throws {@link UsageError} when there is no terminal to ask on, and `--yes` was not given.
 */
export async function confirm(
  question: string,
  { yes, stdin = process.stdin, stderr = process.stderr }: ConfirmOptions,
): Promise<boolean> {
  if (yes) return true;
  if (!stdin.isTTY) {
    throw new UsageError(`${question} There is no terminal to ask on: give --yes to go ahead.`);
  }
  const lines = createInterface({ input: stdin, output: stderr, terminal: true });
  try {
    return await new Promise<boolean>((resolve) => {
      lines.question(`${question} [y/N] `, (answer) => resolve(/^\s*y(es)?\s*$/i.test(answer)));
      lines.once("close", () => resolve(false));
      lines.once("SIGINT", () => resolve(false));
    });
  } finally {
    lines.close();
  }
}

export interface SpendingOptions extends ConfirmOptions {
  /** Of the chain that the money is on: on a development chain nothing is shown or asked. */
  chainId: number;
}

/**
 * Shows what a transaction costs and asks whether to send it.
 * @param summary - rows of two columns.
 * @returns whether to send it. If not, that was said.
 *
 * @throws {@link UsageError} when there is no terminal to ask on, and `--yes` was not given.
 */
export async function confirmSpending(
  summary: readonly (readonly [string, string])[],
  { chainId, ...options }: SpendingOptions,
): Promise<boolean> {
  if (isDevelopmentChain(chainId)) return true;
  const { stderr = process.stderr } = options;
  stderr.write(`${table(summary)}\n`);
  const isWanted = await confirm("Send it?", options);
  if (!isWanted) stderr.write("Nothing was sent.\n");
  return isWanted;
}
