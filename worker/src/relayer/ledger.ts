import Database from "better-sqlite3";
import type { Address } from "viem";

/** What accounts have paid a relayer, less what it has spent for them. */
export interface Ledger {
  /** Wei; below zero it is a debt. */
  balanceOf(account: Address): bigint;
  add(account: Address, wei: bigint): void;
  /** All debts together, in wei. */
  readonly owedWei: bigint;
  close(): void;
}

/** Opens the ledger in a file: a debt outlives the process. */
export function openLedger(file: string): Ledger {
  const database = new Database(file);
  database.pragma("journal_mode = WAL");
  database.exec(
    "CREATE TABLE IF NOT EXISTS balances (account TEXT PRIMARY KEY, wei TEXT NOT NULL) STRICT, WITHOUT ROWID",
  );
  const rows = database.prepare<[], { account: string; wei: string }>("SELECT * FROM balances");
  const write = database.prepare("INSERT OR REPLACE INTO balances VALUES (?, ?)");
  const balances = new Map(rows.all().map(({ account, wei }) => [account, BigInt(wei)]));
  const debtOf = (wei: bigint) => (wei < 0n ? -wei : 0n);
  let owedWei = [...balances.values()].reduce((sum, wei) => sum + debtOf(wei), 0n);
  return {
    balanceOf: (account) => balances.get(account.toLowerCase()) ?? 0n,
    add(account, wei) {
      const name = account.toLowerCase();
      const before = balances.get(name) ?? 0n;
      const after = before + wei;
      write.run(name, after.toString());
      balances.set(name, after);
      owedWei += debtOf(after) - debtOf(before);
    },
    get owedWei() {
      return owedWei;
    },
    close: () => void database.close(),
  };
}
