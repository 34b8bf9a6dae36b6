import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { UsageError } from "@assay/worker/config";
import type { CommandContext } from "@assay/worker/process";
import { readLocal } from "../program/files.ts";

/** Inputs of which the number is known before they are read. */
export interface Inputs {
  count: number;
  /** One a task, read as they are asked for; may be read again. */
  read(): AsyncIterable<Uint8Array>;
}

export interface InputSources {
  input: readonly string[];
  inputsDir?: string | undefined;
  inputsLines?: string | undefined;
}

/**
 * The inputs of a job: files, a folder's files, or the lines of a file.
 *
 * @throws {@link UsageError} when none are named, or several kinds.
 */
export async function readInputs(
  { input, inputsDir, inputsLines }: InputSources,
  stdin: CommandContext["stdin"] = process.stdin,
): Promise<Inputs> {
  const kinds = [input.length > 0, inputsDir !== undefined, inputsLines !== undefined];
  if (kinds.filter(Boolean).length !== 1) {
    throw new UsageError(
      "Which inputs? Give one of --input (for each file), --inputs-dir and --inputs-lines.",
    );
  }
  if (inputsDir !== undefined) return ofFiles(await filesIn(inputsDir));
  if (inputsLines === undefined) return ofFiles(input);
  return inputsLines === "-" ? ofStream(stdin) : ofLines(inputsLines);
}

function ofFiles(paths: readonly string[]): Inputs {
  return {
    count: paths.length,
    async *read() {
      for (const path of paths) yield readLocal(path);
    },
  };
}

/** The files right in it, in the order of their names by code points, whatever the machine's language. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause) => {
    throw new UsageError(`${folder} cannot be read (${cause.code}).`, { cause });
  });
  const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  if (names.length === 0) throw new UsageError(`There is no file in ${folder}.`);
  return names.toSorted().map((name) => join(folder, name));
}

async function ofLines(path: string): Promise<Inputs> {
  let count = 0;
  for await (const _ of linesOf(path)) count++;
  if (count === 0) throw new UsageError(`${path} has no line.`);
  return {
    count,
    async *read() {
      for await (const line of linesOf(path)) yield new TextEncoder().encode(line);
    },
  };
}

async function* linesOf(path: string): AsyncGenerator<string> {
  const stream = createReadStream(path);
  try {
    yield* createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new UsageError(`${path} cannot be read (${code}).`, { cause });
  } finally {
    stream.destroy();
  }
}

/** A stream comes once, and its lines have to be counted before money is shown: they are kept. */
async function ofStream(stdin: NonNullable<CommandContext["stdin"]>): Promise<Inputs> {
  const lines: Uint8Array[] = [];
  for await (const line of createInterface({ input: stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    lines.push(new TextEncoder().encode(line));
  }
  if (lines.length === 0) throw new UsageError("Standard input has no line.");
  return {
    count: lines.length,
    async *read() {
      yield* lines;
    },
  };
}
