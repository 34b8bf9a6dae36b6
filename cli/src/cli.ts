import { describeOptions, nearest, UsageError } from "@assay/worker/config";
import {
  type Command,
  type CommandContext,
  startCommand,
  table,
  VERSION,
} from "@assay/worker/process";
import { configCheckCommand } from "./config/check.ts";
import { configShowCommand } from "./config/show.ts";
import { devCommand } from "./dev/dev.ts";
import { disputeCommands } from "./dispute/dispute.ts";
import { jobCommands } from "./job/commands.ts";
import { keyCreateCommand, keyImportCommand, keyShowCommand } from "./key/key.ts";
import { netPeersCommand, netRotateKeyCommand, netStatusCommand } from "./net/net.ts";
import { programBuildCommand } from "./program/build.ts";
import { programInspectCommand } from "./program/inspect.ts";
import { programRunCommand } from "./program/run.ts";
import {
  stakeDepositCommand,
  stakeStatusCommand,
  stakeUnbondCommand,
  stakeWithdrawCommand,
} from "./stake/stake.ts";
import { backupCommand } from "./worker/backup.ts";
import { drainCommand } from "./worker/drain.ts";
import { statusCommand } from "./worker/status.ts";

/** A command by itself, or a noun with its verbs. */
const commands: Record<string, Command | Record<string, Command>> = {
  dev: devCommand,
  job: jobCommands,
  dispute: disputeCommands,
  worker: {
    start: startCommand,
    status: statusCommand,
    drain: drainCommand,
    backup: backupCommand,
  },
  stake: {
    status: stakeStatusCommand,
    deposit: stakeDepositCommand,
    unbond: stakeUnbondCommand,
    withdraw: stakeWithdrawCommand,
  },
  net: { status: netStatusCommand, peers: netPeersCommand, "rotate-key": netRotateKeyCommand },
  key: { create: keyCreateCommand, import: keyImportCommand, show: keyShowCommand },
  program: { build: programBuildCommand, inspect: programInspectCommand, run: programRunCommand },
  config: { show: configShowCommand, check: configCheckCommand },
};

/**
 * Runs the command that `argv` names and resolves with the exit code.
 *
 * @throws {@link UsageError} when there is no such command, or it is called wrongly.
 */
export async function runCli(
  argv: readonly string[],
  {
    env: environment,
    stdout,
    stderr = process.stderr,
    stdin,
  }: { env: NodeJS.ProcessEnv } & Pick<CommandContext, "stdout"> & Partial<CommandContext>,
): Promise<number> {
  const [noun = "--help", ...afterNoun] = argv;
  const named = Object.hasOwn(commands, noun) ? commands[noun] : undefined;
  const [verb = "--help", ...afterVerb] = afterNoun;
  if (["--version", "-v", "version"].includes(noun)) {
    stdout.write(`${VERSION}\n`);
    return 0;
  }
  if (isHelp(noun) || (named !== undefined && !isCommand(named) && isHelp(verb))) {
    stdout.write(`${describeCommands()}\n`);
    return 0;
  }
  if (named === undefined) throw unknownCommand(noun);
  const context = { environment, stdout, stderr, stdin };
  if (isCommand(named)) return runCommand(named, noun, afterNoun, context);
  const command = Object.hasOwn(named, verb) ? named[verb] : undefined;
  if (command === undefined) throw unknownCommand(`${noun} ${verb}`);
  return runCommand(command, `${noun} ${verb}`, afterVerb, context);
}

function isHelpFlag(word: string): boolean {
  return word === "--help" || word === "-h";
}

function isHelp(word: string): boolean {
  return isHelpFlag(word) || word === "help";
}

async function runCommand(
  command: Command,
  name: string,
  argv: readonly string[],
  context: CommandContext,
): Promise<number> {
  if (!argv.some(isHelpFlag)) return command.run(argv, context);
  const { summary, operands, options } = command;
  const usage = operands === undefined ? "" : `  assay ${name} ${operands} [options]\n\n`;
  context.stdout.write(`assay ${name}: ${summary}\n\n${usage}${describeOptions(options)}\n`);
  return 0;
}

function isCommand(named: Command | Record<string, Command>): named is Command {
  return typeof named.run === "function";
}

/** Each command with what is typed for it. */
function namedCommands(): [string, Command][] {
  return Object.entries(commands).flatMap(([noun, named]): [string, Command][] =>
    isCommand(named)
      ? [[noun, named]]
      : Object.entries(named).map(([verb, command]) => [`${noun} ${verb}`, command]),
  );
}

function unknownCommand(called: string): UsageError {
  const known = [...Object.keys(commands), ...namedCommands().map(([name]) => name)];
  const meant = nearest(called, known);
  const advice = meant === undefined ? "see assay --help." : `did you mean assay ${meant}?`;
  return new UsageError(`There is no command "${called}": ${advice}`);
}

function describeCommands(): string {
  const rows = namedCommands().map(([name, { summary }]) => [`  assay ${name}`, summary] as const);
  return [
    "Commands (each has --help):",
    table(rows),
    "",
    "Exit codes: 0 done, 1 failed, 2 called or configured wrongly, 130 ended by a second signal.",
  ].join("\n");
}
