import SqliteDatabase from "better-sqlite3";
import type { Address } from "viem";
import { namingFile } from "./openDatabase.ts";

export interface StoreStatus {
  chainId: number;
  marketplace: Address;
  account: Address;
  /** First block whose events were not read. */
  nextBlock: bigint;
  /** Number of jobs and batches by state. */
  jobs: Record<string, number>;
  batches: Record<string, number>;
}

interface ChainRow {
  chain_id: number;
  marketplace: Address;
  account: Address;
  next_block: number;
}

/**
 * Looks into a node's database from outside, also while the node runs.
 *
 * @throws {@link StoreDamagedError} {@link StoreUnusableError}
 */
export function readStatus(file: string): StoreStatus {
  return namingFile(file, () => readFrom(file));
}

function readFrom(file: string): StoreStatus {
  const database = new SqliteDatabase(file, { readonly: true, fileMustExist: true });
  try {
    const chain = database.prepare<[], ChainRow>("SELECT * FROM chain").get();
    if (chain === undefined) throw new TypeError(`${file} is empty`);
    const count = (table: "jobs" | "batches") =>
      Object.fromEntries(
        database
          .prepare<[], { state: string; count: number }>(
            `SELECT state, count(*) AS count FROM ${table} GROUP BY state ORDER BY state`,
          )
          .all()
          .map(({ state, count }) => [state, count]),
      );
    const { chain_id: chainId, marketplace, account, next_block: nextBlock } = chain;
    const jobs = count("jobs");
    return {
      chainId,
      marketplace,
      account,
      nextBlock: BigInt(nextBlock),
      jobs,
      batches: count("batches"),
    };
  } finally {
    database.close();
  }
}
