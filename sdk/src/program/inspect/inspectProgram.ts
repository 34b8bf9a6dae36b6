import { RESERVED_PREFIX } from "../abi/instrumented.ts";
import { InvalidProgramError } from "../errors/program.ts";
import { type BinaryReader, binaryReader, malformed } from "../module/binary.ts";
import { checkInstructions, checkValueType } from "../module/instructions.ts";
import { type Module, readModule } from "../module/readModule.ts";
import { describeSignature, I32, I64, KIND, list, SECTION } from "../module/sections.ts";

/** Longest program, in bytes. */
export const MAX_PROGRAM_BYTES = 16 * 2 ** 20;

/** Most elements of all tables together: tables are memory that `memoryPages` does not count. */
const MAX_TABLE_ELEMENTS = 65_536;

/** Most mutable globals: a node sets each of them back between two tasks, and no fuel is charged for that. */
const MAX_MUTABLE_GLOBALS = 1_024;

export interface ProgramInfo {
  /** In pages of 64 KiB: what it starts with, and what it may grow to. */
  memory: { minPages: number; maxPages: number };
  byteLength: number;
}

/**
 * Checks that a module is a program (`docs/programs.md`), without running anything of it: no imports, the exports
 * `memory`, `alloc(i32) → i32` and `run(i32, i32) → i64`, one memory with a declared maximum, and only such
 * instructions as nodes run.
 *
 * @throws {@link InvalidProgramError} that names what is wrong.
 */
export function inspectProgram(wasm: Uint8Array): ProgramInfo {
  return readProgram(wasm).info;
}

/** The same, with the module as it was read. */
export function readProgram(wasm: Uint8Array): { info: ProgramInfo; module: Module } {
  if (wasm.length > MAX_PROGRAM_BYTES) {
    throw new InvalidProgramError(
      "PROGRAM_TOO_LARGE",
      `it has ${wasm.length} bytes. Keep it below ${MAX_PROGRAM_BYTES}: move data into the inputs.`,
    );
  }
  checkValid(wasm);

  const module = readModule(wasm, refuseImport);
  checkTables(module);
  checkGlobals(module);
  checkNames(module);
  checkCode(module);
  checkSignature(module, "alloc", [I32], [I32]);
  checkSignature(module, "run", [I32, I32], [I64]);
  return { info: { memory: memoryOf(module), byteLength: wasm.length }, module };
}

/** How a component begins: in the place of a module's version 1 is its own, of layer 1. */
const COMPONENT = [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00];

/** The engine's own validation; everything below may rely on it for order and structure. */
export function checkValid(wasm: Uint8Array): void {
  // Browsers take no shared memory here, and nobody has any.
  const bytes = wasm as Uint8Array<ArrayBuffer>;
  if (WebAssembly.validate(bytes)) return;
  if (COMPONENT.every((byte, index) => wasm[index] === byte)) {
    throw new InvalidProgramError(
      "PROGRAM_MALFORMED",
      "it is a component, which WASI preview 2 and later make. Build a module instead: for WASI preview 1 (wasm32-wasip1), and link it with `assay program build`.",
    );
  }
  let cause: unknown;
  try {
    // Compiling says what validating does not: where and why.
    new WebAssembly.Module(bytes);
  } catch (error) {
    cause = error;
  }
  throw malformed(cause instanceof Error ? cause.message : "the engine does not accept it", cause);
}

/** What commands of WASI preview 1 import from. */
export const WASI_MODULE = "wasi_snapshot_preview1";

function refuseImport(from: string, name: string): never {
  if (from === WASI_MODULE) {
    throw new InvalidProgramError(
      "PROGRAM_HAS_IMPORTS",
      `it imports ${from}.${name}, as commands of WASI do. Link it to a program first: \`linkWasi\`, or \`assay program build\`.`,
    );
  }
  throw new InvalidProgramError(
    "PROGRAM_HAS_IMPORTS",
    `it imports ${from}.${name}. A program is a pure function and may import nothing: leave out what needs a clock, randomness, a console, files or a network.`,
  );
}

function checkTables({ tables }: Module): void {
  const elements = tables.reduce((sum, { min }) => sum + min, 0);
  if (elements > MAX_TABLE_ELEMENTS) {
    throw new InvalidProgramError(
      "PROGRAM_MEMORY",
      `its tables have ${elements} elements. Keep them at ${MAX_TABLE_ELEMENTS} or below.`,
    );
  }
}

function checkGlobals({ globals }: Module): void {
  const mutable = globals.reduce((count, isMutable) => count + (isMutable ? 1 : 0), 0);
  if (mutable > MAX_MUTABLE_GLOBALS) {
    throw new InvalidProgramError(
      "PROGRAM_TOO_LARGE",
      `it has ${mutable} mutable globals. Keep them at ${MAX_MUTABLE_GLOBALS} or below: move them into the memory.`,
    );
  }
}

function checkNames({ exports }: Module): void {
  for (const name of exports.keys()) {
    if (!name.startsWith(RESERVED_PREFIX)) continue;
    throw new InvalidProgramError(
      "PROGRAM_EXPORT",
      `it exports \`${name}\`, and names that begin with \`${RESERVED_PREFIX}\` are the node's own. Give it another name.`,
    );
  }
}

function checkCode({ sections }: Module): void {
  const code = sections.get(SECTION.code);
  if (code !== undefined) list(binaryReader(code), checkFunction);
}

function checkFunction(reader: BinaryReader): void {
  const body = reader.slice(reader.u32());
  for (let groups = body.u32(); groups > 0; groups--) {
    body.u32();
    checkValueType(body);
  }
  checkInstructions(body);
}

/** The one memory that a program has and exports. */
function memoryOf({ memories, exports }: Module): ProgramInfo["memory"] {
  if (exports.get("memory")?.kind !== KIND.memory) {
    throw new InvalidProgramError(
      "PROGRAM_EXPORT",
      "it does not export its memory as `memory`. Export it under that name.",
    );
  }
  const [memory, ...others] = memories;
  if (memory === undefined || others.length > 0) {
    throw new InvalidProgramError(
      "PROGRAM_MEMORY",
      "it has more than one memory. Build it with a single one.",
    );
  }
  const { min: minPages, max: maxPages } = memory;
  if (maxPages === undefined) {
    throw new InvalidProgramError(
      "PROGRAM_MEMORY",
      "its memory declares no maximum. Give one (AssemblyScript: --maximumMemory, LLVM: --max-memory); a job's memoryPages must be as large.",
    );
  }
  return { minPages, maxPages };
}

function checkSignature(
  module: Module,
  name: string,
  parameters: number[],
  results: number[],
): void {
  const entry = module.exports.get(name);
  const type = module.types[module.functions[entry?.index ?? -1] ?? -1];
  const expected = describeSignature({ parameters, results });
  if (entry?.kind !== KIND.function || type === undefined) {
    throw new InvalidProgramError(
      "PROGRAM_EXPORT",
      `it exports no function \`${name}\`. Export \`${name}\` as ${expected}.`,
    );
  }
  if (describeSignature(type) !== expected) {
    throw new InvalidProgramError(
      "PROGRAM_EXPORT",
      `its \`${name}\` is ${describeSignature(type)}. Make it ${expected}.`,
    );
  }
}
