import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
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
  if (inputsLines === "-") return ofStream(linesIn(stdin), "Standard input");
  return (await comesOnce(inputsLines))
    ? ofStream(linesOf(inputsLines), inputsLines)
    : ofLines(inputsLines);
}

function ofFiles(paths: readonly string[]): Inputs {
  const kept = new Map<string, Uint8Array>();
  return {
    count: paths.length,
    async *read() {
      for (const path of paths) {
        const bytes = kept.get(path) ?? (await readLocal(path));
        if (await comesOnce(path)) kept.set(path, bytes);
        yield bytes;
      }
    },
  };
}

/** Whether it is a pipe, such as a shell makes of `<(…)`: it is empty when it is read again, or never ends. */
async function comesOnce(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && !found.isFile() && !found.isDirectory();
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
    yield* linesIn(stream);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new UsageError(`${path} cannot be read (${code}).`, { cause });
  } finally {
    stream.destroy();
  }
}

function linesIn(input: NodeJS.ReadableStream): AsyncIterable<string> {
  return createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
}

/** A stream comes once, and its lines have to be counted before money is shown: they are kept. */
async function ofStream(text: AsyncIterable<string>, name: string): Promise<Inputs> {
  const lines: Uint8Array[] = [];
  for await (const line of text) lines.push(new TextEncoder().encode(line));
  if (lines.length === 0) throw new UsageError(`${name} has no line.`);
  return {
    count: lines.length,
    async *read() {
      yield* lines;
    },
  };
}
