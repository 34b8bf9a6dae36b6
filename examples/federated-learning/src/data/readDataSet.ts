import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { type AbortOptions, AssayError } from "@assay/sdk";
import { DataError } from "./dataError.ts";
import type { DataSet } from "./dataSet.ts";

/** Maximum label; the maximum number of classes is one more. */
const MAX_LABEL = 99;

/**
 * Reads a CSV file: one example a line, its label last, as in the UCI repository. Features are divided by `scale`.
 * @param features - required number of features. Default: that of the first line.
 * @param classes - number of classes. Default: the maximum label plus one.
 * @param scale - Default: the largest magnitude in the file.
 * @throws {@link DataError} that names the line.
 */
export async function readDataSet(
  file: string,
  {
    features,
    classes,
    scale,
    signal,
  }: { features?: number; classes?: number; scale?: number } & AbortOptions = {},
): Promise<DataSet & { scale: number }> {
  const name = basename(file);
  const text = await read(file, signal);
  if (text.includes("\u0000")) {
    throw new DataError(
      "DATA_UNREADABLE",
      `${name} is not text: numbers separated by commas are expected.`,
    );
  }
  const lines = text.split(/\r?\n/).map((line, i) => ({ line: line.trim(), number: i + 1 }));
  const rows = lines.filter(({ line }) => line !== "");
  if (rows.length === 0) throw new DataError("DATA_EMPTY", `${name} has no examples.`);
  const columns = features === undefined ? rows[0]?.line.split(",").length : features + 1;
  if (columns === undefined || columns < 2) {
    throw new DataError(
      "DATA_COLUMNS",
      `Line 1 of ${name} has no features and a label: "${excerpt(rows[0]?.line)}".`,
    );
  }
  const values = new Float32Array(rows.length * (columns - 1));
  const labels = new Uint8Array(rows.length);
  for (const [i, { line, number }] of rows.entries()) {
    const cells = line.split(",");
    if (cells.length !== columns) {
      throw new DataError(
        "DATA_COLUMNS",
        `Line ${number} of ${name} has ${cells.length} columns where ${columns} are expected: ${columns - 1} features and a label.`,
      );
    }
    for (const [c, cell] of cells.entries()) {
      const value = cell.trim() === "" ? Number.NaN : Number(cell);
      const isLabel = c === columns - 1;
      if (
        !Number.isFinite(value) ||
        (isLabel && !(Number.isInteger(value) && value >= 0 && value <= MAX_LABEL))
      ) {
        throw new DataError(
          "DATA_VALUE",
          `"${excerpt(cell)}" in column ${c + 1}, line ${number} of ${name} is not a ${isLabel ? `label from 0 to ${MAX_LABEL}` : "number"}.`,
        );
      }
      if (isLabel) labels[i] = value;
      else values[i * (columns - 1) + c] = value;
    }
  }
  const found = labels.reduce((most, label) => Math.max(most, label), 0) + 1;
  if (classes !== undefined && found > classes) {
    throw new DataError(
      "DATA_VALUE",
      `${name} has labels up to ${found - 1}; the training data have ${classes} classes.`,
    );
  }
  if (found < 2 && classes === undefined) {
    throw new DataError(
      "DATA_VALUE",
      `All examples of ${name} have one label: there is nothing to learn.`,
    );
  }
  const divisor = scale ?? values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return {
    features: columns - 1,
    classes: classes ?? found,
    values: divisor > 0 ? values.map((value) => value / divisor) : values,
    labels,
    scale: divisor,
  };
}

async function read(file: string, signal: AbortSignal | undefined): Promise<string> {
  try {
    return await readFile(file, { encoding: "utf8", signal });
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof AssayError) throw cause;
    const missing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    throw new DataError(
      missing ? "DATA_NOT_FOUND" : "DATA_UNREADABLE",
      missing
        ? `There is no file ${file}: --data takes a file of numbers separated by commas, for example optdigits.tra.`
        : `${file} cannot be read.`,
      { cause },
    );
  }
}

function excerpt(text = ""): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
