import { createLocalProgram, type LocalProgram } from "../../shared/src/programs/localProgram.ts";
import { compile, type ProgramName } from "../src/programs/programs.ts";

const compiled = new Map<ProgramName, Promise<LocalProgram>>();

/** A program in this process, compiled once a test file. */
export function localProgram(name: ProgramName): Promise<LocalProgram> {
  const program = compiled.get(name) ?? compile(name).then(createLocalProgram);
  compiled.set(name, program);
  return program;
}
