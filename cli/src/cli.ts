import { describeOptions, nearest, UsageError } from "@assay/worker/config";
import { type Command, startCommand, table } from "@assay/worker/process";
import { configCheckCommand } from "./config/check.ts";
import { configShowCommand } from "./config/show.ts";
import { keyCreateCommand, keyImportCommand, keyShowCommand } from "./key/key.ts";
import { netPeersCommand, netStatusCommand } from "./net/net.ts";
import {
  stakeDepositCommand,
  stakeStatusCommand,
  stakeUnbondCommand,
  stakeWithdrawCommand,
} from "./stake/stake.ts";
import { backupCommand } from "./worker/backup.ts";
import { drainCommand } from "./worker/drain.ts";
import { statusCommand } from "./worker/status.ts";

/** Noun, then verb. */
const commands: Record<string, Record<string, Command>> = {
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
  net: { status: netStatusCommand, peers: netPeersCommand },
  key: { create: keyCreateCommand, import: keyImportCommand, show: keyShowCommand },
  config: { show: configShowCommand, check: configCheckCommand },
};

/**
 * Runs the command that `argv` names and resolves with the exit code.
 *
 * @throws {@link UsageError} when there is no such command, or it is called wrongly.
 */
export async function runCli(
  argv: readonly string[],
  { env: environment, stdout }: { env: NodeJS.ProcessEnv; stdout: NodeJS.WritableStream },
): Promise<number> {
  const [noun = "--help", verb = "--help", ...rest] = argv;
  const verbs = Object.hasOwn(commands, noun) ? commands[noun] : undefined;
  if (noun === "--help" || (verbs !== undefined && verb === "--help")) {
    stdout.write(`${describeCommands()}\n`);
    return 0;
  }
  const command = verbs !== undefined && Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
  if (command === undefined) {
    throw unknownCommand(noun, verbs === undefined ? undefined : verb);
  }
  if (rest.includes("--help")) {
    stdout.write(
      `assay ${noun} ${verb}: ${command.summary}\n\n${describeOptions(command.options)}\n`,
    );
    return 0;
  }
  return command.run(rest, { environment, stdout });
}

function unknownCommand(noun: string, verb: string | undefined): UsageError {
  const called = verb === undefined ? noun : `${noun} ${verb}`;
  const known = Object.entries(commands).flatMap(([noun, verbs]) => [
    noun,
    ...Object.keys(verbs).map((verb) => `${noun} ${verb}`),
  ]);
  const meant = nearest(called, known);
  const advice = meant === undefined ? "see assay --help." : `did you mean assay ${meant}?`;
  return new UsageError(`There is no command "${called}": ${advice}`);
}

function describeCommands(): string {
  const rows = Object.entries(commands).flatMap(([noun, verbs]) =>
    Object.entries(verbs).map(
      ([verb, { summary }]) => [`  assay ${noun} ${verb}`, summary] as const,
    ),
  );
  return [
    "Commands (each has --help):",
    table(rows),
    "",
    "Exit codes: 0 done, 1 failed, 2 called or configured wrongly, 130 ended by a second signal.",
  ].join("\n");
}
