/** What an instrumented program exports (`docs/programs.md`). */
export interface ProgramExports {
  memory: WebAssembly.Memory;
  alloc(byteLength: number): number;
  run(address: number, byteLength: number): bigint;
  assay_fuel: WebAssembly.Global<bigint>;
  assay_depth: WebAssembly.Global<number>;
  assay_stop: WebAssembly.Global<number>;
  assay_start?(): void;
}

/** A compiled program, and the instance that may serve the next task too. */
export interface LoadedProgram {
  /**
   * An instance in the program's initial state, before its start function.
   *
   * @throws what the engine throws when memory or a data segment does not fit.
   */
  take(): ProgramExports;
  /** After a task that came to its end: the instance is used again where it can be put back. */
  giveBack(instance: ProgramExports): void;
}

/** Up to so much memory, putting an instance back is faster than making one, and worth keeping it. */
const MAX_RESET_BYTES = 16 << 20;
const MAX_RESET_GLOBALS = 256;
const GLOBAL_PREFIX = "assay_global_";

type StateGlobal = WebAssembly.Global<number | bigint>;

/** All state that a program can change, as it is when an instance was made. */
interface InitialState {
  memoryBytes: number;
  /** Where memory is not zero. */
  extents: { address: number; bytes: Uint8Array }[];
  globals: { name: string; value: number | bigint }[];
}

/** @throws WebAssembly.CompileError */
export function loadProgram(wasm: Uint8Array<ArrayBuffer>): LoadedProgram {
  const module = new WebAssembly.Module(wasm);
  let tasks = 0;
  let initial: InitialState | undefined;
  let idle: ProgramExports | undefined;

  return {
    take() {
      const kept = idle;
      idle = undefined;
      if (kept !== undefined && initial !== undefined) {
        putBack(kept, initial);
        return kept;
      }
      const instance = new WebAssembly.Instance(module).exports as unknown as ProgramExports;
      tasks++;
      // A program that runs once, as in an audit, is not worth reading its memory through.
      if (tasks > 1) initial ??= initialStateOf(instance);
      return instance;
    },
    giveBack(instance) {
      // Memory that grew does not shrink again.
      if (instance.memory.buffer.byteLength === initial?.memoryBytes) idle = instance;
    },
  };
}

/** Undefined if it is too large, or cannot be put back to the last bit. */
function initialStateOf(instance: ProgramExports): InitialState | undefined {
  const memoryBytes = instance.memory.buffer.byteLength;
  if (memoryBytes > MAX_RESET_BYTES) return undefined;
  const globals = Object.entries(instance)
    .filter(([name]) => name.startsWith(GLOBAL_PREFIX))
    .map(([name, global]) => ({ name, value: (global as StateGlobal).value }));
  if (globals.length > MAX_RESET_GLOBALS) return undefined;
  // JavaScript does not keep a NaN's bits.
  if (globals.some(({ value }) => Number.isNaN(value))) return undefined;
  return { memoryBytes, extents: extentsOf(instance.memory.buffer), globals };
}

function putBack(instance: ProgramExports, { extents, globals }: InitialState): void {
  const memory = new Uint8Array(instance.memory.buffer);
  memory.fill(0);
  for (const { address, bytes } of extents) memory.set(bytes, address);
  const exports = instance as unknown as Record<string, StateGlobal>;
  for (const { name, value } of globals) (exports[name] as StateGlobal).value = value;
}

/** The parts of a memory that are not zero, by blocks of 1 KiB. */
function extentsOf(memory: ArrayBuffer): InitialState["extents"] {
  const blockBytes = 1_024;
  const words = new Uint32Array(memory);
  const extents: { address: number; end: number }[] = [];
  for (let address = 0; address < memory.byteLength; address += blockBytes) {
    let bits = 0;
    for (let i = address / 4; i < (address + blockBytes) / 4; i++) bits |= words[i] as number;
    if (bits === 0) continue;
    const last = extents.at(-1);
    if (last?.end === address) last.end += blockBytes;
    else extents.push({ address, end: address + blockBytes });
  }
  return extents.map(({ address, end }) => ({
    address,
    bytes: new Uint8Array(memory.slice(address, end)),
  }));
}
