import type { Database } from "better-sqlite3";
import type { Hex } from "viem";

/** A block that was read. */
export interface BlockRef {
  number: bigint;
  hash: Hex;
}

/** Records which blocks were read, and rolls them back. */
export interface BlockStore {
  /** First block whose events were not read yet. */
  nextBlock(): bigint;
  /** The last blocks that were read, newest first: over `maxReorgDepth`, and one before. */
  readBlocks(): BlockRef[];
  /**
   * Notes that these blocks were read. Returns the first one in whose place another was when a transaction of ours was mined in it: that
   * one was replaced before it was read, and batches that moved since, or are under way, are in doubt.
   */
  noteBlocks(blocks: readonly BlockRef[], nextBlock: bigint): bigint | undefined;
  /**
   * Takes back every block after `toBlock`, as one transaction: the next one to read comes after it; jobs posted since are unknown
   * until they are posted again; jobs cancelled since are looked at again; batches that moved since, or are under way, are in
   * doubt. Returns how many of each.
   */
  rollBack(toBlock: bigint): { jobs: number; batches: number };
}

interface BlockRow {
  number: number;
  hash: Hex;
}

export function createBlockStore(
  database: Database,
  { maxReorgDepth }: { maxReorgDepth: number },
): BlockStore {
  const selectNext = database.prepare<[], number>("SELECT next_block FROM chain").pluck();
  const updateNext = database.prepare("UPDATE chain SET next_block = ?");
  const selectBlocks = database.prepare<[], BlockRow>(
    "SELECT number, hash FROM read_blocks ORDER BY number DESC",
  );
  const insertBlock = database.prepare("INSERT OR REPLACE INTO read_blocks VALUES (?, ?)");
  // The newest one that is deep enough stays: there has to be one to go back to.
  const deleteOld = database.prepare(
    `DELETE FROM read_blocks WHERE number <
       (SELECT max(number) FROM read_blocks
        WHERE number <= (SELECT max(number) FROM read_blocks) - ?)`,
  );
  const deleteAfter = database.prepare("DELETE FROM read_blocks WHERE number > ?");
  const undoJobs = database.prepare("UPDATE jobs SET undone = 1 WHERE block > ? AND undone = 0");
  const reopenJobs = database.prepare(
    "UPDATE jobs SET state = 'discovered', reason = NULL, ended_in = NULL WHERE ended_in > ?",
  );
  const undoTransactions = database.prepare(
    "UPDATE transactions SET mined_in = NULL, mined_hash = NULL WHERE mined_in > ?",
  );
  const selectReplaced = database.prepare<[number | bigint, string], number>(
    "SELECT 1 FROM transactions WHERE mined_in = ? AND mined_hash <> ?",
  );
  const doubtBatches = database.prepare(
    `UPDATE batches SET in_doubt = in_doubt + 1
     WHERE block > ? OR state IN ('claimed', 'computed', 'stored', 'submitted', 'disputed')`,
  );
  return {
    nextBlock: () => BigInt(selectNext.get() ?? 0),
    readBlocks: () =>
      selectBlocks.all().map(({ number, hash }) => ({ number: BigInt(number), hash })),
    noteBlocks: database.transaction((blocks: readonly BlockRef[], nextBlock: bigint) => {
      for (const { number, hash } of blocks) insertBlock.run(number, hash);
      deleteOld.run(maxReorgDepth);
      updateNext.run(nextBlock);
      const replaced = blocks.find(
        ({ number, hash }) => selectReplaced.get(number, hash) !== undefined,
      )?.number;
      if (replaced === undefined) return undefined;
      undoTransactions.run(replaced - 1n);
      doubtBatches.run(replaced - 1n);
      return replaced;
    }),
    rollBack: database.transaction((toBlock: bigint) => {
      deleteAfter.run(toBlock);
      updateNext.run(toBlock + 1n);
      const jobs = undoJobs.run(toBlock).changes;
      reopenJobs.run(toBlock);
      undoTransactions.run(toBlock);
      return { jobs, batches: doubtBatches.run(toBlock).changes };
    }),
  };
}
