import type { Database } from "better-sqlite3";
import { StoreTooNewError } from "./errors.ts";

/**
 * The schema, one step after the other: `user_version` counts the steps a file has taken. A step that was released is
 * never changed; what has to change is done by another one.
 */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE chain (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    chain_id INTEGER NOT NULL,
    genesis TEXT NOT NULL,      -- hash of block 0: local chains share their ids
    marketplace TEXT NOT NULL,
    account TEXT NOT NULL,
    next_block INTEGER NOT NULL -- first block whose events were not read
  ) STRICT;

  CREATE TABLE jobs (
    job_id TEXT PRIMARY KEY,
    block INTEGER NOT NULL,     -- where it was posted
    terms TEXT NOT NULL,        -- JSON
    spec TEXT NOT NULL,         -- JSON
    state TEXT NOT NULL CHECK (state IN ('discovered', 'ready', 'refused', 'closed')),
    reason TEXT,                -- why it was refused or closed
    task_ms REAL                -- time of the tried task
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX jobs_by_state ON jobs (state, block);

  CREATE TABLE batches (
    job_id TEXT NOT NULL REFERENCES jobs,
    batch INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN
      ('claiming', 'claimed', 'computed', 'submitting', 'submitted', 'settled', 'lost')),
    deadline INTEGER,           -- chain time, seconds: last moment of the submission
    result_root TEXT,
    results TEXT,               -- CID of the result manifest
    settleable_at INTEGER,      -- chain time, seconds: end of the challenge window
    reason TEXT,                -- why it was lost
    PRIMARY KEY (job_id, batch)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX batches_by_state ON batches (state);

  CREATE TABLE task_results (
    job_id TEXT NOT NULL REFERENCES jobs,
    position INTEGER NOT NULL,  -- of the task in the job
    outcome INTEGER NOT NULL,
    cid TEXT,                   -- of the result, where the outcome is ok
    byte_length INTEGER,
    PRIMARY KEY (job_id, position)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE audits (
    job_id TEXT NOT NULL REFERENCES jobs,
    batch INTEGER NOT NULL,
    result_root TEXT NOT NULL,
    worker TEXT NOT NULL,       -- who submitted it
    results TEXT NOT NULL,      -- CID of the result manifest
    state TEXT NOT NULL CHECK (state IN ('due', 'clean', 'wrong', 'prepared', 'ended')),
    position INTEGER,           -- of the task that is wrong, in the job
    salt TEXT,                  -- of the challenge's commitment
    prepared_at INTEGER,        -- block that prepared the challenge
    UNIQUE (job_id, batch, result_root)
  ) STRICT;
  CREATE INDEX audits_by_state ON audits (state);

  CREATE TABLE disputes (
    id TEXT NOT NULL UNIQUE,
    dispute TEXT NOT NULL,      -- JSON
    leaf TEXT NOT NULL,         -- JSON
    resolved INTEGER NOT NULL DEFAULT 0,
    jury_done INTEGER NOT NULL DEFAULT 0
  ) STRICT;

  CREATE TABLE verdicts (
    dispute_id TEXT NOT NULL,
    panel INTEGER NOT NULL,
    verdict INTEGER NOT NULL,
    salt TEXT NOT NULL,
    PRIMARY KEY (dispute_id, panel)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE read_blocks (
    number INTEGER PRIMARY KEY,
    hash TEXT NOT NULL
  ) STRICT;

  CREATE TABLE transactions (
    nonce INTEGER PRIMARY KEY,
    body TEXT NOT NULL,         -- JSON; with every signed version
    mined_in INTEGER,           -- block, once it has its confirmations
    mined_hash TEXT             -- of that block
  ) STRICT;

  ALTER TABLE jobs ADD COLUMN undone INTEGER NOT NULL DEFAULT 0;  -- a reorganisation took its posting away
  ALTER TABLE jobs ADD COLUMN ended_in INTEGER;                   -- block whose event closed it
  ALTER TABLE batches ADD COLUMN block INTEGER;                   -- last one that told of it
  ALTER TABLE batches ADD COLUMN in_doubt INTEGER NOT NULL DEFAULT 0; -- reorganisations that may have moved it
  CREATE INDEX batches_in_doubt ON batches (in_doubt) WHERE in_doubt > 0;
  `,
  `
  DROP INDEX audits_by_state;
  ALTER TABLE audits RENAME TO earlier_audits;
  CREATE TABLE audits (
    job_id TEXT NOT NULL REFERENCES jobs,
    batch INTEGER NOT NULL,
    result_root TEXT NOT NULL,
    worker TEXT NOT NULL,       -- who submitted it
    results TEXT,               -- CID of the result manifest, if it is one
    block INTEGER NOT NULL,     -- that has the submission
    state TEXT NOT NULL CHECK (state IN
      ('due', 'clean', 'hidden', 'demanded', 'shown', 'missing', 'wrong', 'prepared', 'ended')),
    position INTEGER,           -- of the task in question, in the job
    ground INTEGER,             -- of the challenge
    leaf TEXT,                  -- JSON: what the worker committed to for that task
    proof TEXT,                 -- JSON: the leaf's siblings, from below
    shown_by TEXT,              -- hash of the transaction that showed the leaf
    salt TEXT,                  -- of the challenge's commitment
    prepared_at INTEGER,        -- block that prepared the challenge
    sought_since INTEGER,       -- chain time, seconds: when its manifest or result was first not found
    bond TEXT,                  -- wei that our demand locks
    UNIQUE (job_id, batch, result_root)
  ) STRICT;
  CREATE INDEX audits_by_state ON audits (state);
  -- What was found wrong before is looked at again: its leaf was not kept.
  INSERT INTO audits (job_id, batch, result_root, worker, results, block, state)
    SELECT job_id, batch, result_root, worker, results, 0,
      CASE WHEN state IN ('clean', 'ended') THEN state ELSE 'due' END
    FROM earlier_audits ORDER BY rowid;
  DROP TABLE earlier_audits;

  CREATE TABLE audit_cpu (
    minute INTEGER PRIMARY KEY, -- since the Unix epoch
    ms REAL NOT NULL            -- that audits took of the processors
  ) STRICT;

  ALTER TABLE disputes ADD COLUMN block INTEGER NOT NULL DEFAULT 0;      -- that has the challenge
  ALTER TABLE disputes ADD COLUMN touched_in INTEGER NOT NULL DEFAULT 0; -- about the block that was read when it last changed
  ALTER TABLE disputes ADD COLUMN party_done INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE disputes ADD COLUMN appeal_fee TEXT; -- wei that we paid
  `,
  // Jobs and batches by the state machines of jobState.ts and batchState.ts. A claim or submission that was under way is found
  // out by asking the chain; until then a claim may or may not be ours, and is as good as none.
  `
  CREATE TABLE new_jobs (
    job_id TEXT PRIMARY KEY,
    block INTEGER NOT NULL,
    terms TEXT NOT NULL,
    spec TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('discovered', 'fetched', 'tried', 'refused', 'closed')),
    reason TEXT,
    task_ms REAL,
    undone INTEGER NOT NULL DEFAULT 0,
    ended_in INTEGER
  ) STRICT, WITHOUT ROWID;
  INSERT INTO new_jobs SELECT job_id, block, terms, spec, iif(state = 'ready', 'tried', state), reason, task_ms,
    undone, ended_in FROM jobs;
  DROP TABLE jobs;
  ALTER TABLE new_jobs RENAME TO jobs;
  CREATE INDEX jobs_by_state ON jobs (state, block);

  CREATE TABLE new_batches (
    job_id TEXT NOT NULL REFERENCES jobs,
    batch INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('claimed', 'computed', 'stored', 'submitted', 'disputed',
      'settled', 'withdrawn', 'released', 'expired', 'failed')),
    deadline INTEGER,
    result_root TEXT,
    results TEXT,
    settleable_at INTEGER,
    reason TEXT,
    block INTEGER,
    in_doubt INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (job_id, batch)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO new_batches SELECT job_id, batch,
    CASE state
      WHEN 'computed' THEN 'stored'
      WHEN 'submitting' THEN 'stored'
      WHEN 'claiming' THEN 'failed'
      WHEN 'lost' THEN 'failed'
      ELSE state
    END,
    deadline, result_root, results, settleable_at, reason, block, in_doubt + (state = 'claiming') FROM batches;
  DROP TABLE batches;
  ALTER TABLE new_batches RENAME TO batches;
  CREATE INDEX batches_by_state ON batches (state);
  CREATE INDEX batches_in_doubt ON batches (in_doubt) WHERE in_doubt > 0;
  `,
  // Questions are prepared with money, several at a time. What was in question on a Marketplace of the earlier rules is looked at anew;
  // its disputes are named otherwise.
  `
  DROP INDEX audits_by_state;
  ALTER TABLE audits RENAME TO earlier_audits;
  CREATE TABLE audits (
    job_id TEXT NOT NULL REFERENCES jobs,
    batch INTEGER NOT NULL,
    result_root TEXT NOT NULL,
    worker TEXT NOT NULL,       -- who submitted it
    results TEXT,               -- CID of the result manifest, if it is one
    block INTEGER NOT NULL,     -- that has the submission
    state TEXT NOT NULL CHECK (state IN
      ('due', 'clean', 'hidden', 'missing', 'wrong', 'prepared', 'demanded', 'shown', 'ended')),
    position INTEGER,           -- of the task in question, in the job
    ground INTEGER,             -- of the question: 0 for a demand
    answer TEXT,                -- the leaf that is right, on the ground of a wrong result
    salt TEXT,                  -- of the question's commitment
    leaf TEXT,                  -- JSON: what the worker committed to for that task
    proof TEXT,                 -- JSON: the leaf's siblings, from below
    shown_by TEXT,              -- hash of the transaction that showed the leaf
    sought_since INTEGER,       -- chain time, seconds: when its manifest or result was first not found
    bond TEXT,                  -- wei that we prepared, then those that our demand locks
    asked_round INTEGER,        -- our demand; before it is made, another's question about the same
    asked_number INTEGER,
    UNIQUE (job_id, batch, result_root)
  ) STRICT;
  CREATE INDEX audits_by_state ON audits (state);
  INSERT INTO audits (job_id, batch, result_root, worker, results, block, state)
    SELECT job_id, batch, result_root, worker, results, block,
      iif(state IN ('clean', 'ended'), state, 'due')
    FROM earlier_audits ORDER BY rowid;
  DROP TABLE earlier_audits;

  DELETE FROM disputes;
  ALTER TABLE disputes ADD COLUMN arbiter TEXT NOT NULL DEFAULT ''; -- that is to rule
  ALTER TABLE chain ADD COLUMN jury_block INTEGER NOT NULL DEFAULT 0; -- first block whose events of the jury were not read
  UPDATE chain SET jury_block = next_block;

  UPDATE jobs SET spec = json_set(spec, '$.machineRoot', '0x' || printf('%064d', 0))
    WHERE spec ->> '$.machineRoot' IS NULL;
  `,
  `
  CREATE TABLE offers (
    digest TEXT PRIMARY KEY,
    terms_id TEXT NOT NULL,     -- of the terms, while they have no price
    state TEXT NOT NULL,
    signed BLOB NOT NULL,       -- dag-cbor: offer, spec, signature
    selector_peer TEXT NOT NULL,
    take_until INTEGER NOT NULL,
    task_ms REAL,               -- of the tried task
    task_fuel TEXT,             -- of the same
    asked TEXT,                 -- what this node asks for a task
    bid BLOB,                   -- dag-cbor: this node's, signed
    award BLOB,                 -- dag-cbor, signed, with the peers of winner and backup
    reason TEXT                 -- why it is over
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX offers_by_terms ON offers (terms_id);
  CREATE INDEX offers_by_state ON offers (state);
  `,
  // Prices go by the fuel of the tried task.
  `
  ALTER TABLE jobs ADD COLUMN task_fuel TEXT;
  `,
  // Where a bid has a bond behind it, turns begin when the award is registered on the chain.
  `
  ALTER TABLE offers ADD COLUMN registered_at INTEGER;
  `,
];

/**
 * Updates the schema.
 * @param to - the version to stop at; a test makes an earlier one by it.
 *
 * @throws {@link StoreTooNewError} when a later version of this package has written the file.
 */
export function migrate(database: Database, to = MIGRATIONS.length): void {
  const version = database.pragma("user_version", { simple: true }) as number;
  if (version > MIGRATIONS.length) throw new StoreTooNewError(version, MIGRATIONS.length);
  for (const [index, statements] of MIGRATIONS.entries()) {
    if (index < version || index >= to) continue;
    database.transaction(() => {
      database.exec(statements);
      database.pragma(`user_version = ${index + 1}`);
    })();
  }
}
