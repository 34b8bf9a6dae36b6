import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { AbortOptions } from "../concurrency/abortOptions.ts";
import { InvalidProgramError } from "../program/errors/program.ts";
import { inspectProgram } from "../program/inspect/inspectProgram.ts";
import { MAX_PAGES } from "../program/module/memory.ts";
import type { CompilerOrder, CompilerReply } from "./compilerThread.ts";
import { CompilerMissingError, ProgramCompileError } from "./errors.ts";

/** Memory of a program whose author does not say, in pages of 64 KiB: 16 MiB. */
export const DEFAULT_MEMORY_PAGES = 256;

export interface CompileProgramParameters extends AbortOptions {
  /** AssemblyScript that exports `function main(input: Uint8Array): Uint8Array`. */
  source: string;
  /** Most memory it may use, in pages of 64 KiB. Default: {@link DEFAULT_MEMORY_PAGES}. */
  memoryPages?: number | undefined;
  /** Name of the source in the compiler's messages. Default: `program`. */
  name?: string | undefined;
}

const SIGNATURE = "export function main(input: Uint8Array): Uint8Array";

/**
 * Compiles AssemblyScript to a program; `docs/programs.md` says what authors write. The same source gives the same bytes.
 *
 * The compiler runs in a thread: it computes for a second or more, and ends its whole process when it crashes.
 *
 * @throws {@link ProgramCompileError} with the compiler's messages.
 * @throws {@link CompilerMissingError} when the package `assemblyscript` is not installed.
 */
export async function compileProgram({
  source,
  memoryPages = DEFAULT_MEMORY_PAGES,
  name = "program",
  signal,
}: CompileProgramParameters): Promise<Uint8Array> {
  signal?.throwIfAborted();
  if (!Number.isInteger(memoryPages) || memoryPages < 1 || memoryPages > MAX_PAGES) {
    throw new RangeError(
      `memoryPages is a whole number from 1 to ${MAX_PAGES}, not ${memoryPages}`,
    );
  }
  if (!/^[A-Za-z0-9][\w-]*$/.test(name) || name === "assay-prelude") {
    throw new RangeError(`"${name}" cannot name a program: use letters, digits, - and _`);
  }

  const { wasm, diagnostics } = await compileInThread({ source, name, memoryPages }, signal);
  if (wasm === undefined) {
    throw new ProgramCompileError(
      `${name}.ts does not compile. A program is AssemblyScript with \`${SIGNATURE}\`.`,
      diagnostics,
    );
  }
  try {
    inspectProgram(wasm);
  } catch (cause) {
    if (!(cause instanceof InvalidProgramError)) throw cause;
    throw new ProgramCompileError(`${name}.ts compiles, but not to a program.`, [cause.message], {
      cause,
    });
  }
  return wasm;
}

async function compileInThread(
  order: CompilerOrder,
  signal: AbortSignal | undefined,
): Promise<CompilerReply> {
  const thread = new Worker(new URL("compilerThread.ts", import.meta.url), {
    workerData: order,
    // What the compiler prints when it crashes belongs into the error, not on the caller's terminal.
    stderr: true,
    stdout: true,
  });
  let printed = "";
  thread.stderr.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
  });
  let reply: CompilerReply | undefined;
  thread.on("message", (message: CompilerReply) => {
    reply = message;
  });
  const stop = () => void thread.terminate();
  signal?.addEventListener("abort", stop, { once: true });
  try {
    await once(thread, "exit");
  } catch (cause) {
    if (isNotInstalled(cause)) throw new CompilerMissingError({ cause });
    throw new ProgramCompileError("The compiler failed.", crash(printed), { cause });
  } finally {
    signal?.removeEventListener("abort", stop);
  }
  signal?.throwIfAborted();
  if (reply === undefined) throw new ProgramCompileError("The compiler crashed.", crash(printed));
  return reply;
}

function isNotInstalled(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error)) return false;
  return error.code === "ERR_MODULE_NOT_FOUND" && error.message.includes("'assemblyscript'");
}

function crash(printed: string): string[] {
  return printed.trim() === "" ? [] : [printed.trim()];
}
