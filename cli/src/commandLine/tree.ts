import type { Command } from "@assay/worker/process";

/** What `assay` is told first: a command by itself, or a noun with its verbs. */
export type CommandTree = Readonly<Record<string, Command | Readonly<Record<string, Command>>>>;

/** Short forms: one word for a noun and its verb. */
export type Aliases = Readonly<Record<string, readonly [noun: string, verb: string]>>;

export function isCommand(named: CommandTree[string]): named is Command {
  return typeof named.run === "function";
}

/** Every command with the words that are typed for it. */
export function namedCommands(tree: CommandTree): [words: string[], command: Command][] {
  return Object.entries(tree).flatMap(([noun, named]): [string[], Command][] =>
    isCommand(named)
      ? [[[noun], named]]
      : Object.entries(named).map(([verb, command]) => [[noun, verb], command]),
  );
}

/** The command that a short form stands for. */
export function aliased(tree: CommandTree, [noun, verb]: Aliases[string]): Command {
  const named = tree[noun];
  const command = named === undefined || isCommand(named) ? undefined : named[verb];
  if (command === undefined) throw new TypeError(`there is no command ${noun} ${verb}`);
  return command;
}
