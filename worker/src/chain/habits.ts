/**
 * The observed properties of a chain's blocks. Nearly all chains compute hashes, roots and filters as Ethereum does; some do not. A check
 * that never passed is a property of the chain. A check that passed before and fails now points to the endpoint.
 */
export interface ChainHabits {
  /** The header fields from which a block's hash could be computed; `false` if the hash did not match in two blocks. */
  hashed: ReadonlySet<string> | false | undefined;
  /** Whether a receipts root has matched the block's receipts. */
  rooted: boolean;
  /** Whether a filter has had bits set. */
  filtered: boolean;
}

export function unknownHabits(): ChainHabits {
  return { hashed: undefined, rooted: false, filtered: false };
}
