import { openQueue, type Queue, type QueueOptions } from "@assay/queue";
import {
  hashSpec,
  hashTerms,
  type JobId,
  type JobSpec,
  type JobTerms,
  Outcome,
  outcomeCode,
  outcomeOfCode,
  type ResultEntry,
  type TransactionStore,
} from "@assay/sdk";
import type { Database } from "better-sqlite3";
import { CID } from "multiformats/cid";
import type { Address, Hex } from "viem";
import { type AuditStore, createAuditStore } from "./auditStore.ts";
import { type BatchEvent, nextBatchState, type OwnBatchState } from "./batchState.ts";
import { type BlockStore, createBlockStore } from "./blockStore.ts";
import { createDisputeStore, type DisputeStore } from "./disputeStore.ts";
import { StoreMismatchError } from "./errors.ts";
import { guardRows, guardStatements, namingDisk, type OnDamage } from "./guard.ts";
import { decodeSpec, decodeTerms, encodeSpec, encodeTerms } from "./jobCodec.ts";
import { JOB_TRANSITIONS, type JobEvent, type JobState } from "./jobState.ts";
import { migrate } from "./migrations.ts";
import { createOfferStore, type OfferStore } from "./offerStore.ts";
import { namingFile, openDatabase } from "./openDatabase.ts";
import { createTransactionStore } from "./transactionStore.ts";

/** The identity of the chain, Marketplace and account whose state a database holds. */
export interface StoreIdentity {
  chainId: number;
  /** Hash of block 0: development chains share their chain ids. */
  genesis: Hex;
  marketplace: Address;
  account: Address;
}

export interface JobRecord {
  jobId: JobId;
  /** Block that posted it. */
  block: bigint;
  terms: JobTerms;
  spec: JobSpec;
  state: JobState;
  /** Why it was refused or closed. */
  reason: string | undefined;
  /** Duration of the trial task, in milliseconds. */
  taskMs: number | undefined;
  /** Fuel that it took. */
  taskFuel: bigint | undefined;
}

/** `endedIn`: the block whose event closed the job. */
export type JobFields = {
  reason?: string;
  taskMs?: number;
  taskFuel?: bigint | undefined;
  endedIn?: bigint;
};

export type NewJob = Pick<JobRecord, "jobId" | "block" | "terms" | "spec">;

export interface BatchRecord {
  jobId: JobId;
  batch: number;
  state: OwnBatchState;
  /** Last second (chain time) of its submission. */
  deadline: number | undefined;
  resultRoot: Hex | undefined;
  /** The result manifest. */
  results: CID | undefined;
  /** Second (chain time) at which its challenge window is over. */
  settleableAt: number | undefined;
  /** Why it failed, expired or was released. */
  reason: string | undefined;
  /** Last block that told of it. */
  block: bigint | undefined;
  /** Reorganisations that may have moved it since the chain was last asked. */
  doubts: number;
}

export type BatchFields = Partial<
  Pick<BatchRecord, "block" | "deadline" | "resultRoot" | "results" | "settleableAt" | "reason">
>;

export type StoredResult = { position: number } & ResultEntry;

/** The node's persistent state, in one SQLite file. All calls are synchronous and take microseconds. */
export interface NodeStore extends AuditStore, DisputeStore, BlockStore, OfferStore {
  /** The account's transactions. */
  readonly transactions: TransactionStore;
  /** Runs `action` as one transaction: all that it writes is there after a crash, or nothing. */
  atomically<T>(action: () => T): T;
  /** Returns the jobs that were new, or are there again after a reorganisation. */
  recordJobs(jobs: readonly NewJob[]): JobId[];
  job(jobId: JobId): JobRecord | undefined;
  /** In the order in which they were posted. */
  jobs(...states: JobState[]): JobRecord[];
  /** Moves a job on. Returns `false`, and changes nothing, where the event means nothing to it. */
  moveJob(jobId: JobId, event: Exclude<JobEvent, "reorged">, fields?: JobFields): boolean;

  batch(jobId: JobId, batch: number): BatchRecord | undefined;
  /** Those that are not in doubt. */
  batches(...states: OwnBatchState[]): BatchRecord[];
  /**
   * Batches that are due at second `now`: under way and past their deadline, or submitted and past their window, or with an unknown time.
   */
  dueBatches(now: number): BatchRecord[];
  /** Batches of known jobs that a reorganisation may have moved: only the chain knows their state. */
  batchesInDoubt(): BatchRecord[];
  /** Sets a batch to its state on the chain, also backward, and ends the doubt unless there is a new one. */
  placeBatch(record: BatchRecord, state: OwnBatchState, fields?: BatchFields): void;
  /**
   * Moves a batch as the event says and notes what is known of it then. Returns `false`, and changes nothing, when it is there
   * or further already.
   */
  moveBatch(jobId: JobId, batch: number, event: BatchEvent, fields?: BatchFields): boolean;
  /** The account's credit in this token was withdrawn in this block: all that was settled for it up to then has been paid. */
  noteWithdrawn(block: bigint, token: Address): void;
  /** Notes when a submitted batch can be settled; `undefined` when only the chain knows. */
  setSettleableAt(jobId: JobId, batch: number, settleableAt: number | undefined): void;

  addResults(jobId: JobId, results: readonly StoredResult[]): void;
  /** Those of tasks `first … first + count − 1` that are there, in order. */
  results(jobId: JobId, range: { first: number; count: number }): StoredResult[];
  /** How many of those are there. */
  resultCount(jobId: JobId, range: { first: number; count: number }): number;
  /** Deletes them: once their batch is settled, nobody asks again. */
  forgetResults(jobId: JobId, range: { first: number; count: number }): void;

  /** Opens a queue in the same database: what it is given within {@link NodeStore.atomically} is part of that transaction. */
  queue<Payload>(options: QueueOptions & { name: string }): Queue<Payload>;

  close(): void;
}

/**
 * Opens (or creates) a node's database and brings its schema up to date.
 * @param file - a path, or `:memory:`.
 * @param startBlock - where a new database begins to read the chain.
 * @param maxReorgDepth - blocks that a reorganisation may replace and still be undone.
 *
 * @param onDamage - called when the database turns out to be damaged later on; whatever found it throws.
 *
 * @throws {@link StoreMismatchError} when it is another chain's or account's.
 * @throws {@link StoreTooNewError} {@link StoreDamagedError} {@link StoreForeignError} {@link StoreUnusableError}
 */
export function openNodeStore(
  file: string,
  identity: StoreIdentity,
  {
    startBlock = 0n,
    maxReorgDepth = MAX_REORG_DEPTH,
    onDamage = () => {},
  }: { startBlock?: bigint; maxReorgDepth?: number; onDamage?: OnDamage } = {},
): NodeStore {
  const database = openDatabase(file, (opened) => {
    const isNew = opened.pragma("user_version", { simple: true }) === 0;
    migrate(opened);
    checkIdentity(opened, identity, { isNew, startBlock });
  });
  return namingFile(file, () => {
    try {
      guardStatements(database, file, onDamage);
      const { atomically, transactions, queue, close, ...functions } = createStore(database, {
        maxReorgDepth,
      });
      const guarded = guardRows(functions, file, onDamage);
      checkJobs(guarded);
      return {
        ...guarded,
        // What they are given may fail for reasons of its own.
        atomically: (action) => namingDisk(file, () => atomically(action)),
        queue,
        close,
        transactions: guardRows(transactions, file, onDamage),
      };
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

/** Jobs that may be worked on have to be what their names say. */
function checkJobs(store: Pick<NodeStore, "jobs">): void {
  for (const { jobId, terms, spec } of store.jobs("discovered", "fetched", "tried")) {
    if (hashTerms(terms) !== jobId || hashSpec(spec) !== terms.specHash) {
      throw new TypeError(`job ${jobId} is not what its name says`);
    }
  }
}

interface ChainRow {
  chain_id: number;
  genesis: string;
  marketplace: string;
  account: string;
  next_block: number;
}

function checkIdentity(
  database: Database,
  given: StoreIdentity,
  { isNew, startBlock }: { isNew: boolean; startBlock: bigint },
): void {
  if (isNew) {
    database
      .prepare(
        `INSERT INTO chain (only_row, chain_id, genesis, marketplace, account, next_block, jury_block)
         VALUES (1, ?, ?, ?, ?, ?, ?)`,
      )
      .run(given.chainId, given.genesis, given.marketplace, given.account, startBlock, startBlock);
  }
  const stored = database.prepare<[], ChainRow>("SELECT * FROM chain").get();
  if (stored === undefined) throw new TypeError("it does not say of which chain it is");
  if (stored.next_block < 0) throw new TypeError("it has read to a block before the first");
  const pairs = [
    ["chain", stored.chain_id, given.chainId],
    ["the chain with genesis block", stored.genesis, given.genesis],
    ["Marketplace", stored.marketplace, given.marketplace],
    ["account", stored.account, given.account],
  ] as const;
  for (const [what, was, is] of pairs) {
    if (String(was).toLowerCase() !== String(is).toLowerCase()) {
      throw new StoreMismatchError(what, was, is);
    }
  }
}

interface JobRow {
  job_id: Hex;
  block: number;
  terms: string;
  spec: string;
  state: JobState;
  reason: string | null;
  task_ms: number | null;
  task_fuel: string | null;
}

interface BatchRow {
  job_id: Hex;
  batch: number;
  state: OwnBatchState;
  deadline: number | null;
  result_root: Hex | null;
  results: string | null;
  settleable_at: number | null;
  reason: string | null;
  block: number | null;
  in_doubt: number;
}

interface ResultRow {
  position: number;
  outcome: number;
  cid: string | null;
  byte_length: number | null;
}

/** More than any public chain has seen in years. */
export const MAX_REORG_DEPTH = 128;

function createStore(database: Database, limits: { maxReorgDepth: number }): NodeStore {
  const selectJob = database.prepare<[string], JobRow>(
    "SELECT * FROM jobs WHERE job_id = ? AND undone = 0",
  );
  const selectJobs = database.prepare<[string], JobRow>(
    `SELECT * FROM jobs WHERE state IN (SELECT value FROM json_each(?)) AND undone = 0
     ORDER BY block, job_id`,
  );
  const insertJob = database.prepare(
    `INSERT INTO jobs (job_id, block, terms, spec, state) VALUES (?, ?, ?, ?, 'discovered')
     ON CONFLICT DO UPDATE SET
       block = excluded.block, state = 'discovered', reason = NULL, ended_in = NULL, undone = 0
       WHERE undone = 1`,
  );
  const updateJob = database.prepare(
    `UPDATE jobs SET state = ?, reason = ?, task_ms = coalesce(?, task_ms),
      task_fuel = coalesce(?, task_fuel), ended_in = ?
     WHERE job_id = ?`,
  );
  const selectBatch = database.prepare<[string, number], BatchRow>(
    "SELECT * FROM batches WHERE job_id = ? AND batch = ?",
  );
  const selectBatches = database.prepare<[string], BatchRow>(
    `SELECT * FROM batches WHERE state IN (SELECT value FROM json_each(?)) AND in_doubt = 0
     ORDER BY job_id, batch`,
  );
  const selectDue = database.prepare<[number, number], BatchRow>(
    `SELECT * FROM batches WHERE in_doubt = 0 AND (
       (state IN ('claimed', 'computed', 'stored') AND deadline < ?)
       OR (state = 'submitted' AND (settleable_at IS NULL OR settleable_at <= ?)))`,
  );
  const selectDoubtful = database.prepare<[], BatchRow>(
    `SELECT batches.* FROM batches JOIN jobs USING (job_id)
     WHERE in_doubt > 0 AND undone = 0 ORDER BY job_id, batch`,
  );
  const endDoubt = database.prepare(
    "UPDATE batches SET in_doubt = 0 WHERE job_id = ? AND batch = ? AND in_doubt = ?",
  );
  const upsertBatch = database.prepare(
    `INSERT INTO batches
       (job_id, batch, state, block, deadline, result_root, results, settleable_at, reason)
     VALUES (@jobId, @batch, @state, @block, @deadline, @resultRoot, @results, @settleableAt, @reason)
     ON CONFLICT DO UPDATE SET
       state = excluded.state,
       block = coalesce(excluded.block, block),
       deadline = coalesce(excluded.deadline, deadline),
       result_root = coalesce(excluded.result_root, result_root),
       results = coalesce(excluded.results, results),
       settleable_at = coalesce(excluded.settleable_at, settleable_at),
       reason = excluded.reason`,
  );
  const updateSettleableAt = database.prepare(
    "UPDATE batches SET settleable_at = ? WHERE job_id = ? AND batch = ?",
  );
  const withdrawSettled = database.prepare(
    `UPDATE batches SET state = 'withdrawn' WHERE state = 'settled' AND coalesce(block, 0) <= ?
     AND job_id IN (SELECT job_id FROM jobs WHERE lower(terms ->> '$.token') = lower(?))`,
  );
  const insertResult = database.prepare(
    "INSERT OR REPLACE INTO task_results (job_id, position, outcome, cid, byte_length) VALUES (?, ?, ?, ?, ?)",
  );
  const selectResults = database.prepare<[string, number, number], ResultRow>(
    `SELECT position, outcome, cid, byte_length FROM task_results
     WHERE job_id = ? AND position >= ? AND position < ? ORDER BY position`,
  );

  const countResults = database
    .prepare<[string, number, number], number>(
      "SELECT count(*) FROM task_results WHERE job_id = ? AND position >= ? AND position < ?",
    )
    .pluck();
  const deleteResults = database.prepare(
    "DELETE FROM task_results WHERE job_id = ? AND position >= ? AND position < ?",
  );

  function writeBatch(
    jobId: JobId,
    batch: number,
    state: OwnBatchState,
    fields: BatchFields,
  ): void {
    upsertBatch.run({
      jobId,
      batch,
      state,
      block: fields.block ?? null,
      deadline: fields.deadline ?? null,
      resultRoot: fields.resultRoot ?? null,
      results: fields.results === undefined ? null : String(fields.results),
      settleableAt: fields.settleableAt ?? null,
      reason: fields.reason ?? null,
    });
  }

  return {
    transactions: createTransactionStore(database, limits),
    ...createBlockStore(database, limits),
    atomically: (action) => database.transaction(action)(),
    recordJobs: database.transaction((jobs: readonly NewJob[]) => {
      const added: JobId[] = [];
      for (const { jobId, block, terms, spec } of jobs) {
        const { changes } = insertJob.run(jobId, block, encodeTerms(terms), encodeSpec(spec));
        if (changes > 0) added.push(jobId);
      }
      return added;
    }),
    job(jobId) {
      const row = selectJob.get(jobId);
      return row === undefined ? undefined : toJob(row);
    },
    jobs: (...states) => selectJobs.all(JSON.stringify(states)).map(toJob),
    moveJob: database.transaction(
      (jobId: JobId, event: JobEvent, { reason, taskMs, taskFuel, endedIn }: JobFields = {}) => {
        const from = selectJob.get(jobId)?.state;
        const to = from === undefined ? undefined : JOB_TRANSITIONS[from][event];
        if (to === undefined) return false;
        const fuel = taskFuel?.toString() ?? null;
        updateJob.run(to, reason ?? null, taskMs ?? null, fuel, endedIn ?? null, jobId);
        return true;
      },
    ),

    batch(jobId, batch) {
      const row = selectBatch.get(jobId, batch);
      return row === undefined ? undefined : toBatch(row);
    },
    batches: (...states) => selectBatches.all(JSON.stringify(states)).map(toBatch),
    dueBatches: (now) => selectDue.all(now, now).map(toBatch),
    batchesInDoubt: () => selectDoubtful.all().map(toBatch),
    placeBatch: database.transaction(
      ({ jobId, batch, doubts }: BatchRecord, state: OwnBatchState, fields: BatchFields = {}) => {
        writeBatch(jobId, batch, state, fields);
        endDoubt.run(jobId, batch, doubts);
      },
    ),
    moveBatch: database.transaction(
      (jobId: JobId, batch: number, event: BatchEvent, fields: BatchFields = {}) => {
        const to = nextBatchState(selectBatch.get(jobId, batch)?.state, event);
        if (to === undefined) return false;
        writeBatch(jobId, batch, to, fields);
        return true;
      },
    ),
    noteWithdrawn(block, token) {
      withdrawSettled.run(block, token);
    },
    setSettleableAt(jobId, batch, settleableAt) {
      updateSettleableAt.run(settleableAt ?? null, jobId, batch);
    },

    addResults: database.transaction((jobId: JobId, results: readonly StoredResult[]) => {
      for (const { position, ...entry } of results) {
        const code = outcomeCode(entry.outcome);
        if (entry.outcome === Outcome.ok) {
          insertResult.run(jobId, position, code, String(entry.cid), entry.byteLength);
        } else {
          insertResult.run(jobId, position, code, null, null);
        }
      }
    }),
    results: (jobId, { first, count }) =>
      selectResults.all(jobId, first, first + count).map(toResult),
    resultCount: (jobId, { first, count }) => countResults.get(jobId, first, first + count) ?? 0,
    forgetResults(jobId, { first, count }) {
      deleteResults.run(jobId, first, first + count);
    },

    ...createAuditStore(database),
    ...createDisputeStore(database),
    ...createOfferStore(database),

    queue: (options) => openQueue(database, options),

    close: () => database.close(),
  };
}

function toJob(row: JobRow): JobRecord {
  return {
    jobId: row.job_id,
    block: BigInt(row.block),
    terms: decodeTerms(row.terms),
    spec: decodeSpec(row.spec),
    state: row.state,
    reason: row.reason ?? undefined,
    taskMs: row.task_ms ?? undefined,
    taskFuel: row.task_fuel === null ? undefined : BigInt(row.task_fuel),
  };
}

function toBatch(row: BatchRow): BatchRecord {
  return {
    jobId: row.job_id,
    batch: row.batch,
    state: row.state,
    deadline: row.deadline ?? undefined,
    resultRoot: row.result_root ?? undefined,
    results: row.results === null ? undefined : CID.parse(row.results),
    settleableAt: row.settleable_at ?? undefined,
    reason: row.reason ?? undefined,
    block: row.block === null ? undefined : BigInt(row.block),
    doubts: row.in_doubt,
  };
}

function toResult({ position, outcome: code, cid, byte_length }: ResultRow): StoredResult {
  const outcome = outcomeOfCode(code);
  if (outcome === undefined) throw new TypeError(`a result with outcome ${code}`);
  if (outcome !== Outcome.ok) return { position, outcome };
  if (cid === null || byte_length === null) throw new TypeError("a result without its CID");
  return { position, outcome, cid: CID.parse(cid), byteLength: byte_length };
}
