import type { Address, Hex } from "viem";

/** What an operator may do in an account's name, and its bit in the contract's set. */
const bits = {
  /** Post and cancel its jobs, paid from its credit or from tokens that it approved. */
  request: 1n,
  /** Claim, submit and release batches with its stake. */
  work: 2n,
  /** Prepare, ask and reclaim questions. */
  question: 4n,
  /** Deposit, unbond and rebond its stake. */
  stake: 8n,
  /** Withdraw its stake and its credit, to wherever the operator says. */
  payout: 16n,
} as const;

/** What an operator may do in an account's name; `contracts/market/types/Rights.sol` says what each covers. */
export type Right = keyof typeof bits;

const names = Object.keys(bits) as Right[];

/** The contract's set of these rights. */
export function encodeRights(rights: readonly Right[]): bigint {
  return rights.reduce((set, right) => set | bits[right], 0n);
}

/** The rights in the contract's set. */
export function decodeRights(set: bigint): Right[] {
  return names.filter((name) => (set & bits[name]) !== 0n);
}

/** A call of the Marketplace that an account signed, for anybody to bring. */
export interface SignedCall {
  /** Who signed: by its key, or as a contract by ERC-1271. */
  account: Address;
  /** Selector and arguments; see `encodeCall`. */
  data: Hex;
  /** Wei that come along, exactly: whoever brings the call pays them. */
  value: bigint;
  /** Any number below 2²⁵⁶ that the account has not used; they need not be in order. */
  nonce: bigint;
  /** Last second (Unix time) at which it is good. */
  deadline: bigint;
}
