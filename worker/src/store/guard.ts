import { AssayError } from "@assay/sdk";
import { type Database, SqliteError, type Statement } from "better-sqlite3";
import { StoreDamagedError } from "./errors.ts";
import { toStoreError } from "./openDatabase.ts";

/** Called once for each time that a database turns out to be damaged while it is used. */
export type OnDamage = (error: StoreDamagedError) => void;

/** Codes of a file that cannot be read any further, whatever is asked of it. */
const CORRUPT = /^SQLITE_(CORRUPT|NOTADB)/;
/** Codes of a disk that is full, read-only or broken: it may be mended while the node runs. */
const OF_THE_DISK = /^SQLITE_(FULL|READONLY|IOERR|CANTOPEN)/;

/** From now on every statement of the database that finds it damaged tells, and throws by the file's name. */
export function guardStatements(database: Database, file: string, onDamage: OnDamage): void {
  const prepare = database.prepare.bind(database) as (source: string) => Statement;
  const guarded = (source: string) => {
    const statement = namingDamage(file, onDamage, () => prepare(source));
    const known = new Map<PropertyKey, unknown>();
    const proxy: Statement = new Proxy(statement, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== "function") return value;
        if (!known.has(key)) {
          known.set(key, (...given: unknown[]) => {
            const result = namingDamage(file, onDamage, () => Reflect.apply(value, target, given));
            return result === target ? proxy : result;
          });
        }
        return known.get(key);
      },
    });
    return proxy;
  };
  database.prepare = guarded as typeof database.prepare;
}

function namingDamage<T>(file: string, onDamage: OnDamage, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof SqliteError)) throw error;
    if (OF_THE_DISK.test(error.code)) throw toStoreError(file, error);
    if (!CORRUPT.test(error.code)) throw error;
    const damage = new StoreDamagedError(file, error.message, { cause: error });
    onDamage(damage);
    throw damage;
  }
}

/** A disk that is full is found out at the end of a transaction, too. */
export function namingDisk<T>(file: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const isOfDisk = error instanceof SqliteError && OF_THE_DISK.test(error.code);
    throw isOfDisk ? toStoreError(file, error) : error;
  }
}

/**
 * The same functions; what they throw is about their database, unless it is Assay's or SQLite's own: a row that is not what was
 * written.
 */
export function guardRows<Functions extends object>(
  functions: Functions,
  file: string,
  onDamage: OnDamage,
): Functions {
  const guarded = Object.entries(functions).map(([name, value]) => {
    if (typeof value !== "function") return [name, value];
    return [
      name,
      (...given: unknown[]) => {
        try {
          return Reflect.apply(value, functions, given);
        } catch (error) {
          if (error instanceof AssayError || error instanceof SqliteError) throw error;
          const { message } = error as Error;
          const damage = new StoreDamagedError(file, `a row cannot be read: ${message}`, {
            cause: error,
          });
          onDamage(damage);
          throw damage;
        }
      },
    ];
  });
  return Object.fromEntries(guarded) as Functions;
}
