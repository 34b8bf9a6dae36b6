import { type Hex, zeroHash } from "viem";
import type { AbortOptions } from "../../../concurrency/abortOptions.ts";
import { InvalidProgramError } from "../../errors/program.ts";
import { machineRootOf } from "./machine.ts";

/** A program's machine root; zero, and why, of a program that has none. */
export type ProgramMachine =
  | { root: Hex; reason?: undefined }
  | { root: typeof zeroHash; reason: string };

/** @param instrumented - the program, instrumented. */
export async function programMachine(
  instrumented: Uint8Array,
  options: AbortOptions = {},
): Promise<ProgramMachine> {
  try {
    return { root: await machineRootOf(instrumented, options) };
  } catch (error) {
    if (!(error instanceof InvalidProgramError)) throw error;
    return { root: zeroHash, reason: error.shortMessage };
  }
}
