/**
 * What the blocks of a chain were seen to hold. Nearly all chains make hashes, roots and filters as Ethereum does, and some do not: what
 * never held tells of the chain, and what has held and holds no more, of the endpoint.
 */
export interface ChainHabits {
  /** A header's hash was that of its fields, which were these; `false` when it was not, in two blocks. */
  hashed: ReadonlySet<string> | false | undefined;
  /** A receipts root was that of the block's receipts. */
  rooted: boolean;
  /** A filter had something in it. */
  filtered: boolean;
}

export function unknownHabits(): ChainHabits {
  return { hashed: undefined, rooted: false, filtered: false };
}
