import { readFile, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { buffer } from "node:stream/consumers";
import { memoryContent, putBytes } from "@assay/sdk/protocol";
import { UsageError } from "@assay/worker/config";

/**
 * Takes the operands of a command off its arguments: they come before the options.
 *
 * @throws {@link UsageError} when one is missing.
 */
export function takeOperands(
  argv: readonly string[],
  names: readonly string[],
): { operands: string[]; options: string[] } {
  const isOption = (word: string) => word.startsWith("-") && word !== "-";
  const missing = names.find((_, index) => argv[index] === undefined || isOption(argv[index]));
  if (missing !== undefined) {
    throw new UsageError(`${missing} is missing: give ${names.join(" ")}, then the options.`);
  }
  return { operands: argv.slice(0, names.length), options: argv.slice(names.length) };
}

/** @throws {@link UsageError} that names the file. */
export async function readLocal(path: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (cause) {
    throw new UsageError(`${path} cannot be read (${(cause as NodeJS.ErrnoException).code}).`, {
      cause,
    });
  }
}

/**
 * A task's input: a file, or for `-` what comes in on standard input.
 *
 * @throws {@link UsageError} that names the file.
 */
export async function readInput(path: string): Promise<Uint8Array> {
  return path === "-" ? new Uint8Array(await buffer(process.stdin)) : readLocal(path);
}

/** @throws {@link UsageError} that names the file. */
export async function writeLocal(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFile(path, bytes);
  } catch (cause) {
    throw new UsageError(`${path} cannot be written (${(cause as NodeJS.ErrnoException).code}).`, {
      cause,
    });
  }
}

/** The CID under which bytes are stored, whatever their length. */
export async function contentCid(bytes: Uint8Array): Promise<string> {
  return (await putBytes(memoryContent(), bytes)).toString();
}

/** A file's name as `compileProgram` takes it. */
export function programName(path: string): string {
  return (
    basename(path, ".ts")
      .replaceAll(/[^\w-]/g, "-")
      .replace(/^[^A-Za-z0-9]+/, "") || "program"
  );
}
