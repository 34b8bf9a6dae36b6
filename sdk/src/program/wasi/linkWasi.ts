import { InvalidProgramError } from "../errors/program.ts";
import { WasiLinkError } from "../errors/wasi.ts";
import { checkValid, inspectProgram, WASI_MODULE } from "../inspect/inspectProgram.ts";
import { MAX_PAGES, PAGE_BYTES } from "../module/memory.ts";
import { type Module, readModule } from "../module/readModule.ts";
import { describeSignature, KIND, type Signature } from "../module/sections.ts";
import { wasiSignature } from "./calls.ts";
import { packImage, regionBytes, type WasiEnvironment } from "./image.ts";
import { writeLinked } from "./writeLinked.ts";

/** Memory of a program whose author does not say, in pages of 64 KiB: 64 MiB. */
export const DEFAULT_WASI_MEMORY_PAGES = 1_024;

export interface LinkWasiParameters extends WasiEnvironment {
  /** A command of WASI preview 1: it imports from `wasi_snapshot_preview1` alone, and exports `_start` and `memory`. */
  wasm: Uint8Array;
  /** Most memory it may use, input and result included, in pages of 64 KiB. Default: {@link DEFAULT_WASI_MEMORY_PAGES}. */
  memoryPages?: number | undefined;
}

/**
 * Links a command of WASI preview 1 to a program: standard input is the task's input, standard output its result. What
 * else it finds is in `docs/programs.md`. The same module and the same environment give the same bytes.
 *
 * @throws {@link WasiLinkError} when it is no such command, or something cannot be packed in.
 * @throws {@link InvalidProgramError} when it uses what nodes do not run.
 */
export function linkWasi({
  wasm,
  memoryPages = DEFAULT_WASI_MEMORY_PAGES,
  ...environment
}: LinkWasiParameters): Uint8Array {
  if (!Number.isInteger(memoryPages) || memoryPages < 1 || memoryPages > MAX_PAGES) {
    throw new RangeError(
      `memoryPages is a whole number from 1 to ${MAX_PAGES}, not ${memoryPages}`,
    );
  }
  checkValid(wasm);
  const imports: string[] = [];
  const command = readModule(wasm, (from, name, kind) => {
    const isFunction = kind === KIND.function && wasiSignature(name) !== undefined;
    if (from !== WASI_MODULE || !isFunction) throw unknownImport(from, name);
    imports.push(name);
  });
  checkImports(command, imports);
  const start = startOf(command);
  const image = packImage(environment);
  checkMemory(command, memoryPages, image);
  const linked = writeLinked({ command, imports, start, memoryPages, image });
  checkSize(linked);
  inspectProgram(linked);
  return linked;
}

/** The command was valid, and what is added is: only an engine's limits of size are left to be broken. */
function checkSize(linked: Uint8Array): void {
  try {
    checkValid(linked);
  } catch (cause) {
    throw new InvalidProgramError(
      "PROGRAM_TOO_LARGE",
      "linked, it has more types, functions, globals or data segments, or a longer function, than an engine takes. Build it smaller: without what it does not use, and without inlining.",
      { cause },
    );
  }
}

/**
 * Whether a module is to be linked before it can be a program: it imports from WASI preview 1, or begins as its commands do.
 * {@link linkWasi} tells what else may be wrong with it.
 *
 * @throws {@link InvalidProgramError} when it is no valid module.
 */
export function isWasiModule(wasm: Uint8Array): boolean {
  checkValid(wasm);
  let isImporting = false;
  const { exports } = readModule(wasm, (from) => {
    isImporting ||= from === WASI_MODULE;
  });
  return isImporting || (exports.has("_start") && !exports.has("run"));
}

function unknownImport(from: string, name: string): WasiLinkError {
  return new WasiLinkError(
    "WASI_UNKNOWN_IMPORT",
    `The module imports ${from}.${name}, which WASI preview 1 does not have. Build it for wasm32-wasip1, without threads, and leave out what needs another host.`,
  );
}

function checkImports({ types, functions }: Module, imports: readonly string[]): void {
  for (const [index, name] of imports.entries()) {
    const expected = describeSignature(wasiSignature(name) as Signature);
    const actual = describeSignature(types[functions[index] as number] as Signature);
    if (actual === expected) continue;
    throw new WasiLinkError(
      "WASI_UNKNOWN_IMPORT",
      `The module imports ${WASI_MODULE}.${name} as ${actual}, and WASI preview 1 has it as ${expected}. Build it against preview 1.`,
    );
  }
}

function startOf({ types, functions, exports }: Module): number {
  const entry = exports.get("_start");
  const type = types[functions[entry?.index ?? -1] ?? -1];
  if (entry?.kind === KIND.function && type !== undefined) {
    if (type.parameters.length === 0 && type.results.length === 0) return entry.index;
  }
  throw new WasiLinkError(
    "WASI_NOT_A_COMMAND",
    exports.has("_initialize")
      ? "The module is a reactor: it exports `_initialize` and no `_start`. Build it as a command, with a `main` (LLVM: without -mexec-model=reactor, Go: without -buildmode=c-shared, Rust: a binary and no cdylib)."
      : "The module exports no function `_start` without parameters and results. Build it as a command, with a `main`.",
  );
}

function checkMemory({ memories, exports }: Module, memoryPages: number, image: Uint8Array): void {
  const [memory] = memories;
  if (memory === undefined || exports.get("memory")?.kind !== KIND.memory) {
    throw new WasiLinkError(
      "WASI_NOT_A_COMMAND",
      "The module exports no memory of its own as `memory`, which WASI asks for. Build it as a command.",
    );
  }
  if (memories.length > 1) {
    throw new InvalidProgramError(
      "PROGRAM_MEMORY",
      "it has more than one memory. Build it with a single one.",
    );
  }
  const least = memory.min + Math.ceil(regionBytes(image) / PAGE_BYTES);
  if (least <= memoryPages) return;
  throw new InvalidProgramError(
    "PROGRAM_MEMORY",
    `it begins with ${memory.min} pages of memory, and takes ${least - memory.min} for its open files and the names of those packed in, and more for input and result. Allow ${least} pages at least; it may use ${memoryPages} now.`,
  );
}
