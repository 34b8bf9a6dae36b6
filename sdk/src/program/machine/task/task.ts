import { equals } from "multiformats/bytes";
import type { CID } from "multiformats/cid";
import { blake3 } from "#hashes";
import { toChainCid } from "../../../protocol/cid/chainCid.ts";
import { BLAKE3_CODE, DAG_CBOR_CODE, RAW_CODE } from "../../../protocol/cid/codec.ts";
import { MAX_BLOCK_BYTES } from "../../../protocol/content/content.ts";
import { hexToBytes } from "../../../protocol/hashes/hex.ts";
import { MAX_FUEL } from "../../abi/instrumented.ts";
import { InvalidProgramError } from "../../errors/program.ts";
import type { Machine } from "../image/machine.ts";
import { type LargerRoot, rootOf } from "./larger.ts";

/** Longest input and result of a task that can be proved, in bytes: the root of a longer one no longer fits into a transaction. */
export const MAX_PROVABLE_BYTES = 64 << 20;

/** Everything that the steps of one task follow from. */
export interface MachineTask {
  machine: Machine;
  maxFuel: bigint;
  maxResultBytes: number;
  input: {
    bytes: Uint8Array;
    /** The first four bytes of its CID. */
    prefix: number;
    digest: Uint8Array;
    /** Of an input of several blocks. */
    root: LargerRoot | undefined;
  };
}

/** @throws {@link InvalidProgramError} when the task cannot be proved. */
export function machineTask({
  machine,
  maxSteps,
  maxResultBytes,
  input,
}: {
  machine: Machine;
  maxSteps: bigint;
  maxResultBytes: number;
  input: { cid: CID; bytes: Uint8Array };
}): MachineTask {
  const { cid, bytes } = input;
  const tooLong = Math.max(bytes.length, maxResultBytes) > MAX_PROVABLE_BYTES;
  if (cid.multihash.code !== BLAKE3_CODE || tooLong) {
    throw new InvalidProgramError(
      "PROGRAM_FEATURE",
      `its task cannot be proved: inputs are named by BLAKE3, and they and results have ${MAX_PROVABLE_BYTES} bytes at most.`,
    );
  }
  const { prefix, digest } = toChainCid(cid);
  // A raw block above 1 MiB has no chunks that the machine would look for, and a root below has no blocks.
  if (isLarger(Number(prefix)) !== bytes.length > MAX_BLOCK_BYTES) {
    throw new InvalidProgramError(
      "PROGRAM_FEATURE",
      `its task cannot be proved: an input of up to ${MAX_BLOCK_BYTES} bytes is a raw block, a larger one a dag-cbor root. Name the input by putBytes.`,
    );
  }
  return {
    machine,
    maxFuel: maxSteps < MAX_FUEL ? maxSteps : MAX_FUEL,
    maxResultBytes,
    input: {
      ...{ bytes, prefix: Number(prefix), digest: hexToBytes(digest) },
      root: isLarger(Number(prefix)) ? rootOf(bytes) : undefined,
    },
  };
}

/**
 * Whether a proof about a task with this input is possible: the input's name is the one that the machine loads it by, BLAKE3 throughout.
 * @param bytes - that were read under `cid`.
 */
export function isProvableInput(cid: CID, bytes: Uint8Array): boolean {
  if (cid.multihash.code !== BLAKE3_CODE || bytes.length > MAX_PROVABLE_BYTES) return false;
  if (cid.code === RAW_CODE) return true;
  // Its blocks may be named by another hash.
  return equals(blake3(rootOf(bytes).bytes), cid.multihash.digest);
}

const isLarger = (prefix: number): boolean => ((prefix >>> 16) & 0xff) === DAG_CBOR_CODE;
