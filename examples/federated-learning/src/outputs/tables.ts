import { stringify } from "csv-stringify/sync";
import { parquetWriteBuffer } from "hyparquet-writer";
import type { RoundReport } from "../federation/training.ts";
import type { Comparison } from "../grid/comparison.ts";
import type { ClientRow } from "./clientTable.ts";

export type TableFormat = "csv" | "parquet";
export const TABLE_FORMATS: readonly TableFormat[] = ["csv", "parquet"];

type Cell = number | string | boolean | null;

/** A column, in Parquet's types. */
export interface Column {
  name: string;
  type: "INT32" | "DOUBLE" | "BOOLEAN" | "STRING";
  data: readonly Cell[];
}

/** A table as CSV (RFC 4180, an empty cell for null) or as a Parquet file. */
export function writeTable(columns: readonly Column[], format: TableFormat): string | Uint8Array {
  if (format === "parquet") {
    const columnData = columns.map((column) => ({
      ...column,
      data: [...column.data],
      nullable: true,
    }));
    return new Uint8Array(parquetWriteBuffer({ columnData }));
  }
  const length = columns[0]?.data.length ?? 0;
  const rows = Array.from({ length }, (_, i) => columns.map(({ data }) => data[i] ?? null));
  return stringify([columns.map(({ name }) => name), ...rows], {
    cast: { boolean: (value) => String(value), number: (value) => String(value) },
  });
}

/** A row a round. */
export function roundTable(
  rounds: readonly RoundReport[],
  { attackFree, plainMean }: Comparison,
): Column[] {
  const column = (
    name: string,
    type: Column["type"],
    of: (report: RoundReport, i: number) => Cell | undefined,
  ): Column => ({ name, type, data: rounds.map((report, i) => of(report, i) ?? null) });
  return [
    column("round", "INT32", ({ round }) => round),
    column("accuracy", "DOUBLE", ({ accuracy }) => accuracy),
    column("loss", "DOUBLE", ({ loss }) => loss),
    column("validation_accuracy", "DOUBLE", ({ validation }) => validation.accuracy),
    column("validation_loss", "DOUBLE", ({ validation }) => validation.loss),
    column("attack_free_accuracy", "DOUBLE", (_, i) => attackFree?.curve[i]?.accuracy),
    column("plain_mean_accuracy", "DOUBLE", (_, i) => plainMean?.curve[i]?.accuracy),
    column("participants", "INT32", ({ participants }) => participants.length),
    column("suspects", "INT32", ({ suspects }) => suspects.length),
    column("error", "STRING", ({ error }) => error),
  ];
}

/** A row for each client that took part. */
export function clientTable(rows: readonly ClientRow[]): Column[] {
  const column = (
    name: string,
    type: Column["type"],
    of: (row: ClientRow) => Cell | undefined,
  ): Column => ({ name, type, data: rows.map((row) => of(row) ?? null) });
  return [
    column("client", "INT32", ({ client }) => client),
    column("lied", "BOOLEAN", ({ isLiar }) => isLiar),
    column("found", "BOOLEAN", ({ found }) => found),
    column("rounds", "INT32", ({ rounds }) => rounds),
    column("suspected", "INT32", ({ suspected }) => suspected),
    column("shapley", "DOUBLE", ({ shapley }) => shapley),
    column("leave_one_out", "DOUBLE", ({ leaveOneOut }) => leaveOneOut),
    column("reputation", "DOUBLE", ({ reputation }) => reputation),
    column("accuracy", "DOUBLE", ({ accuracy }) => accuracy),
    // As text: wei do not fit the numbers that readers of tables have.
    column("paid_wei", "STRING", ({ paidWei }) => String(paidWei)),
  ];
}
