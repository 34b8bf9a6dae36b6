import type { StoredTransaction, TransactionStore } from "@assay/sdk";
import type { Database } from "better-sqlite3";
import type { BlockRef } from "./blockStore.ts";

interface TransactionRow {
  nonce: number;
  body: string;
  mined_in: number | null;
}

/**
 * The account's transactions in the node's database. Those that are mined stay until they are `maxReorgDepth` blocks deep: one that a
 * reorganisation undoes has to be known then.
 */
export function createTransactionStore(
  database: Database,
  { maxReorgDepth }: { maxReorgDepth: number },
): TransactionStore {
  const selectAll = database.prepare<[], TransactionRow>(
    "SELECT * FROM transactions ORDER BY nonce",
  );
  const upsert = database.prepare(
    `INSERT INTO transactions (nonce, body) VALUES (?, ?)
     ON CONFLICT DO UPDATE SET body = excluded.body, mined_in = NULL, mined_hash = NULL`,
  );
  const noteMined = database.prepare(
    "UPDATE transactions SET mined_in = ?, mined_hash = ? WHERE nonce = ?",
  );
  const deleteBefore = database.prepare("DELETE FROM transactions WHERE mined_in < ?");
  const remove = database.prepare("DELETE FROM transactions WHERE nonce = ?");
  return {
    all: () => selectAll.all().map(toTransaction),
    put({ nonce, minedIn: _, ...body }) {
      upsert.run(nonce, JSON.stringify(body, bigintsAsText));
    },
    noteMined: database.transaction((nonce: number, { number, hash }: BlockRef) => {
      noteMined.run(number, hash, nonce);
      deleteBefore.run(number - BigInt(maxReorgDepth));
    }),
    delete(nonce) {
      remove.run(nonce);
    },
  };
}

function bigintsAsText(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}

function toTransaction({ nonce, body, mined_in }: TransactionRow): StoredTransaction {
  const { to, data, value, gas, action, versions } = JSON.parse(body);
  return {
    nonce,
    to,
    data,
    action,
    value: BigInt(value),
    gas: BigInt(gas),
    versions: versions.map(toVersion),
    minedIn: mined_in === null ? undefined : BigInt(mined_in),
  };
}

// biome-ignore lint/suspicious/noExplicitAny: JSON that this file has written
function toVersion({ hash, raw, fees }: any): StoredTransaction["versions"][number] {
  const { maxFeePerGas, maxPriorityFeePerGas: tip } = fees;
  const maxPriorityFeePerGas = tip === undefined ? undefined : BigInt(tip);
  return { hash, raw, fees: { maxFeePerGas: BigInt(maxFeePerGas), maxPriorityFeePerGas } };
}
