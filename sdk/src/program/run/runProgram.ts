import { type LoadedTask, loadProgram, type RunProgramReturnType } from "./loadProgram.ts";

export interface RunProgramParameters extends LoadedTask {
  /** A program, as `compileProgram` makes it. */
  wasm: Uint8Array;
}

/**
 * Runs one task of a trusted program in this process, exactly as nodes run it, and measures its fuel. Use it to debug a program and to
 * price a job; for many tasks, {@link loadProgram} compiles once. It is no sandbox: it blocks this thread, and only fuel stops an endless
 * program.
 *
 * @throws {@link InvalidProgramError} when no node would run the program.
 * @throws {@link ProgramHostError} when this machine has too little memory or stack for it.
 */
export function runProgram({ wasm, ...task }: RunProgramParameters): RunProgramReturnType {
  return loadProgram(wasm).run(task);
}
