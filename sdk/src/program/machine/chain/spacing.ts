import { CHUNK_BYTES } from "../blake3/compress.ts";
import type { MachineTask } from "../task/task.ts";

/** Steps of the host beside loading and hashing, and what roots of large contents take. */
const OTHER_STEPS = 512n;

/** Hashes in a move, as a power of two. */
const MOVE_BITS = 4n;

/** Steps between two states of a move: 16 to the power of the exponent. */
export const spacingOf = (exponent: number): bigint => 1n << (MOVE_BITS * BigInt(exponent));

/** The worker's first hashes in a dispute are of states 16 to the power of this steps apart: no execution within the job's limits takes more than 16 times as many. */
export function firstExponent({ machine, maxFuel, maxResultBytes, input }: MachineTask): number {
  const chunked = BigInt(2 * input.bytes.length + 4 * maxResultBytes) / BigInt(CHUNK_BYTES);
  const steps = BigInt(machine.stepsPerFuel) * maxFuel + machine.slack + OTHER_STEPS + chunked;
  let exponent = 0;
  while (spacingOf(exponent + 1) < steps) exponent += 1;
  return exponent;
}
