import type { Database, Statement } from "better-sqlite3";

/** Rows of one statement: fewer calls, and not so many parameters that preparing takes long. */
const ROWS_AT_ONCE = 64;

/** Adds rows to a table, many by one statement. */
export class RowWriter {
  readonly #one: Statement<unknown[]>;
  readonly #many: Statement<unknown[]>;
  readonly #columns: number;

  /** @param insert - up to its `VALUES`. @param rest - what stands behind the values. */
  constructor(database: Database, insert: string, columns: number, rest = "") {
    const row = `(${Array.from({ length: columns }, () => "?").join()})`;
    const rows = Array.from({ length: ROWS_AT_ONCE }, () => row).join();
    this.#one = database.prepare(`${insert} VALUES ${row} ${rest}`);
    this.#many = database.prepare(`${insert} VALUES ${rows} ${rest}`);
    this.#columns = columns;
  }

  /** @param values - all columns of the first row, then of the next. */
  write(values: readonly unknown[]): void {
    const atOnce = ROWS_AT_ONCE * this.#columns;
    let at = 0;
    for (; at + atOnce <= values.length; at += atOnce)
      this.#many.run(values.slice(at, at + atOnce));
    for (; at < values.length; at += this.#columns)
      this.#one.run(values.slice(at, at + this.#columns));
  }
}
