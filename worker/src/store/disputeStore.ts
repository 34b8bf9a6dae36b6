import type { Dispute, DisputeId, ResultLeaf, Ruling } from "@assay/sdk";
import type { Database } from "better-sqlite3";
import type { Address, Hex } from "viem";

/** A dispute that concerns this node: as challenger, as worker, or as a juror who may be drawn. */
export interface DisputeRecord {
  id: DisputeId;
  dispute: Dispute;
  leaf: ResultLeaf;
  /** Who is to rule. */
  arbiter: Address;
  /** Block that has the challenge. */
  block: bigint;
  /** Whether the marketplace has carried out the ruling. */
  resolved: boolean;
  /** Whether the jury has nothing more for us to do in it. */
  juryDone: boolean;
  /** Wei that we paid for an appeal. */
  appealFee: bigint | undefined;
}

/** This node's verdict as a juror. It is stored before it is sent. */
export interface VerdictRecord {
  verdict: Ruling;
  salt: Hex;
}

/** Stores everything that jurors and parties of disputes must not forget. */
export interface DisputeStore {
  /** @param block - that has the challenge. */
  addDispute(
    dispute: Pick<DisputeRecord, "id" | "dispute" | "leaf" | "arbiter">,
    block: bigint,
  ): void;
  dispute(id: DisputeId): DisputeRecord | undefined;
  /** Those in which a party, or the jury, may still have something to do. */
  disputes(open: "party" | "jury"): DisputeRecord[];
  noteResolved(id: DisputeId): void;
  /** Written before the appeal is made. */
  noteAppeal(id: DisputeId, feeWei: bigint): void;
  notePartyDone(id: DisputeId): void;
  noteJuryDone(id: DisputeId): void;
  /** The chain has replaced all blocks after this one: what was concluded from them is asked for again. */
  rollBackDisputes(toBlock: bigint): void;
  /** First block whose events of the jury were not read yet. */
  nextJuryBlock(): bigint;
  noteJuryBlocks(nextBlock: bigint): void;

  verdict(id: DisputeId, panel: number): VerdictRecord | undefined;
  /** Safe on disk when it returns, from a power failure too: a verdict that is committed to and forgotten costs stake. */
  addVerdict(id: DisputeId, panel: number, verdict: VerdictRecord): void;
}

interface DisputeRow {
  id: Hex;
  dispute: string;
  leaf: string;
  arbiter: Address;
  block: number;
  resolved: number;
  jury_done: number;
  appeal_fee: string | null;
}

/** Our own transactions are noted before their blocks are read: so many blocks, at most, before. */
const AHEAD_BLOCKS = 16n;

export function createDisputeStore(database: Database): DisputeStore {
  const insertDispute = database.prepare(
    "INSERT OR IGNORE INTO disputes (id, dispute, leaf, arbiter, block) VALUES (?, ?, ?, ?, ?)",
  );
  const selectDispute = database.prepare<[string], DisputeRow>(
    "SELECT * FROM disputes WHERE id = ?",
  );
  const selectDisputes = {
    party: database.prepare<[], DisputeRow>(
      "SELECT * FROM disputes WHERE party_done = 0 ORDER BY rowid",
    ),
    jury: database.prepare<[], DisputeRow>(
      "SELECT * FROM disputes WHERE jury_done = 0 ORDER BY rowid",
    ),
  };
  const touch = "touched_in = (SELECT next_block FROM chain)";
  const resolve = database.prepare(`UPDATE disputes SET resolved = 1, ${touch} WHERE id = ?`);
  const appeal = database.prepare(`UPDATE disputes SET appeal_fee = ?, ${touch} WHERE id = ?`);
  const partyDone = database.prepare(`UPDATE disputes SET party_done = 1, ${touch} WHERE id = ?`);
  const juryDone = database.prepare(`UPDATE disputes SET jury_done = 1, ${touch} WHERE id = ?`);
  const undo = database.prepare("DELETE FROM disputes WHERE block > ?");
  const doubt = database.prepare(
    "UPDATE disputes SET resolved = 0, party_done = 0, jury_done = 0 WHERE touched_in > ?",
  );
  const selectJuryBlock = database.prepare<[], number>("SELECT jury_block FROM chain").pluck();
  const updateJuryBlock = database.prepare("UPDATE chain SET jury_block = ?");
  const undoJuryBlocks = database.prepare("UPDATE chain SET jury_block = min(jury_block, ?)");
  const selectVerdict = database.prepare<[string, number], VerdictRecord>(
    "SELECT verdict, salt FROM verdicts WHERE dispute_id = ? AND panel = ?",
  );
  const insertVerdict = database.prepare(
    "INSERT OR IGNORE INTO verdicts (dispute_id, panel, verdict, salt) VALUES (?, ?, ?, ?)",
  );

  return {
    addDispute({ id, dispute, leaf, arbiter }, block) {
      const { bond, fee } = dispute;
      const json = JSON.stringify({ ...dispute, bond: String(bond), fee: String(fee) });
      insertDispute.run(id, json, JSON.stringify(leaf), arbiter, block);
    },
    dispute(id) {
      const row = selectDispute.get(id);
      return row === undefined ? undefined : toDispute(row);
    },
    disputes: (open) => selectDisputes[open].all().map(toDispute),
    noteResolved(id) {
      resolve.run(id);
    },
    noteAppeal(id, feeWei) {
      appeal.run(String(feeWei), id);
    },
    notePartyDone(id) {
      partyDone.run(id);
    },
    noteJuryDone(id) {
      juryDone.run(id);
    },
    rollBackDisputes(toBlock) {
      undo.run(toBlock);
      doubt.run(toBlock - AHEAD_BLOCKS);
      undoJuryBlocks.run(toBlock + 1n);
    },
    nextJuryBlock: () => BigInt(selectJuryBlock.get() ?? 0),
    noteJuryBlocks(nextBlock) {
      updateJuryBlock.run(nextBlock);
    },
    verdict: (id, panel) => selectVerdict.get(id, panel),
    addVerdict(id, panel, { verdict, salt }) {
      database.pragma("synchronous = FULL");
      try {
        insertVerdict.run(id, panel, verdict, salt);
      } finally {
        database.pragma("synchronous = NORMAL");
      }
    },
  };
}

function toDispute(row: DisputeRow): DisputeRecord {
  const dispute = JSON.parse(row.dispute);
  return {
    id: row.id,
    dispute: { ...dispute, bond: BigInt(dispute.bond), fee: BigInt(dispute.fee) },
    leaf: JSON.parse(row.leaf),
    arbiter: row.arbiter,
    block: BigInt(row.block),
    resolved: row.resolved === 1,
    juryDone: row.jury_done === 1,
    appealFee: row.appeal_fee === null ? undefined : BigInt(row.appeal_fee),
  };
}
