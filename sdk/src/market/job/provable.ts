import { CID } from "multiformats/cid";
import { type Hex, zeroHash } from "viem";
import type { ProgramMachine } from "../../program/machine/image/programMachine.ts";
import { MAX_PROVABLE_BYTES } from "../../program/machine/task/task.ts";
import { BLAKE3_CODE } from "../../protocol/cid/codec.ts";
import { jobDefaults } from "../../protocol/job/defaults.ts";
import type { InputEntry } from "../../protocol/job/job.ts";
import { InvalidTermsError, UnprovableJobError } from "../errors/job.ts";

/**
 * Checks the root that a job is to name against its program's.
 *
 * @throws {@link InvalidTermsError} when it is neither that nor zero.
 * @throws {@link UnprovableJobError} when a proof arbiter could decide nothing.
 */
export function checkMachineRoot(
  { root, reason }: ProgramMachine,
  { given, isProof }: { given: Hex | undefined; isProof: boolean },
): Hex {
  const named = given?.toLowerCase() ?? root;
  if (named !== root && named !== zeroHash) {
    throw new InvalidTermsError("machineRoot", given, `${root}, the program's own, or nothing`);
  }
  if (isProof && named === zeroHash) {
    throw new UnprovableJobError(reason ?? "its machineRoot is zero: leave that out");
  }
  return named as Hex;
}

/** @throws {@link UnprovableJobError} when results may be longer than a proof arbiter could decide about. */
export function checkProvableLimits({
  maxResultBytes = jobDefaults.maxResultBytes,
}: {
  maxResultBytes?: number | undefined;
}): void {
  if (maxResultBytes <= MAX_PROVABLE_BYTES) return;
  throw new UnprovableJobError(
    `its results may have ${maxResultBytes} bytes: give ${MAX_PROVABLE_BYTES} as maxResultBytes, or fewer`,
  );
}

/** @throws {@link UnprovableJobError} when an input is one that no proof is possible about. Of a CID alone the length is not known yet. */
export function checkProvableInput(input: unknown, position: number): void {
  const entry = input as Partial<InputEntry> | null;
  const cid = CID.asCID(input) ?? CID.asCID(entry?.cid);
  if (cid !== null && cid.multihash.code !== BLAKE3_CODE) {
    throw new UnprovableJobError(
      `input ${position} is named by another hash than BLAKE3 (${cid}): give its bytes`,
    );
  }
  const byteLength = input instanceof Uint8Array ? input.length : entry?.byteLength;
  if (typeof byteLength === "number" && byteLength > MAX_PROVABLE_BYTES) {
    throw new UnprovableJobError(
      `input ${position} has ${byteLength} bytes, and may have ${MAX_PROVABLE_BYTES}: split the task`,
    );
  }
}

/** Passes on entries that can be proved. */
export async function* provableEntries(
  entries: AsyncIterable<InputEntry>,
): AsyncGenerator<InputEntry, void, undefined> {
  let position = 0;
  for await (const entry of entries) {
    checkProvableInput(entry, position++);
    yield entry;
  }
}
