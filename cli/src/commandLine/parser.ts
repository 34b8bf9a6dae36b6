import { styleText } from "node:util";
import { nearest, optionHelp, UsageError } from "@assay/worker/config";
import { type Command, type CommandContext, VERSION } from "@assay/worker/process";
import { CommanderError, Option, Command as Parser } from "commander";
import { type Aliases, aliased, type CommandTree, isCommand } from "./tree.ts";

/** Columns of the help where there is no terminal to tell. */
const HELP_COLUMNS = 100;

const EXIT_CODES = `
Exit codes: 0 done, 1 failed, 2 called or configured wrongly, 3 damaged data, 130 cut short by a signal.`;

/** Where a command leaves its exit code. */
interface Call {
  context: CommandContext;
  exitCode: number;
}

/**
 * A command at the end of the line. Its options are described to the parser for the help alone: their values come by
 * `readFlags`, as those of the environment and of the configuration file do, so that all of them are checked, redacted and
 * explained in one place, and for programs that run a command without the CLI.
 */
class Leaf extends Parser {
  override parseOptions(argv: string[]): { operands: string[]; unknown: string[] } {
    return { operands: [], unknown: argv };
  }
}

/** The parser of a tree of commands. */
export function createParser(tree: CommandTree, aliases: Aliases, call: Call): Parser {
  const program = new Parser("assay");
  prepare(program, call)
    .description("A compute marketplace: buy work, do work, watch over both.")
    .usage("<command> [options]")
    .version(VERSION, "-v, --version", "print the version")
    .commandsGroup("Commands:")
    .addHelpText("after", EXIT_CODES)
    .action((_, { args }: Parser) => lost(args, program));
  for (const [noun, named] of Object.entries(tree)) {
    if (isCommand(named)) program.addCommand(leaf(noun, named, call));
    else program.addCommand(group(noun, named, call));
  }
  program.addCommand(helpOf(program, call)).addCommand(versionOf(call));
  program.commandsGroup("Short forms:");
  for (const [word, words] of Object.entries(aliases)) {
    const short = leaf(word, aliased(tree, words), call);
    program.addCommand(short.summary(`assay ${words.join(" ")}`));
  }
  return program;
}

/**
 * Lets a parser run the command that `argv` names.
 * @returns the exit code.
 *
 * @throws {@link UsageError} when there is no such command; what the command throws.
 */
export async function runParser(
  tree: CommandTree,
  aliases: Aliases,
  { argv, context }: { argv: readonly string[]; context: CommandContext },
): Promise<number> {
  const call: Call = { context, exitCode: 0 };
  const program = createParser(tree, aliases, call);
  try {
    await program.parseAsync([...argv], { from: "user" });
  } catch (error) {
    // Help and version are thrown, too: the process is not the parser's to end.
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw new UsageError(error.message, { cause: error });
  }
  return call.exitCode;
}

function prepare<P extends Parser>(parser: P, { context: { stdout } }: Call): P {
  const { isTTY, columns } = stdout as { isTTY?: boolean; columns?: number };
  parser
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      getOutHelpWidth: () => (isTTY && columns) || HELP_COLUMNS,
      getOutHasColors: () => true, // whoever styles looks whether there are any
    })
    .configureHelp({
      styleTitle: (text) => styleText("bold", text, { stream: stdout }),
      subcommandTerm: (sub) => sub.name(),
    })
    .exitOverride()
    .enablePositionalOptions()
    .helpCommand(false)
    .helpOption("-h, --help", "show this")
    .allowUnknownOption()
    .allowExcessArguments();
  return parser;
}

function leaf(name: string, command: Command, call: Call): Parser {
  const { summary, operands, options } = command;
  const parser = prepare(new Leaf(name), call)
    .description(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`)
    .summary(summary)
    .usage(`${operands === undefined ? "" : `${operands} `}[options]`)
    .action(async (_, { args }: Parser) => {
      call.exitCode = await command.run(args, call.context);
    });
  const terms = new Map<string, string>();
  for (const { term, description } of optionHelp(options)) {
    const [long = ""] = term.split(" ");
    // A placeholder may have characters that mean something to the parser.
    terms.set(long, term);
    parser.addOption(new Option(term === long ? long : `${long} <value>`, description));
  }
  return parser.configureHelp({
    ...parser.configureHelp(),
    optionTerm: ({ long, flags }) => terms.get(long ?? "") ?? flags,
  });
}

/** A noun: alone it shows its verbs. */
function group(noun: string, verbs: Readonly<Record<string, Command>>, call: Call): Parser {
  const parser = prepare(new Parser(noun), call)
    .summary(Object.keys(verbs).join(", "))
    .usage("<verb> [options]")
    .commandsGroup("Verbs:")
    .action((_, { args }: Parser) => lost(args, parser));
  for (const [verb, command] of Object.entries(verbs)) {
    parser.addCommand(leaf(verb, command, call));
  }
  return parser;
}

/** Nothing, or something unknown, was named below a parser. */
function lost([word]: string[], parser: Parser): void {
  if (word !== undefined && word !== "help") {
    throw unknownCommand([...pathOf(parser), word], rootOf(parser));
  }
  parser.outputHelp();
}

function helpOf(program: Parser, call: Call): Parser {
  return prepare(new Leaf("help"), call)
    .summary("show the help of a command, or of all")
    .description("Show the help of a command, or of all.")
    .usage("[noun [verb]]")
    .action((_, { args }: Parser) => {
      let about = program;
      for (const [at, word] of args.entries()) {
        const below = about.commands.find((one) => one.name() === word);
        if (below === undefined) throw unknownCommand(args.slice(0, at + 1), program);
        about = below;
      }
      about.outputHelp();
    });
}

function versionOf(call: Call): Parser {
  return prepare(new Leaf("version"), call)
    .summary("print the version")
    .description("Print the version.")
    .action(() => void call.context.stdout.write(`${VERSION}\n`));
}

function unknownCommand(words: readonly string[], program: Parser): UsageError {
  const called = words.join(" ");
  const known = program.commands.flatMap((one) => [
    one.name(),
    ...one.commands.map((verb) => `${one.name()} ${verb.name()}`),
  ]);
  const meant = nearest(called, known);
  const advice = meant === undefined ? "see assay --help." : `did you mean assay ${meant}?`;
  return new UsageError(`There is no command "${called}": ${advice}`);
}

/** The words that lead to a parser. */
function pathOf(parser: Parser): string[] {
  return parser.parent === null ? [] : [...pathOf(parser.parent), parser.name()];
}

function rootOf(parser: Parser): Parser {
  return parser.parent === null ? parser : rootOf(parser.parent);
}
