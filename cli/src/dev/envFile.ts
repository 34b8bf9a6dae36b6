import { randomUUID } from "node:crypto";
import { link, lstat, mkdir, readFile, rm, unlink, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { UsageError } from "@assay/worker/config";

/** Where `assay dev` writes its environment unless told otherwise: `assay/dev.env` in the user's folder for state. */
export function defaultEnvFile({ XDG_STATE_HOME }: NodeJS.ProcessEnv): string {
  // The specification wants relative paths to be ignored.
  const isGiven = XDG_STATE_HOME !== undefined && isAbsolute(XDG_STATE_HOME);
  return join(isGiven ? XDG_STATE_HOME : join(homedir(), ".local/state"), "assay/dev.env");
}

const FIRST_LINE = /^# Written by assay dev, process (\d+)\.$/m;
/** How long a chain of this machine may take to accept a connection, in milliseconds. */
const CONNECT_MS = 1_000;
/** While another removes what is left of an earlier one, it is looked at so often, and so many milliseconds apart. */
const MOST_TRIES = 100;
const LOOK_MS = 20;

/** The lines of a shell that set these variables. */
export function exportLines(environment: Readonly<Record<string, string>>): string[] {
  return Object.entries(environment).map(([name, value]) => {
    const note = name === "ASSAY_PRIVATE_KEY" ? " # a development key, worth nothing" : "";
    return `export ${name}=${value}${note}`;
  });
}

/** What the file says: whose it is, and the variables, for a shell's `source`. */
export function envFileContent(environment: Readonly<Record<string, string>>): string {
  const lines = [
    `# Written by assay dev, process ${process.pid}.`,
    "# Deleted when it ends: source this file, or give it to node --env-file.",
    ...exportLines(environment),
  ];
  return `${lines.join("\n")}\n`;
}

/**
 * Writes the file, readable for its owner alone, unless it is there already and not the remains of an `assay dev` that is gone.
 *
 * @throws {@link UsageError}
 */
export async function writeEnvFile(path: string, content: string): Promise<void> {
  const fresh = `${path}.${randomUUID()}`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(fresh, content, { flag: "wx", mode: 0o600 });
    // With its content or not at all, and never over another: two may start at a time.
    for (let tries = 0; !(await linkNew(fresh, path)); tries++) {
      if (tries === MOST_TRIES) throw new Error(`something keeps ${path}.removing`);
      await removeRemains(path);
    }
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new UsageError(
      `${path} cannot be written (${code ?? message}): name another file with --write-env.`,
      { cause },
    );
  } finally {
    await rm(fresh, { force: true });
  }
}

/**
 * Checks that {@link writeEnvFile} would not be in anybody's way.
 *
 * @throws {@link UsageError}
 */
export async function checkEnvFile(path: string): Promise<void> {
  const content = await readIfThere(path);
  if (content !== undefined) await checkRemains(path, content);
}

/** Deletes the file if it still has this content. */
export async function removeEnvFile(path: string, content: string): Promise<void> {
  if ((await readIfThere(path).catch(() => undefined)) === content) await rm(path, { force: true });
}

async function linkNew(from: string, path: string): Promise<boolean> {
  try {
    await link(from, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Deletes what an `assay dev` has left that was killed together with all that would have cleaned up. */
async function removeRemains(path: string): Promise<void> {
  const content = await readIfThere(path);
  if (content === undefined) {
    // It is gone again, or a link that leads nowhere.
    if (await isLink(path)) throw isAnothers(path);
    return;
  }
  await checkRemains(path, content);
  // Others may do the same at the same time: one does it, and looks again before.
  const claim = `${path}.removing`;
  try {
    await writeFile(claim, "", { flag: "wx", mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    await delay(LOOK_MS);
    return;
  }
  try {
    if ((await readIfThere(path)) === content) await unlink(path);
  } finally {
    await rm(claim, { force: true });
  }
}

/** The process that has written a file of this content; `undefined` if it was no `assay dev`. */
export function ownerOf(content: string): number | undefined {
  const [, owner] = FIRST_LINE.exec(content) ?? [];
  return owner === undefined ? undefined : Number(owner);
}

async function checkRemains(path: string, content: string): Promise<void> {
  const owner = ownerOf(content);
  if (owner === undefined) throw isAnothers(path);
  if (isAlive(owner) && (await answers(content))) {
    throw new UsageError(
      `${path} belongs to another assay dev (process ${owner}): name a file of its own with --write-env.`,
    );
  }
}

function isAnothers(path: string): UsageError {
  return new UsageError(
    `${path} is there already, and not by assay dev: name another file with --write-env.`,
  );
}

async function isLink(path: string): Promise<boolean> {
  const entry = await lstat(path).catch(() => undefined);
  return entry?.isSymbolicLink() ?? false;
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Whether the chain is there whose address stands in the file: the process's number may be another's by now. */
function answers(content: string): Promise<boolean> {
  const [, address = ""] = /^export ASSAY_RPC=(\S+)/m.exec(content) ?? [];
  const url = URL.parse(address);
  if (url === null) return Promise.resolve(false);
  return new Promise((resolve) => {
    const socket = connect({ host: url.hostname, port: Number(url.port), timeout: CONNECT_MS });
    const end = (isThere: boolean) => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once("connect", () => end(true));
    socket.once("timeout", () => end(false));
    socket.once("error", () => end(false));
  });
}
