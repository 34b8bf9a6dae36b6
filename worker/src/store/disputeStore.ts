import type { Dispute, DisputeId, JobId, ResultLeaf, Ruling } from "@assay/sdk";
import type { Database } from "better-sqlite3";
import { CID } from "multiformats/cid";
import type { Address, Hex } from "viem";

/** What this node does about another worker's submission. */
export type AuditState =
  /** To be looked at. */
  | "due"
  /** Nothing wrong was found. */
  | "clean"
  /** A task is wrong: to be challenged. */
  | "wrong"
  /** The challenge is prepared. */
  | "prepared"
  /** The challenge is made, or came to nothing. */
  | "ended";

/** One submission of another worker. */
export interface AuditRecord {
  jobId: JobId;
  batch: number;
  worker: Address;
  resultRoot: Hex;
  results: CID;
  state: AuditState;
  /** The task that is wrong. */
  position: number | undefined;
  /** Of the challenge's commitment. */
  salt: Hex | undefined;
  /** Block that prepared the challenge. */
  preparedAt: bigint | undefined;
}

export type AuditKey = Pick<AuditRecord, "jobId" | "batch" | "resultRoot">;

/** A dispute that this node has a part in: as challenger, as worker, or as one who may be drawn. */
export interface DisputeRecord {
  id: DisputeId;
  dispute: Dispute;
  leaf: ResultLeaf;
  /** Whether the marketplace has carried out the ruling. */
  resolved: boolean;
  /** Whether the jury has nothing more for us to do in it. */
  juryDone: boolean;
}

/** What this node says, as a juror; written down before anybody hears of it. */
export interface VerdictRecord {
  verdict: Ruling;
  salt: Hex;
}

/** What auditors, jurors and parties of disputes must not forget. */
export interface DisputeStore {
  addAudit(audit: Pick<AuditRecord, keyof AuditKey | "worker" | "results">): void;
  audits(...states: AuditState[]): AuditRecord[];
  setAudit(
    key: AuditKey,
    state: AuditState,
    fields?: Partial<Pick<AuditRecord, "position" | "salt" | "preparedAt">>,
  ): void;

  addDispute(dispute: Pick<DisputeRecord, "id" | "dispute" | "leaf">): void;
  /** Those that are not resolved, or in which the jury waits for something. */
  disputes(open: "resolution" | "jury"): DisputeRecord[];
  noteResolved(id: DisputeId): void;
  noteJuryDone(id: DisputeId): void;

  verdict(id: DisputeId, panel: number): VerdictRecord | undefined;
  addVerdict(id: DisputeId, panel: number, verdict: VerdictRecord): void;
}

interface AuditRow {
  job_id: Hex;
  batch: number;
  result_root: Hex;
  worker: Address;
  results: string;
  state: AuditState;
  position: number | null;
  salt: Hex | null;
  prepared_at: number | null;
}

interface DisputeRow {
  id: Hex;
  dispute: string;
  leaf: string;
  resolved: number;
  jury_done: number;
}

export function createDisputeStore(database: Database): DisputeStore {
  const insertAudit = database.prepare(
    `INSERT OR IGNORE INTO audits (job_id, batch, result_root, worker, results, state)
     VALUES (?, ?, ?, ?, ?, 'due')`,
  );
  const selectAudits = database.prepare<[string], AuditRow>(
    "SELECT * FROM audits WHERE state IN (SELECT value FROM json_each(?)) ORDER BY rowid",
  );
  const updateAudit = database.prepare(
    `UPDATE audits SET state = @state, position = coalesce(@position, position),
       salt = coalesce(@salt, salt), prepared_at = coalesce(@preparedAt, prepared_at)
     WHERE job_id = @jobId AND batch = @batch AND result_root = @resultRoot`,
  );
  const insertDispute = database.prepare(
    "INSERT OR IGNORE INTO disputes (id, dispute, leaf) VALUES (?, ?, ?)",
  );
  const selectDisputes = {
    resolution: database.prepare<[], DisputeRow>(
      "SELECT * FROM disputes WHERE resolved = 0 ORDER BY rowid",
    ),
    jury: database.prepare<[], DisputeRow>(
      "SELECT * FROM disputes WHERE jury_done = 0 ORDER BY rowid",
    ),
  };
  const resolve = database.prepare("UPDATE disputes SET resolved = 1 WHERE id = ?");
  const juryDone = database.prepare("UPDATE disputes SET jury_done = 1 WHERE id = ?");
  const selectVerdict = database.prepare<[string, number], VerdictRecord>(
    "SELECT verdict, salt FROM verdicts WHERE dispute_id = ? AND panel = ?",
  );
  const insertVerdict = database.prepare(
    "INSERT OR IGNORE INTO verdicts (dispute_id, panel, verdict, salt) VALUES (?, ?, ?, ?)",
  );

  return {
    addAudit({ jobId, batch, resultRoot, worker, results }) {
      insertAudit.run(jobId, batch, resultRoot, worker, String(results));
    },
    audits: (...states) => selectAudits.all(JSON.stringify(states)).map(toAudit),
    setAudit({ jobId, batch, resultRoot }, state, { position, salt, preparedAt } = {}) {
      const fields = { position: position ?? null, salt: salt ?? null };
      updateAudit.run({
        jobId,
        batch,
        resultRoot,
        state,
        ...fields,
        preparedAt: preparedAt ?? null,
      });
    },
    addDispute({ id, dispute, leaf }) {
      const { bond, fee } = dispute;
      const json = JSON.stringify({ ...dispute, bond: String(bond), fee: String(fee) });
      insertDispute.run(id, json, JSON.stringify(leaf));
    },
    disputes: (open) => selectDisputes[open].all().map(toDispute),
    noteResolved(id) {
      resolve.run(id);
    },
    noteJuryDone(id) {
      juryDone.run(id);
    },
    verdict: (id, panel) => selectVerdict.get(id, panel),
    addVerdict(id, panel, { verdict, salt }) {
      insertVerdict.run(id, panel, verdict, salt);
    },
  };
}

function toAudit(row: AuditRow): AuditRecord {
  return {
    jobId: row.job_id,
    batch: row.batch,
    worker: row.worker,
    resultRoot: row.result_root,
    results: CID.parse(row.results),
    state: row.state,
    position: row.position ?? undefined,
    salt: row.salt ?? undefined,
    preparedAt: row.prepared_at === null ? undefined : BigInt(row.prepared_at),
  };
}

function toDispute(row: DisputeRow): DisputeRecord {
  const dispute = JSON.parse(row.dispute);
  return {
    id: row.id,
    dispute: { ...dispute, bond: BigInt(dispute.bond), fee: BigInt(dispute.fee) },
    leaf: JSON.parse(row.leaf),
    resolved: row.resolved === 1,
    juryDone: row.jury_done === 1,
  };
}
