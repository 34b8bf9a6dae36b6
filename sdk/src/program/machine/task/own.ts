import { concatBytes } from "@noble/hashes/utils.js";
import { keccakInto } from "../../../protocol/hashes/keccak.ts";

/** What a state of loading or hashing has beside its header and trees. */
export interface Own {
  /** Of the block that is loaded, where the input has several. */
  digest: Uint8Array | undefined;
  /** Chaining values of the block that is hashed, of subtrees from left to right. */
  values: Uint8Array[];
  /** Digests of the blocks that are hashed. */
  links: Uint8Array[];
}

export const nothing = (): Own => ({ digest: undefined, values: [], links: [] });

const NONE = new Uint8Array(32);

/** What stands for it in the state's hash. */
export function ownHash({ digest, values, links }: Own): Uint8Array {
  if (digest !== undefined) return digest;
  if (values.length + links.length === 0) return NONE;
  const hash = new Uint8Array(32);
  keccakInto(concatBytes(...values, ...links), hash);
  return hash;
}
