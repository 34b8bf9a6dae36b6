import type { Ground, JobId, ResultLeaf } from "@assay/sdk";
import type { Database } from "better-sqlite3";
import { CID } from "multiformats/cid";
import type { Address, Hex } from "viem";

/** The state of an audit of another worker's submission. */
export type AuditState =
  /** To be looked at. */
  | "due"
  /** Nothing wrong was found. */
  | "clean"
  /** Its manifest was looked for in vain: a leaf is to be demanded. */
  | "hidden"
  /** The result of `position` is right, and nobody has provided it so far. */
  | "missing"
  /** To be challenged, on `ground`. */
  | "wrong"
  /** Money lies behind the question: a demand, or a challenge on `ground`. */
  | "prepared"
  /** We have demanded a leaf. */
  | "demanded"
  /** A leaf was shown on chain: to be checked. */
  | "shown"
  /** It is challenged, or nothing can come of it any more. */
  | "ended";

/** One submission of another worker. */
export interface AuditRecord {
  jobId: JobId;
  batch: number;
  worker: Address;
  resultRoot: Hex;
  /** The result manifest; `undefined` when what was submitted is no CID that Assay admits. */
  results: CID | undefined;
  /** Block that has the submission. */
  block: bigint;
  state: AuditState;
  /** The task in question. */
  position: number | undefined;
  /** `Ground.none` of a demand. */
  ground: Ground | undefined;
  /** The leaf that the task gives, on the ground of a wrong result. */
  answer: Hex | undefined;
  /** Of the question's commitment: written down before it is prepared, or its money is lost. */
  salt: Hex | undefined;
  /** The leaf that the worker committed to, and the siblings of that leaf. */
  leaf: ResultLeaf | undefined;
  proof: Hex[] | undefined;
  /** The transaction that showed the leaf, when it was demanded. */
  shownBy: Hex | undefined;
  /** Chain time at which its manifest, or the result in question, was first not found. */
  soughtSince: number | undefined;
  /** Wei that we prepared; then those that our demand locks. */
  bond: bigint | undefined;
  /** Our demand; before we have made it, somebody else's question about the same, for which our preparation is given back. */
  asked: AskedAs | undefined;
}

/** A question by its place: among challenges or demands, as it is one. */
export interface AskedAs {
  round: number;
  number: number;
}

export type AuditKey = Pick<AuditRecord, "jobId" | "batch" | "resultRoot">;

export type AuditFields = Partial<
  Omit<AuditRecord, keyof AuditKey | "state" | "worker" | "results" | "block">
>;

/** Stores everything that an auditor must not forget. */
export interface AuditStore {
  /** A new submission. One with the same root as an earlier one, which is over, is looked at anew. */
  addAudit(audit: Pick<AuditRecord, keyof AuditKey | "worker" | "results" | "block">): void;
  audits(...states: AuditState[]): AuditRecord[];
  /** Those of one batch that are not over. */
  openAudits(jobId: JobId, batch: number): AuditRecord[];
  /**
   * Moves an audit on, unless something else did. Fields that are given as `undefined` are cleared.
   * @returns whether it was in one of the states `from`.
   */
  moveAudit(
    key: AuditKey,
    from: AuditState | readonly AuditState[],
    to: AuditState,
    fields?: AuditFields,
  ): boolean;
  /** The batch is settled, or void: nobody asks again. */
  forgetAudits(jobId: JobId, batch: number): void;
  /** The chain has replaced all blocks after this one: submissions in them are forgotten, unless they come again. */
  rollBackAudits(toBlock: bigint): void;
  /** Notes milliseconds that audits took of the processors. */
  addAuditCpu(ms: number, at: Date): void;
  /** Those of the hour before `at`, by whole minutes. */
  auditCpuMs(at: Date): number;
}

interface AuditRow {
  job_id: Hex;
  batch: number;
  result_root: Hex;
  worker: Address;
  results: string | null;
  block: number;
  state: AuditState;
  position: number | null;
  ground: Ground | null;
  answer: Hex | null;
  salt: Hex | null;
  leaf: string | null;
  proof: string | null;
  shown_by: Hex | null;
  sought_since: number | null;
  bond: string | null;
  asked_round: number | null;
  asked_number: number | null;
}

const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;
const minuteOf = (at: Date) => Math.floor(at.getTime() / MINUTE_MS);

export function createAuditStore(database: Database): AuditStore {
  const upsert = database.prepare(
    `INSERT INTO audits (job_id, batch, result_root, worker, results, block, state)
     VALUES (@jobId, @batch, @resultRoot, @worker, @results, @block, 'due')
     ON CONFLICT DO UPDATE SET worker = excluded.worker, results = excluded.results,
       block = excluded.block, state = 'due', position = NULL, ground = NULL, answer = NULL,
       salt = NULL, leaf = NULL, proof = NULL, shown_by = NULL, sought_since = NULL, bond = NULL,
       asked_round = NULL, asked_number = NULL
     WHERE state IN ('clean', 'ended') AND block < excluded.block`,
  );
  const selectByState = database.prepare<[string], AuditRow>(
    "SELECT * FROM audits WHERE state IN (SELECT value FROM json_each(?)) ORDER BY rowid",
  );
  const selectOpen = database.prepare<[string, number], AuditRow>(
    `SELECT * FROM audits WHERE job_id = ? AND batch = ? AND state NOT IN ('clean', 'ended')
     ORDER BY rowid`,
  );
  const selectOne = database.prepare<[string, number, string], AuditRow>(
    "SELECT * FROM audits WHERE job_id = ? AND batch = ? AND result_root = ?",
  );
  const update = database.prepare(
    `UPDATE audits SET state = @state, position = @position, ground = @ground, answer = @answer,
       salt = @salt, leaf = @leaf, proof = @proof, shown_by = @shownBy, sought_since = @soughtSince,
       bond = @bond, asked_round = @askedRound, asked_number = @askedNumber
     WHERE job_id = @jobId AND batch = @batch AND result_root = @resultRoot`,
  );
  const forget = database.prepare("DELETE FROM audits WHERE job_id = ? AND batch = ?");
  const undo = database.prepare("DELETE FROM audits WHERE block > ?");
  const addCpu = database.prepare(
    `INSERT INTO audit_cpu (minute, ms) VALUES (?, ?)
     ON CONFLICT DO UPDATE SET ms = ms + excluded.ms`,
  );
  const forgetCpu = database.prepare("DELETE FROM audit_cpu WHERE minute <= ?");
  const sumCpu = database
    .prepare<[number], number>("SELECT coalesce(sum(ms), 0) FROM audit_cpu WHERE minute > ?")
    .pluck();

  return {
    addAudit({ results, ...audit }) {
      upsert.run({ ...audit, results: results === undefined ? null : String(results) });
    },
    audits: (...states) => selectByState.all(JSON.stringify(states)).map(toAudit),
    openAudits: (jobId, batch) => selectOpen.all(jobId, batch).map(toAudit),
    moveAudit: database.transaction(
      (
        key: AuditKey,
        from: AuditState | readonly AuditState[],
        state: AuditState,
        fields: AuditFields = {},
      ) => {
        const row = selectOne.get(key.jobId, key.batch, key.resultRoot);
        if (row === undefined || ![from].flat().includes(row.state)) return false;
        const { jobId, batch, resultRoot, position, ground, leaf, proof, ...rest } = {
          ...toAudit(row),
          ...fields,
        };
        update.run({
          jobId,
          batch,
          resultRoot,
          state,
          position: position ?? null,
          ground: ground ?? null,
          answer: rest.answer ?? null,
          salt: rest.salt ?? null,
          leaf: leaf === undefined ? null : JSON.stringify(leaf),
          proof: proof === undefined ? null : JSON.stringify(proof),
          shownBy: rest.shownBy ?? null,
          soughtSince: rest.soughtSince ?? null,
          bond: rest.bond === undefined ? null : String(rest.bond),
          askedRound: rest.asked?.round ?? null,
          askedNumber: rest.asked?.number ?? null,
        });
        return true;
      },
    ),
    forgetAudits(jobId, batch) {
      forget.run(jobId, batch);
    },
    rollBackAudits(toBlock) {
      undo.run(toBlock);
    },
    addAuditCpu(ms, at) {
      addCpu.run(minuteOf(at), ms);
      forgetCpu.run(minuteOf(at) - HOUR_MINUTES);
    },
    auditCpuMs: (at) => sumCpu.get(minuteOf(at) - HOUR_MINUTES) ?? 0,
  };
}

function toAudit(row: AuditRow): AuditRecord {
  return {
    jobId: row.job_id,
    batch: row.batch,
    worker: row.worker,
    resultRoot: row.result_root,
    results: row.results === null ? undefined : CID.parse(row.results),
    block: BigInt(row.block),
    state: row.state,
    position: row.position ?? undefined,
    ground: row.ground ?? undefined,
    answer: row.answer ?? undefined,
    salt: row.salt ?? undefined,
    leaf: row.leaf === null ? undefined : JSON.parse(row.leaf),
    proof: row.proof === null ? undefined : JSON.parse(row.proof),
    shownBy: row.shown_by ?? undefined,
    soughtSince: row.sought_since ?? undefined,
    bond: row.bond === null ? undefined : BigInt(row.bond),
    asked:
      row.asked_round === null || row.asked_number === null
        ? undefined
        : { round: row.asked_round, number: row.asked_number },
  };
}
