import type { describeOptions } from "../config/flags.ts";

export interface CommandContext {
  environment: NodeJS.ProcessEnv;
  stdout: NodeJS.WritableStream;
  stderr: NodeJS.WritableStream;
  /** Where answers to questions come from. Default: the process's own. */
  stdin?: (NodeJS.ReadableStream & { isTTY?: boolean }) | undefined;
}

/** One command of the CLI. */
export interface Command {
  /** One line for the list of commands. */
  summary: string;
  /** What it takes before its options, as the help shows it. */
  operands?: string;
  options: Parameters<typeof describeOptions>[0];
  /** Resolves with the exit code. */
  run(argv: readonly string[], context: CommandContext): Promise<number>;
}
