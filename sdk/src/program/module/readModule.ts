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

/** What the transformation has to know of a module that the engine has found valid. */
export interface ParsedModule {
  /** Bodies of the sections by id, custom sections left out. */
  sections: Map<number, Uint8Array>;
  types: Signature[];
  /** Type of each function, imported ones first. */
  functions: number[];
  importedFunctionCount: number;
  /** Whether each global can change, imported ones first. */
  globals: boolean[];
  /** Pages that the memory may grow to, where there is a memory. */
  maxPages: number | undefined;
  startFunction: number | undefined;
  /** Whether each data segment waits for `memory.init`. */
  dataIsPassive: boolean[];
}

const MAX_PAGES = 65_536;

export function readModule(wasm: Uint8Array): ParsedModule {
  const module: ParsedModule = {
    sections: new Map(),
    types: [],
    functions: [],
    importedFunctionCount: 0,
    globals: [],
    maxPages: undefined,
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
    readSection(module, id, section);
  }
  return module;
}

function readSection(module: ParsedModule, id: number, section: BinaryReader): void {
  switch (id) {
    case SECTION.type:
      module.types = list(section, readSignature);
      break;
    case SECTION.import:
      for (let left = section.u32(); left > 0; left--) readImport(module, section);
      break;
    case SECTION.function:
      for (let left = section.u32(); left > 0; left--) module.functions.push(section.u32());
      break;
    case SECTION.table:
      for (let left = section.u32(); left > 0; left--) {
        checkTableType(section);
        readMaximum(section);
      }
      break;
    case SECTION.memory:
      for (let left = section.u32(); left > 0; left--) addMemory(module, section);
      break;
    case SECTION.global:
      for (let left = section.u32(); left > 0; left--) module.globals.push(skipGlobal(section));
      break;
    case SECTION.start:
      module.startFunction = section.u32();
      break;
    case SECTION.data:
      for (let left = section.u32(); left > 0; left--) module.dataIsPassive.push(skipData(section));
      break;
    default: // export, element, code: they are copied, or read elsewhere
      break;
  }
}

function readImport(module: ParsedModule, section: BinaryReader): void {
  section.name();
  section.name();
  switch (section.byte()) {
    case KIND.function:
      module.functions.push(section.u32());
      module.importedFunctionCount += 1;
      break;
    case KIND.table:
      checkTableType(section);
      readMaximum(section);
      break;
    case KIND.memory:
      addMemory(module, section);
      break;
    default:
      checkValueType(section);
      module.globals.push(section.byte() === 1);
      break;
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

function checkTableType(section: BinaryReader): void {
  const type = section.byte();
  if (type !== 0x70) throw unsupported("reference types", type);
}

/** Reads limits, and gives the larger one. */
function readMaximum(section: BinaryReader): number {
  const flags = section.byte();
  if (flags > 1) throw unsupported("memories or tables of 64 bits or shared ones", flags);
  section.u32();
  return flags === 1 ? section.u32() : MAX_PAGES;
}

/** Notes the one memory that there may be. */
function addMemory(module: ParsedModule, section: BinaryReader): void {
  if (module.maxPages !== undefined) throw unsupported("several memories", SECTION.memory);
  module.maxPages = readMaximum(section);
}
