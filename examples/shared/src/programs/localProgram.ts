interface Exports {
  memory: WebAssembly.Memory;
  alloc(length: number): number;
  run(address: number, length: number): bigint;
}

/** A program that runs in this process: what the local runs and the coordinator's own checks use. */
export interface LocalProgram {
  /**
   * Runs one task from the program's initial state, as a node does.
   * @throws WebAssembly.RuntimeError when it traps.
   */
  run(input: Uint8Array): Uint8Array;
}

export function createLocalProgram(wasm: Uint8Array): LocalProgram {
  const module = new WebAssembly.Module(new Uint8Array(wasm));
  return {
    run(input) {
      const { memory, alloc, run } = new WebAssembly.Instance(module).exports as unknown as Exports;
      const address = alloc(input.length) >>> 0;
      new Uint8Array(memory.buffer).set(input, address);
      const packed = BigInt.asUintN(64, run(address, input.length));
      const start = Number(packed >> 32n);
      return new Uint8Array(memory.buffer).slice(start, start + Number(packed & 0xffff_ffffn));
    },
  };
}
