import type { Command } from "./command.ts";
import { UsageError } from "./errors.ts";
import { describeOptions } from "./options.ts";
import { startCommand } from "./worker/start.ts";
import { statusCommand } from "./worker/status.ts";

/** Noun, then verb. */
const commands: Record<string, Record<string, Command>> = {
  worker: { start: startCommand, status: statusCommand },
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
    const called = verbs === undefined ? noun : `${noun} ${verb}`;
    throw new UsageError(`There is no command "${called}": see assay --help.`);
  }
  if (rest.includes("--help")) {
    stdout.write(
      `assay ${noun} ${verb}: ${command.summary}\n\n${describeOptions(command.options)}\n`,
    );
    return 0;
  }
  return command.run(rest, { environment, stdout });
}

function describeCommands(): string {
  const rows = Object.entries(commands).flatMap(([noun, verbs]) =>
    Object.entries(verbs).map(([verb, { summary }]) => `  assay ${noun} ${verb}  ${summary}`),
  );
  return ["Commands (each has --help):", ...rows].join("\n");
}
