import type { Address } from "viem";
import { hexToBytes } from "../hashes/hex.ts";
import { keccakInto } from "../hashes/keccak.ts";
import { sameHash } from "./tree.ts";

const HASH = 32;
const ADDRESS = 20;
/** So that no inner node of a tree passes for one, nor the other way round. */
const BOUND = 0x02;

/**
 * The root of a result tree as one worker alone can have committed to it: `keccak256(0x02 ‖ root ‖ worker)`. Who copies it out of a
 * transaction that waits to be mined can show no leaf under it.
 */
export function bindRoot(root: Uint8Array, worker: Address): Uint8Array {
  const message = new Uint8Array(1 + HASH + ADDRESS);
  message[0] = BOUND;
  message.set(root, 1);
  message.set(hexToBytes(worker), 1 + HASH);
  const bound = new Uint8Array(HASH);
  keccakInto(message, bound);
  return bound;
}

/** Whether what a worker committed to is this root: as it is, or bound to the worker. */
export function isRootOf(
  committed: Uint8Array,
  { root, worker }: { root: Uint8Array; worker: Address | undefined },
): boolean {
  return (
    sameHash(root, committed) ||
    (worker !== undefined && sameHash(bindRoot(root, worker), committed))
  );
}
