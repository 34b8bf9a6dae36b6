import { jobDefaults } from "@assay/sdk/protocol";
import type { RunLimits } from "./runner.ts";

/** What a task may take, with nothing left to defaults. */
export type TaskLimits = { [Name in keyof RunLimits]-?: NonNullable<RunLimits[Name]> };

/** @throws RangeError for limits that no job can have. */
export function limitsOf({ maxSteps, maxResultBytes }: RunLimits = {}): TaskLimits {
  const limits = {
    maxSteps: maxSteps ?? jobDefaults.maxSteps,
    maxResultBytes: maxResultBytes ?? jobDefaults.maxResultBytes,
  };
  if (limits.maxSteps < 0n) throw new RangeError(`maxSteps is 0 or more, not ${maxSteps}`);
  if (!Number.isInteger(limits.maxResultBytes) || limits.maxResultBytes < 0) {
    throw new RangeError(`maxResultBytes is a whole number from 0 on, not ${maxResultBytes}`);
  }
  return limits;
}
