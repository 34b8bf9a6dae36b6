import { glob, readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { EpochItem, InputGiven } from "../define/step.ts";
import type { ValueType } from "../define/valueType.ts";

import type { Field } from "./document.ts";

const KEYS = ["files", "lines", "type", "epochs"] as const;

/**
 * An input by a file: `files` gives the contents of all files that match, by their paths in order, `lines` the lines of one. With `epochs: folder` the files of each
 * folder are an epoch.
 */
export function fileInput(
  field: Field,
  folder: string,
  type: ValueType<unknown>,
): () => InputGiven {
  const { files, lines, epochs } = field.record(KEYS);
  if ((files === undefined) === (lines === undefined)) {
    throw field.invalid("names its files or the file of its lines: give files or lines");
  }
  if (epochs !== undefined && (epochs.text() !== "folder" || files === undefined)) {
    throw epochs.invalid("is folder, for files, or is left out");
  }
  const path = resolve(folder, (files ?? lines)?.text() ?? "");
  if (lines !== undefined) return () => linesOf(path, type);
  if (epochs === undefined) return () => contentsOf(path, type);
  return () => ({ open: (from) => epochsOf(path, type, from), isRepeatable: true });
}

async function* contentsOf(pattern: string, type: ValueType<unknown>): AsyncGenerator<unknown> {
  for (const path of await pathsOf(pattern))
    yield type.decode(new Uint8Array(await readFile(path)));
}

async function* epochsOf(
  pattern: string,
  type: ValueType<unknown>,
  from: number,
): AsyncGenerator<EpochItem> {
  const paths = await pathsOf(pattern);
  const folders = [...new Set(paths.map((path) => dirname(path)))];
  for (const path of paths.slice(from)) {
    yield {
      epoch: folders.indexOf(dirname(path)),
      value: type.decode(new Uint8Array(await readFile(path))),
    };
  }
}

async function* linesOf(path: string, type: ValueType<unknown>): AsyncGenerator<unknown> {
  const text = await readFile(path, "utf8");
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  for (const line of lines) yield type.decode(new TextEncoder().encode(line));
}

async function pathsOf(pattern: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const path of glob(pattern)) paths.push(path);
  paths.sort();
  if (paths.length === 0) throw new Error(`no file matches ${pattern}`);
  const folders = new Map<string, string[]>();
  for (const path of paths)
    folders.set(dirname(path), [...(folders.get(dirname(path)) ?? []), path]);
  return [...folders.values()].flat();
}
