import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { AbortOptions } from "@assay/sdk";
import { DataError } from "../data/dataError.ts";
import { labelOf } from "../data/readDataSet.ts";
import { readTable } from "../data/readTable.ts";

export interface Sentence {
  text: string;
  /** A class from 0 on. */
  label: number;
}

/** Files of npm's `sentiment` with a thousand sentences each, half of them positive. */
const FILES = ["amazon", "imdb", "yelp"] as const;

/**
 * Reads 3,000 sentences of reviews, 0 for negative and 1 for positive ones, out of the installed package `sentiment`, whose tests they are
 * (MIT). They are Kotzias et al.'s "Sentiment Labelled Sentences" of the UCI repository. None of them is in this repository.
 */
export async function readReviews({ signal }: AbortOptions = {}): Promise<Sentence[]> {
  const { resolve } = createRequire(import.meta.url);
  const sentences: Sentence[] = [];
  for (const name of FILES) {
    const file = resolve(`sentiment/test/fixtures/${name}.json`);
    const rows: unknown = JSON.parse(await readFile(file, { encoding: "utf8", signal }));
    for (const { text, class: label } of rows as { text: string; class: number | null }[]) {
      // Each file ends with a row that has no class.
      if (label !== null) sentences.push({ text, label });
    }
  }
  return sentences;
}

/**
 * Reads sentences from a CSV or Parquet file with the columns `text` and `label`, or without a header: the text first, the label last.
 * @throws {@link DataError}
 */
export async function readSentences(
  file: string,
  { signal }: AbortOptions = {},
): Promise<Sentence[]> {
  const { name, header, rows } = await readTable(file, { signal });
  const column = (title: string) =>
    header?.findIndex((one) => one.toLowerCase() === title) ?? (title === "text" ? 0 : 1);
  const [textAt, labelAt] = [column("text"), column("label")];
  if (textAt < 0 || labelAt < 0) {
    throw new DataError(
      "DATA_COLUMNS",
      `${name} needs the columns text and label; it has ${header?.join(", ")}.`,
    );
  }
  return rows.map(({ cells, place }) => {
    const [text, label] = [cells[textAt], cells[labelAt]];
    if (text === undefined || label === undefined || (header ?? [0, 0]).length !== cells.length) {
      throw new DataError(
        "DATA_COLUMNS",
        `${place} of ${name} has ${cells.length} columns where ${header?.length ?? 2} are expected: quote a text that has commas.`,
      );
    }
    return { text, label: labelOf(label, { name, place, column: labelAt + 1 }) };
  });
}
