import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AssayError,
  cidOf,
  hashSpec,
  hashTerms,
  type JobSpec,
  type JobTerms,
  Outcome,
} from "@assay/sdk";
import SqliteDatabase, { SqliteError } from "better-sqlite3";
import { pad, zeroAddress, zeroHash } from "viem";
import type { Random } from "../../test/fixtures/random.ts";
import { type NodeStore, openNodeStore, type StoreIdentity } from "../src/store/nodeStore.ts";

const spec: JobSpec = {
  program: cidOf(Uint8Array.of(1)),
  manifest: cidOf(Uint8Array.of(2), "dag-cbor"),
  inputRoot: `0x${"ab".repeat(32)}`,
  memoryPages: 16,
  maxResultBytes: 1_000,
  maxSteps: 1_000n,
  machineRoot: zeroHash,
};

function termsOf(salt: number): JobTerms {
  return {
    ...{ requester: zeroAddress, token: zeroAddress, arbiter: zeroAddress },
    ...{ taskCount: 10, batchSize: 2, rewardPerTask: 1n, stakePerBatch: 1n, minScore: 0 },
    ...{ claimUntil: 2_000_000_000, submitWindowSeconds: 60, challengeWindowSeconds: 600 },
    ...{ salt: BigInt(salt), specHash: hashSpec(spec) },
  };
}

export const identity: StoreIdentity = {
  chainId: 31_337,
  genesis: pad("0x1"),
  marketplace: "0x00000000000000000000000000000000000000A5",
  account: "0x00000000000000000000000000000000000000b6",
};

export function openFilled(
  file: string,
  is: StoreIdentity = identity,
  options: Parameters<typeof openNodeStore>[2] = {},
): NodeStore {
  return openNodeStore(file, is, options);
}

const JOBS = 12;

/** A database with something in every table that matters. */
export function fillStore(file: string): void {
  const store = openFilled(file);
  for (let i = 0; i < JOBS; i++) {
    const terms = termsOf(i);
    const jobId = hashTerms(terms);
    store.recordJobs([{ jobId, block: BigInt(i), terms, spec }]);
    store.moveJob(jobId, "fetched");
    store.moveJob(jobId, "tried", { taskMs: 2 });
    store.moveBatch(jobId, 0, "claimed", { block: 8n, deadline: 99 });
    store.addResults(jobId, [
      { position: 0, outcome: Outcome.ok, cid: cidOf(Uint8Array.of(i)), byteLength: 1 },
      { position: 1, outcome: Outcome.trap },
    ]);
    store.transactions.put({
      ...{ nonce: i, to: zeroAddress, data: "0x12", value: 1n, gas: 21_000n, action: "claim" },
      versions: [],
      minedIn: undefined,
    });
  }
  store.noteBlocks([{ number: 9n, hash: pad("0x9") }], 10n);
  const queue = store.queue<{ step: string }>({ name: "steps" });
  for (let i = 0; i < JOBS; i++) queue.enqueue({ payload: { step: `${i}` } });
  store.close();
}

/** What a node does with its database in a life. */
function use(store: NodeStore): void {
  store.nextBlock();
  store.readBlocks();
  for (const { jobId } of store.jobs("discovered", "fetched", "tried", "refused", "closed")) {
    store.job(jobId);
    store.results(jobId, { first: 0, count: 10 });
    store.moveBatch(jobId, 0, "computed");
  }
  store.batches("claimed", "computed", "stored", "submitted");
  store.dueBatches(1_000);
  store.batchesInDoubt();
  store.transactions.all();
  const terms = termsOf(99);
  store.atomically(() => {
    store.recordJobs([{ jobId: hashTerms(terms), block: 10n, terms, spec }]);
    store.noteBlocks([{ number: 10n, hash: pad("0xa") }], 11n);
  });
  store.rollBack(8n);
}

type StoreOutcome = "opened" | "refused" | "found later";

/**
 * Harms a database of a node in one of many ways, opens it and uses it.
 * @param whole - its bytes.
 *
 * @throws what is thrown of anything but a refusal by the file's name.
 */
function fuzzStore(file: string, whole: Uint8Array, random: Random): StoreOutcome {
  for (const ending of ["-wal", "-shm"]) rmSync(`${file}${ending}`, { force: true });
  writeFileSync(file, harmed(whole, random));
  if (random.below(4) === 0) harmRows(file, random);
  let store: NodeStore;
  try {
    store = openFilled(file);
  } catch (error) {
    // A database of another chain or version is named by that.
    const names = /STORE_(MISMATCH|TOO_NEW)/.test(String((error as AssayError).code)) ? "" : file;
    if (!(error instanceof AssayError) || !error.message.includes(names)) throw error;
    return "refused";
  }
  try {
    use(store);
    return "opened";
  } catch (error) {
    if (error instanceof AssayError || error instanceof SqliteError) return "found later";
    throw error;
  } finally {
    store.close();
  }
}

const PAGE = 4_096;

/** The file's bytes with one thing changed that disks, copies and people change. */
function harmed(whole: Uint8Array, random: Random): Uint8Array {
  const bytes = Uint8Array.from(whole);
  const pages = Math.floor(bytes.length / PAGE);
  const page = random.below(pages) * PAGE;
  const other = random.below(pages) * PAGE;
  switch (random.below(9)) {
    case 0: // cut off
      return bytes.subarray(0, random.below(bytes.length));
    case 1: // a page that was never written
      bytes.fill(0, page, page + PAGE);
      return bytes;
    case 2: // one written to another's place
      bytes.copyWithin(page, other, other + PAGE);
      return bytes;
    case 3: // the file's header
      bytes[random.below(100)] = random.below(256);
      return bytes;
    case 4: // a page's header
      bytes[page + (page === 0 ? 100 : 0) + random.below(8)] = random.below(256);
      return bytes;
    case 5: // where its cells are
      bytes[page + (page === 0 ? 108 : 8) + random.below(60)] = random.below(256);
      return bytes;
    case 6: // a sector of something else
      bytes.set(random.bytes(512), page + 512 * random.below(PAGE / 512));
      return bytes;
    case 7: // a bit
      bytes[random.below(bytes.length)] =
        (bytes[random.below(bytes.length)] ?? 0) ^ (1 << random.below(8));
      return bytes;
    default: // another's bytes at the end, or in between
      return random.below(2) === 0
        ? Uint8Array.from([...bytes, ...random.bytes(1 + random.below(PAGE))])
        : Uint8Array.from([
            ...bytes.subarray(0, page),
            ...random.bytes(PAGE),
            ...bytes.subarray(page),
          ]);
  }
}

/** What only SQLite could have written, and no node. */
function harmRows(file: string, random: Random): void {
  const statements = [
    "UPDATE jobs SET terms = '{}' WHERE rowid % 3 = 0",
    "UPDATE jobs SET terms = substr(terms, 1, 40)",
    "UPDATE jobs SET spec = 'null'",
    "UPDATE jobs SET block = -1",
    "UPDATE task_results SET cid = 'bafy'",
    "UPDATE task_results SET byte_length = NULL WHERE outcome = 0",
    "UPDATE transactions SET body = '[]'",
    "UPDATE chain SET next_block = -5",
    "UPDATE chain SET account = 'x'",
    "DELETE FROM chain",
    "DROP TABLE read_blocks",
    "ALTER TABLE batches RENAME COLUMN deadline TO until",
    "PRAGMA user_version = 1",
    "PRAGMA user_version = 1000",
    "DROP TABLE queue_tasks",
    "CREATE TRIGGER t AFTER INSERT ON jobs BEGIN DELETE FROM jobs; END",
  ];
  try {
    const database = new SqliteDatabase(file);
    try {
      database.exec(statements[random.below(statements.length)] ?? "");
    } finally {
      database.close();
    }
  } catch (error) {
    // It is harmed too much already.
    if (!(error instanceof SqliteError)) throw error;
  }
}

/** Longest time of one, in milliseconds. */
const MOST_MS = 10_000;

/** Where a file costs no disk its time, if there is such a place: every input is flushed several times. */
const FOLDER = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

/** So many, one after the other. */
export function fuzzStores(random: Random, inputs: number): Record<StoreOutcome, number> {
  const folder = mkdtempSync(join(FOLDER, "assay-store-"));
  try {
    return fuzzIn(join(folder, "node.sqlite"), random, inputs);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function fuzzIn(file: string, random: Random, inputs: number): Record<StoreOutcome, number> {
  const counts = { opened: 0, refused: 0, "found later": 0 };
  fillStore(file);
  const whole = readFileSync(file);
  for (let i = 0; i < inputs; i++) {
    const begunAt = performance.now();
    counts[fuzzStore(file, whole, random)]++;
    const tookMs = performance.now() - begunAt;
    if (tookMs > MOST_MS) throw new Error(`input ${i} took ${tookMs} ms`);
  }
  return counts;
}
