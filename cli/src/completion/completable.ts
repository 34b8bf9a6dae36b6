import { type Command, VERSION } from "@assay/worker/process";
import { type Aliases, aliased, type CommandTree, isCommand } from "../commandLine/tree.ts";

/** How the value of an option is completed. */
export type ValueKind = "none" | "any" | "file" | { choices: string[] };

export interface CompletableOption {
  /** `--rpc` */
  flag: string;
  summary: string;
  value: ValueKind;
}

/** What may follow the words of one path. */
export interface Completable {
  /** The words that are typed after `assay`, a blank between them. */
  path: string;
  words: { word: string; summary: string }[];
  options: CompletableOption[];
  /** Whether files may follow. */
  takesFiles: boolean;
}

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

/** First line of every script: shells keep it, and it may be older than the command. */
export const headerOf = (shell: Shell) =>
  `# Completions of assay ${VERSION} for ${shell}, made by \`assay completion ${shell}\`.`;

const HELP_OPTION: CompletableOption = { flag: "--help", summary: "show this", value: "none" };

/** Everything that can be completed: one entry for each path of the tree. */
export function completables(tree: CommandTree, aliases: Aliases): Completable[] {
  const nouns = Object.entries(tree).map(([word, named]) => ({
    word,
    summary: isCommand(named) ? named.summary : Object.keys(named).join(", "),
  }));
  const short = Object.entries(aliases).map(([word, words]) => ({
    word,
    summary: `assay ${words.join(" ")}`,
  }));
  const help = { word: "help", summary: "show the help of a command, or of all" };
  const version = { word: "version", summary: "print the version" };
  const common = { options: [HELP_OPTION], takesFiles: false };
  const groups = Object.entries(tree).flatMap(([noun, named]) =>
    isCommand(named) ? [] : [{ noun, verbs: named }],
  );
  const verbsOf = (verbs: Readonly<Record<string, Command>>) =>
    Object.entries(verbs).map(([word, { summary }]) => ({ word, summary }));
  return [
    { ...common, path: "", words: [...nouns, help, version, ...short] },
    { ...common, path: "help", words: [...nouns, ...short] },
    ...groups.flatMap(({ noun, verbs }) => [
      { ...common, path: noun, words: verbsOf(verbs) },
      { ...common, path: `help ${noun}`, words: verbsOf(verbs) },
      ...Object.entries(verbs).map(([verb, command]) => leaf(`${noun} ${verb}`, command)),
    ]),
    ...Object.entries(tree).flatMap(([noun, named]) =>
      isCommand(named) ? [leaf(noun, named)] : [],
    ),
    ...Object.entries(aliases).map(([word, words]) => leaf(word, aliased(tree, words))),
  ];
}

function leaf(path: string, { operands, options }: Command): Completable {
  const completable = Object.entries(options).map(([name, { placeholder, describe }]) => ({
    flag: `--${name}`,
    summary: describe,
    value: valueKind(placeholder),
  }));
  const choices = operands === undefined ? [] : choicesIn(operands);
  return {
    path,
    words: choices.map((word) => ({ word, summary: "" })),
    options: completable,
    takesFiles: operands !== undefined && choices.length === 0,
  };
}

function valueKind(placeholder: string | undefined): ValueKind {
  if (placeholder === undefined) return "none";
  if (/^<(file|folder|local file)>$/.test(placeholder)) return "file";
  const choices = choicesIn(placeholder);
  return choices.length > 0 ? { choices } : "any";
}

/** `local|public` names every value that there is. */
function choicesIn(placeholder: string): string[] {
  return /^\w+(\|\w+)+$/.test(placeholder) ? placeholder.split("|") : [];
}
