import type { AbortOptions } from "@assay/sdk";
import { DataError } from "./dataError.ts";
import type { DataSet } from "./dataSet.ts";
import { excerpt, numberOf, readTable } from "./readTable.ts";

/** Maximum label; the maximum number of classes is one more. */
const MAX_LABEL = 99;

/**
 * Reads a CSV or Parquet file of numbers: one example a row, its label in the column `label`, or else last, as in the UCI repository.
 * Features are divided by `scale`.
 * @param features - required number of features. Default: that of the first row.
 * @param classes - number of classes. Default: the maximum label plus one.
 * @param scale - Default: the largest magnitude in the file.
 * @throws {@link DataError} that names the row.
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
  const { name, header, rows } = await readTable(file, { signal });
  const columns = features === undefined ? (rows[0]?.cells.length ?? 0) : features + 1;
  if (columns < 2) {
    throw new DataError(
      "DATA_COLUMNS",
      `${rows[0]?.place} of ${name} has no features and a label: "${excerpt(rows[0]?.cells.join())}".`,
    );
  }
  const named = header?.findIndex((title) => title.toLowerCase() === "label") ?? -1;
  const labelColumn = named < 0 ? columns - 1 : named;
  const values = new Float32Array(rows.length * (columns - 1));
  const labels = new Uint8Array(rows.length);
  for (const [i, { cells, place }] of rows.entries()) {
    if (cells.length !== columns) {
      throw new DataError(
        "DATA_COLUMNS",
        `${place} of ${name} has ${cells.length} columns where ${columns} are expected: ${columns - 1} features and a label.`,
      );
    }
    let feature = i * (columns - 1);
    for (const [c, cell] of cells.entries()) {
      if (c === labelColumn) labels[i] = labelOf(cell, { name, place, column: c + 1 });
      else {
        const value = numberOf(cell);
        if (!Number.isFinite(value)) throw notA("number", cell, { name, place, column: c + 1 });
        values[feature++] = value;
      }
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

interface Cell {
  name: string;
  place: string;
  /** From 1 on. */
  column: number;
}

/** @throws {@link DataError} `DATA_VALUE` for a cell that is no whole number from 0 to {@link MAX_LABEL}. */
export function labelOf(cell: string, where: Cell): number {
  const value = numberOf(cell);
  if (Number.isInteger(value) && value >= 0 && value <= MAX_LABEL) return value;
  throw notA(`label from 0 to ${MAX_LABEL}`, cell, where);
}

function notA(what: string, cell: string, { name, place, column }: Cell): DataError {
  return new DataError(
    "DATA_VALUE",
    `"${excerpt(cell)}" in column ${column}, ${place.toLowerCase()} of ${name} is not a ${what}.`,
  );
}
