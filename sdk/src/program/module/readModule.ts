import { InvalidProgramError } from "../errors/program.ts";
import { type BinaryReader, binaryReader } from "./binary.ts";
import { checkValueType, unsupported } from "./instructions.ts";
import {
  KIND,
  list,
  readSignature,
  SECTION,
  type Signature,
  skipExpression,
  skipGlobal,
} from "./sections.ts";

/** What is known of a module that the engine has found valid. Code and elements are left as they are. */
export interface Module {
  /** Bodies of the sections by id, custom sections left out. */
  sections: Map<number, Uint8Array>;
  types: Signature[];
  /** Type of each function, imported ones first. */
  functions: number[];
  importedFunctionCount: number;
  tables: Limits[];
  memories: Limits[];
  /** Whether each global can change, imported ones first. */
  globals: boolean[];
  exports: Map<string, { kind: number; index: number }>;
  startFunction: number | undefined;
  /** Whether each data segment waits for `memory.init`. */
  dataIsPassive: boolean[];
}

/** In elements of a table, or in pages of a memory. */
export interface Limits {
  min: number;
  max: number | undefined;
}

/** Hears of an import before its type is read. @param kind - one of {@link KIND}. */
type OnImport = (from: string, name: string, kind: number) => void;

/** @throws {@link InvalidProgramError} for what nodes do not run, code excepted. */
export function readModule(wasm: Uint8Array, onImport: OnImport = () => {}): Module {
  const module: Module = {
    sections: new Map(),
    types: [],
    functions: [],
    importedFunctionCount: 0,
    tables: [],
    memories: [],
    globals: [],
    exports: new Map(),
    startFunction: undefined,
    dataIsPassive: [],
  };
  const reader = binaryReader(wasm);
  reader.skip(8); // magic and version
  while (!reader.atEnd) {
    const id = reader.byte();
    const section = reader.slice(reader.u32());
    if (id === SECTION.custom) continue;
    module.sections.set(id, wasm.subarray(section.offset, reader.offset));
    readSection(module, { id, section, onImport });
  }
  return module;
}

function readSection(
  module: Module,
  { id, section, onImport }: { id: number; section: BinaryReader; onImport: OnImport },
): void {
  switch (id) {
    case SECTION.type:
      module.types = list(section, readSignature);
      break;
    case SECTION.import:
      for (let left = section.u32(); left > 0; left--) readImport(module, section, onImport);
      break;
    case SECTION.function:
      for (let left = section.u32(); left > 0; left--) module.functions.push(section.u32());
      break;
    case SECTION.table:
      for (let left = section.u32(); left > 0; left--) module.tables.push(readTable(section));
      break;
    case SECTION.memory:
      for (let left = section.u32(); left > 0; left--) module.memories.push(readMemory(section));
      break;
    case SECTION.global:
      for (let left = section.u32(); left > 0; left--) module.globals.push(skipGlobal(section));
      break;
    case SECTION.export:
      for (let left = section.u32(); left > 0; left--) {
        module.exports.set(section.name(), { kind: section.byte(), index: section.u32() });
      }
      break;
    case SECTION.start:
      module.startFunction = section.u32();
      break;
    case SECTION.data:
      for (let left = section.u32(); left > 0; left--) module.dataIsPassive.push(skipData(section));
      break;
    case SECTION.tag:
      throw unsupported("exceptions", id);
    default: // element, code, data count: they are copied, or read elsewhere
      break;
  }
}

function readImport(module: Module, section: BinaryReader, onImport: OnImport): void {
  const [from, name, kind] = [section.name(), section.name(), section.byte()];
  onImport(from, name, kind);
  switch (kind) {
    case KIND.function:
      module.functions.push(section.u32());
      module.importedFunctionCount += 1;
      break;
    case KIND.table:
      module.tables.push(readTable(section));
      break;
    case KIND.memory:
      module.memories.push(readMemory(section));
      break;
    case KIND.global:
      checkValueType(section);
      module.globals.push(section.byte() === 1);
      break;
    default:
      throw unsupported("exceptions", kind);
  }
}

/** Reads past a data segment, and says whether it is passive. */
function skipData(section: BinaryReader): boolean {
  const flags = section.u32();
  if (flags === 2) section.u32(); // the memory's index
  if (flags !== 1) skipExpression(section);
  section.skip(section.u32());
  return flags === 1;
}

function readTable(section: BinaryReader): Limits {
  const type = section.byte();
  if (type !== 0x70) throw unsupported("reference types", type);
  const flags = section.byte();
  if (flags > 1) throw unsupported("tables of 64 bits or shared ones", flags);
  return readLimits(section, flags);
}

function readMemory(section: BinaryReader): Limits {
  const flags = section.byte();
  if (flags > 1) {
    throw new InvalidProgramError(
      "PROGRAM_MEMORY",
      "its memory is shared, of 64 bits or of another page size. Use a plain one.",
    );
  }
  return readLimits(section, flags);
}

function readLimits(section: BinaryReader, flags: number): Limits {
  return { min: section.u32(), max: flags === 1 ? section.u32() : undefined };
}
