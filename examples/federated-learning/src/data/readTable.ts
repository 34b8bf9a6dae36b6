import { readFile } from "node:fs/promises";
import { basename, extname } from "node:path";
import { type AbortOptions, AssayError } from "@assay/sdk";
import { CsvError, type Info, parse } from "csv-parse/sync";
import { parquetMetadataAsync, parquetReadObjects, parquetSchema } from "hyparquet";
import { DataError } from "./dataError.ts";

/** A cell as text: that of a Parquet file as CSV would have it. */
export interface TableRow {
  cells: string[];
  /** Where the row is, for a person: `Line 3` or `Row 3`. */
  place: string;
}

export interface Table {
  /** The file's name without folders. */
  name: string;
  /** Names of the columns; undefined if the file has none. */
  header: string[] | undefined;
  rows: TableRow[];
}

/**
 * Reads a table: Parquet where the name ends with `.parquet` (Snappy or without compression), else CSV. The first line of a CSV file is its
 * header if no cell of it is a number and there is another line.
 * @throws {@link DataError}
 */
export async function readTable(file: string, { signal }: AbortOptions = {}): Promise<Table> {
  const bytes = await read(file, signal);
  const name = basename(file);
  const isParquet = extname(file).toLowerCase() === ".parquet";
  const table = isParquet ? await ofParquet(name, bytes) : ofCsv(name, bytes);
  if (table.rows.length === 0) throw new DataError("DATA_EMPTY", `${name} has no examples.`);
  return table;
}

function ofCsv(name: string, bytes: Uint8Array): Table {
  if (bytes.includes(0)) {
    throw new DataError(
      "DATA_UNREADABLE",
      `${name} is not text: numbers separated by commas are expected.`,
    );
  }
  let records: { record: string[]; info: Info }[];
  try {
    records = parse(bytes, {
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as typeof records;
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new DataError("DATA_UNREADABLE", `${name} is no CSV: ${cause.message}.`, { cause });
  }
  const rows = records.map(({ record, info }) => ({ cells: record, place: `Line ${info.lines}` }));
  const [first] = rows;
  const isHeader = rows.length > 1 && first?.cells.every((cell) => Number.isNaN(numberOf(cell)));
  return {
    name,
    header: isHeader ? first?.cells : undefined,
    rows: isHeader ? rows.slice(1) : rows,
  };
}

async function ofParquet(name: string, bytes: Uint8Array): Promise<Table> {
  const buffer = bytes.slice().buffer as ArrayBuffer;
  try {
    const metadata = await parquetMetadataAsync({
      byteLength: buffer.byteLength,
      slice: (start, end) => buffer.slice(start, end),
    });
    const header = parquetSchema(metadata).children.map(({ element }) => element.name);
    const objects = await parquetReadObjects({ file: buffer, metadata });
    const rows = objects.map((object, i) => ({
      cells: header.map((column) => textOf(object[column])),
      place: `Row ${i + 1}`,
    }));
    return { name, header, rows };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DataError("DATA_UNREADABLE", `${name} is no Parquet file: ${reason}.`, { cause });
  }
}

function textOf(value: unknown): string {
  return value === null || value === undefined ? "" : String(value);
}

/** The number that a cell is; NaN for a cell that is none, or empty. */
export function numberOf(cell: string): number {
  return cell.trim() === "" ? Number.NaN : Number(cell);
}

async function read(file: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  try {
    return await readFile(file, { signal });
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof AssayError) throw cause;
    const missing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    throw new DataError(
      missing ? "DATA_NOT_FOUND" : "DATA_UNREADABLE",
      missing
        ? `There is no file ${file}: --data takes CSV or Parquet, the label last, for example optdigits.tra.`
        : `${file} cannot be read.`,
      { cause },
    );
  }
}

/** The start of a cell, for a message. */
export function excerpt(text = ""): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
