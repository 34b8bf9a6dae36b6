import SqliteDatabase, { type Database, type Statement } from "better-sqlite3";
import { StoreInvalidError } from "../define/errors.ts";
import type { EventLog } from "../events/eventLog.ts";
import { type Content, DIGEST_BYTES, keyOf } from "./content.ts";
import { KeyFilter } from "./keyFilter.ts";
import { lockFile } from "./lock.ts";
import { RowWriter } from "./rows.ts";
import { beginRun, continuedRun, endRun, type StoredStep } from "./runs.ts";
import { migrate } from "./schema.ts";

/** How a task ended; a gap is a filter's no, and pieces are what a fan-out gave. */
export const OUTCOMES = ["ok", "trap", "over-limit", "gap", "pieces"] as const;
export type MemoOutcome = (typeof OUTCOMES)[number];

/** What is remembered of a task. */
export interface Memo {
  outcome: MemoOutcome;
  /** One if it is `ok`, any number for `pieces`, else none. */
  contents: readonly Content[];
}

/** Where an effect stands. One that failed is new again. */
export const EFFECT_STATES = ["new", "begun", "done"] as const;
export type EffectState = (typeof EFFECT_STATES)[number];

export interface StoredInput {
  epoch: number;
  bytes: Uint8Array;
}

interface MemoRow {
  outcome: number;
  digests: Buffer;
  small: Buffer | null;
}

/** Results up to this size stand in the memo's own row, in bytes. */
const SMALL_BYTES = 1_024;
/** What waits for a commit is committed at once above so many rows or bytes. */
const MOST_ROWS = 4_096;
const MOST_BYTES = 16 << 20;
const MOST_EVENTS = 8_192;
const INPUTS_AT_ONCE = 128;

/**
 * What pipelines remember, in one SQLite file. What is written can be read at once, and is committed together with all else of this turn
 * of the event loop.
 */
export class Store {
  readonly #database: Database;
  readonly #release: () => void;
  readonly #memoOf: Statement<[Uint8Array], MemoRow>;
  readonly #blobOf: Statement<[Uint8Array], Buffer>;
  readonly #effectOf: Statement<[Uint8Array], number>;
  readonly #memoRows: RowWriter;
  readonly #blobRows: RowWriter;
  readonly #effectRows: RowWriter;
  readonly #inputRows: RowWriter;
  readonly #eventRows: RowWriter;
  readonly #write: () => void;

  readonly #keys = new KeyFilter();
  // What waits for the commit.
  readonly #memos = new Map<string, { key: Uint8Array; memo: Memo }>();
  readonly #blobs = new Map<string, Content>();
  readonly #effects = new Map<string, { id: Uint8Array; state: EffectState }>();
  #inputs: unknown[] = [];
  #bytes = 0;
  #isSoon = false;
  #waiting: PromiseWithResolvers<void> | undefined;

  /** Is told when a commit fails that nobody waits for. */
  onFailure: ((error: unknown) => void) | undefined;

  #run = 0;
  #log: EventLog | undefined;
  #logged = 0;

  /**
   * @param file - is made if need be; `:memory:` keeps everything in memory.
   * @param isReader - nothing is written, and another process may run a pipeline meanwhile.
   * @throws {@link StoreBusyError} {@link StoreInvalidError}
   */
  constructor(file: string, { isReader = false }: { isReader?: boolean } = {}) {
    this.#release = isReader || file === ":memory:" ? () => {} : lockFile(file);
    let database: Database | undefined;
    try {
      database = new SqliteDatabase(file, { readonly: isReader && file !== ":memory:" });
      if (!isReader) database.pragma("journal_mode = WAL");
      if (!isReader) database.pragma("synchronous = NORMAL");
      migrate(database, file);
    } catch (cause) {
      database?.close();
      this.#release();
      if (cause instanceof StoreInvalidError) throw cause;
      throw new StoreInvalidError(`${file} cannot be opened as a store: name another file.`, {
        cause,
      });
    }
    this.#database = database;
    if (database.prepare("SELECT 1 FROM memo LIMIT 1").get() !== undefined) this.#keys.giveUp();
    this.#memoOf = database.prepare("SELECT outcome, digests, small FROM memo WHERE key = ?");
    this.#blobOf = database
      .prepare<[Uint8Array], Buffer>("SELECT bytes FROM blobs WHERE digest = ?")
      .pluck();
    this.#effectOf = database
      .prepare<[Uint8Array], number>("SELECT state FROM effects WHERE id = ?")
      .pluck();
    this.#memoRows = new RowWriter(database, "INSERT OR REPLACE INTO memo", 4);
    this.#blobRows = new RowWriter(database, "INSERT OR IGNORE INTO blobs", 2);
    this.#effectRows = new RowWriter(database, "INSERT OR REPLACE INTO effects", 2);
    this.#inputRows = new RowWriter(database, "INSERT INTO inputs", 4);
    this.#eventRows = new RowWriter(database, "INSERT INTO events", 8);
    this.#write = database.transaction(() => this.#writeAll());
  }

  memo(key: Uint8Array): Memo | undefined {
    const waiting = this.#memos.get(keyOf(key));
    if (waiting !== undefined) return waiting.memo;
    if (!this.#keys.mayHave(key)) return undefined;
    const row = this.#memoOf.get(key);
    if (row === undefined) return undefined;
    const contents: Content[] = [];
    for (let at = 0; at < row.digests.length; at += DIGEST_BYTES) {
      const digest = row.digests.subarray(at, at + DIGEST_BYTES);
      contents.push({ digest, bytes: row.small === null ? undefined : plain(row.small) });
    }
    return { outcome: OUTCOMES[row.outcome] ?? "trap", contents };
  }

  remember(key: Uint8Array, memo: Memo): void {
    this.#memos.set(keyOf(key), { key, memo });
    this.#keys.add(key);
    const isSmall = memo.outcome === "ok" && (memo.contents[0]?.bytes?.length ?? 0) <= SMALL_BYTES;
    if (!isSmall) for (const content of memo.contents) this.keep(content);
    this.#soon();
  }

  /** Stores bytes by their digest. */
  keep(content: Content): void {
    const key = keyOf(content.digest);
    if (content.bytes === undefined || this.#blobs.has(key)) return;
    this.#blobs.set(key, content);
    this.#bytes += content.bytes.length;
    this.#soon();
  }

  /** A content for who holds it for long: without its bytes, unless they are few. */
  parked(content: Content): Content {
    if (content.bytes === undefined || content.bytes.length <= SMALL_BYTES) return content;
    this.keep(content);
    return { digest: content.digest, bytes: undefined };
  }

  /** The bytes of a content. @throws {@link StoreInvalidError} when the file lost them. */
  read(content: Content): Uint8Array {
    if (content.bytes !== undefined) return content.bytes;
    const bytes = this.#blobs.get(keyOf(content.digest))?.bytes ?? this.#blobOf.get(content.digest);
    if (bytes === undefined) {
      throw new StoreInvalidError(
        "The store lacks a result that it remembers: begin with a new file.",
      );
    }
    return plain(bytes);
  }

  effect(id: Uint8Array): EffectState {
    const waiting = this.#effects.get(keyOf(id));
    return waiting?.state ?? EFFECT_STATES[this.#effectOf.get(id) ?? 0] ?? "new";
  }

  setEffect(id: Uint8Array, state: EffectState): void {
    this.#effects.set(keyOf(id), { id, state });
    this.#soon();
  }

  /** What was stored of an input, from the first one on. */
  *storedInputs(input: string): Generator<StoredInput> {
    const page = this.#database.prepare<[string, number], StoredInput>(
      `SELECT epoch, bytes FROM inputs WHERE input = ? AND number >= ? ORDER BY number LIMIT ${INPUTS_AT_ONCE}`,
    );
    for (let from = 0; ; from += INPUTS_AT_ONCE) {
      const rows = page.all(input, from);
      for (const { epoch, bytes } of rows) yield { epoch, bytes: plain(bytes) };
      if (rows.length < INPUTS_AT_ONCE) return;
    }
  }

  storeInput(input: string, number: number, { epoch, bytes }: StoredInput): void {
    this.#inputs.push(input, number, epoch, bytes);
    this.#bytes += bytes.length;
    this.#soon();
  }

  /** The id under which a run that begins now would find what is remembered for one run only; `undefined`: nothing is. */
  continuedRun(pipeline: string): number | undefined {
    return continuedRun(this.#database, pipeline);
  }

  /**
   * Notes that a run begins. Its events are written along with everything else.
   * @returns the id under which is remembered what is remembered for one run: that of the earlier run that this one continues, if there is one.
   */
  begin(pipeline: string, steps: readonly StoredStep[], log: EventLog): number {
    const { run, origin } = beginRun(this.#database, pipeline, steps);
    this.#run = run;
    this.#log = log;
    this.#logged = log.count;
    return origin;
  }

  /** An event was recorded: it is committed with the next that is, and before it could be forgotten. */
  eventRecorded(): void {
    if (this.#log === undefined) return;
    if (this.#log.count - this.#logged >= MOST_EVENTS) this.flush();
    else if (!this.#isSoon) this.#soon();
  }

  /** Notes how the run ended. */
  end(outcome: string): void {
    this.flush();
    endRun(this.#database, this.#run, outcome);
  }

  /** Resolves when all that was written so far is committed. */
  committed(): Promise<void> {
    if (!this.#isSoon && this.#waiting === undefined) return Promise.resolve();
    this.#waiting ??= Promise.withResolvers();
    return this.#waiting.promise;
  }

  #soon(): void {
    if (this.#memos.size + this.#blobs.size > MOST_ROWS || this.#bytes > MOST_BYTES) this.flush();
    if (this.#isSoon) return;
    this.#isSoon = true;
    setImmediate(() => this.flush());
  }

  /** Commits what waits. */
  flush(): void {
    this.#isSoon = false;
    if (!this.#database.open) return;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    try {
      this.#write();
      this.#memos.clear();
      this.#blobs.clear();
      this.#effects.clear();
      this.#inputs = [];
      this.#bytes = 0;
      waiting?.resolve();
    } catch (error) {
      if (waiting !== undefined) waiting.reject(error);
      else if (this.onFailure !== undefined) this.onFailure(error);
      else throw error;
    }
  }

  #writeAll(): void {
    const memos: unknown[] = [];
    for (const { key, memo } of this.#memos.values()) {
      const { outcome, contents } = memo;
      const [only] = contents;
      const small = outcome === "ok" && (only?.bytes?.length ?? SMALL_BYTES + 1) <= SMALL_BYTES;
      const digests =
        contents.length === 1 ? only?.digest : Buffer.concat(contents.map(({ digest }) => digest));
      memos.push(key, OUTCOMES.indexOf(outcome), digests, small ? only?.bytes : null);
    }
    const blobs: unknown[] = [];
    for (const { digest, bytes } of this.#blobs.values()) blobs.push(digest, bytes);
    const effects: unknown[] = [];
    for (const { id, state } of this.#effects.values())
      effects.push(id, EFFECT_STATES.indexOf(state));
    this.#blobRows.write(blobs);
    this.#memoRows.write(memos);
    this.#effectRows.write(effects);
    this.#inputRows.write(this.#inputs);
    if (this.#log !== undefined) this.#writeEvents(this.#log);
  }

  #writeEvents(log: EventLog): void {
    const columns: unknown[] = [];
    log.columnsInto(columns, this.#run, this.#logged, log.count);
    this.#eventRows.write(columns);
    this.#logged = log.count;
  }

  close(): void {
    if (!this.#database.open) return;
    this.flush();
    this.#database.close();
    this.#release();
  }
}

/** A Buffer without what a Buffer does differently. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
