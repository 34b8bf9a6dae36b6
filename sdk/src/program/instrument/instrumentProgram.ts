import { INSTRUMENTED_EXPORT, MAX_INSTRUMENTED_BYTES } from "../abi/instrumented.ts";
import { readProgram } from "../inspect/inspectProgram.ts";
import { binaryReader } from "../module/binary.ts";
import { unsupported } from "../module/instructions.ts";
import { MAX_PAGES } from "../module/memory.ts";
import { type Module, readModule } from "../module/readModule.ts";
import { KIND, SECTION, type Signature } from "../module/sections.ts";
import { ADDED_FUNCTION_TYPE, writeAddedFunctions } from "./addedFunctions.ts";
import { type ByteWriter, byteWriter } from "./byteWriter.ts";
import { planFunction } from "./planFunction.ts";
import { type Additions, tooLarge, writeFunction } from "./writeFunction.ts";
import {
  copySection,
  exportItem,
  type Item,
  writeList,
  writeSection,
  writeSignature,
} from "./writeSections.ts";

/** Most data segments of a module. */
const MAX_DATA_SEGMENTS = 100_000;

/**
 * Instruments a program for nodes. The resulting module counts its fuel and its stack, gives the same bits on every machine, and lets its
 * host reset it to its initial state. `docs/programs.md` specifies it to the byte; the same program gives the same bytes everywhere.
 *
 * @throws {@link InvalidProgramError} when it is no program, or is too large after instrumentation.
 */
export function instrumentProgram(wasm: Uint8Array): Uint8Array {
  return writeInstrumented(readProgram(wasm).module, wasm.length);
}

/** The same for any module that the engine has found valid and that uses nothing but what nodes run. */
export function instrumentModule(wasm: Uint8Array): Uint8Array {
  const module = readModule(wasm);
  if (module.memories.length > 1) throw unsupported("several memories", SECTION.memory);
  return writeInstrumented(module, wasm.length);
}

function writeInstrumented(module: Module, byteLength: number): Uint8Array {
  const types = typeTable(module.types);
  const additions = planAdditions(module, types.indexOf);
  // Written first: it decides which types are added.
  const code = writeCodeSection(module, additions);
  const hasMemory = module.memories.length > 0;

  const out = byteWriter(2 * byteLength + 1024);
  out.bytes([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  writeList(out, SECTION.type, {
    original: module.sections.get(SECTION.type),
    added: types.added.map((type) => (item) => writeSignature(item, type)),
  });
  copySection(out, module, SECTION.import);
  writeList(out, SECTION.function, {
    original: module.sections.get(SECTION.function),
    added: hasMemory
      ? [1, 2].map(() => (item) => item.u32(types.indexOf(ADDED_FUNCTION_TYPE)))
      : [],
  });
  copySection(out, module, SECTION.table);
  copySection(out, module, SECTION.memory);
  writeList(out, SECTION.global, {
    original: module.sections.get(SECTION.global),
    added: addedGlobals(additions),
  });
  writeList(out, SECTION.export, {
    original: module.sections.get(SECTION.export),
    added: addedExports(module, additions),
  });
  copySection(out, module, SECTION.element);
  const addedData = additions.droppedGlobals.size > 0 ? 1 : 0;
  if (module.sections.has(SECTION.dataCount)) {
    const dataCount = byteWriter();
    dataCount.u32(module.dataIsPassive.length + addedData);
    writeSection(out, SECTION.dataCount, dataCount);
  }
  if (code !== undefined) writeSection(out, SECTION.code, code);
  writeList(out, SECTION.data, {
    original: module.sections.get(SECTION.data),
    added: addedData > 0 ? [(item) => item.bytes([1, 0])] : [],
    limit: MAX_DATA_SEGMENTS,
  });
  if (out.length > MAX_INSTRUMENTED_BYTES) {
    throw tooLarge(`it has ${out.length} bytes when instrumented`, MAX_INSTRUMENTED_BYTES);
  }
  return out.view().slice();
}

/** The types of a module, and those that are added behind them in the order in which they are asked for. */
function typeTable(types: readonly Signature[]) {
  const indices = new Map<string, number>();
  const key = ({ parameters, results }: Signature) => `${parameters}>${results}`;
  for (const [index, type] of types.entries()) {
    if (!indices.has(key(type))) indices.set(key(type), index);
  }
  const added: Signature[] = [];
  return {
    added,
    indexOf(type: Signature): number {
      const known = indices.get(key(type));
      if (known !== undefined) return known;
      const index = types.length + added.length;
      indices.set(key(type), index);
      added.push(type);
      return index;
    },
  };
}

function planAdditions(
  module: Module,
  typeIndex: (type: Signature) => number,
): Additions & { globalCount: number } {
  const first = module.globals.length;
  const droppedGlobals = new Map<number, number>();
  for (const [data, passive] of module.dataIsPassive.entries()) {
    if (passive) droppedGlobals.set(data, first + 3 + droppedGlobals.size);
  }
  if (module.memories.length > 0) typeIndex(ADDED_FUNCTION_TYPE);
  return {
    fuelGlobal: first,
    depthGlobal: first + 1,
    stopGlobal: first + 2,
    chargeBytesFunction: module.functions.length,
    growFunction: module.functions.length + 1,
    droppedGlobals,
    emptyData: module.dataIsPassive.length,
    typeIndex,
    globalCount: first + 3 + droppedGlobals.size,
  };
}

function writeCodeSection(module: Module, additions: Additions): ByteWriter | undefined {
  const section = module.sections.get(SECTION.code);
  const hasMemory = module.memories.length > 0;
  if (section === undefined && !hasMemory) return undefined;
  const original = section ?? new Uint8Array([0]);
  const bodies = binaryReader(original);
  bodies.u32(); // how many there are
  const out = byteWriter(2 * original.length + 256);
  const scratch = byteWriter();
  let index = module.importedFunctionCount;
  out.u32(module.functions.length - index + (hasMemory ? 2 : 0));
  for (; index < module.functions.length; index++) {
    const signature = module.types[module.functions[index] as number] as Signature;
    const plan = planFunction(bodies.slice(bodies.u32()), signature, module);
    writeFunction(out, original, { plan, signature, additions, scratch });
    if (out.length > MAX_INSTRUMENTED_BYTES) {
      throw tooLarge(
        `it has more than ${MAX_INSTRUMENTED_BYTES} bytes when instrumented`,
        MAX_INSTRUMENTED_BYTES,
      );
    }
  }
  for (const { max = MAX_PAGES } of module.memories) writeAddedFunctions(out, max, additions);
  return out;
}

function addedGlobals({ droppedGlobals }: Additions): Item[] {
  const zero =
    (type: number, constant: number): Item =>
    (item) =>
      item.bytes([type, 1, constant, 0, 0x0b]);
  return [
    zero(0x7e, 0x42), // fuel
    zero(0x7f, 0x41), // depth
    zero(0x7f, 0x41), // stop
    ...Array.from(droppedGlobals, () => zero(0x7f, 0x41)),
  ];
}

function addedExports(module: Module, additions: Additions): Item[] {
  const { fuelGlobal, depthGlobal, stopGlobal, droppedGlobals } = additions;
  const state = [
    ...module.globals.keys().filter((index) => module.globals[index]),
    ...droppedGlobals.values(),
  ];
  return [
    exportItem(INSTRUMENTED_EXPORT.fuel, KIND.global, fuelGlobal),
    exportItem(INSTRUMENTED_EXPORT.depth, KIND.global, depthGlobal),
    exportItem(INSTRUMENTED_EXPORT.stop, KIND.global, stopGlobal),
    ...(module.startFunction === undefined
      ? []
      : [exportItem(INSTRUMENTED_EXPORT.start, KIND.function, module.startFunction)]),
    ...state.map((index) =>
      exportItem(`${INSTRUMENTED_EXPORT.global}${index}`, KIND.global, index),
    ),
  ];
}
