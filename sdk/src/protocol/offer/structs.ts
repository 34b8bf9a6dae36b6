// The structs of `contracts/offers/types/Offer.sol`, in the order in which they are hashed.

/** Fields of `Offer` besides its terms. */
export const OFFER = {
  minReward: "uint96",
  maxReward: "uint96",
  rampFrom: "uint40",
  rampSeconds: "uint32",
  takeUntil: "uint40",
  limit: "uint256",
  fee: "uint96",
  selector: "address",
  awardUntil: "uint40",
  turnSeconds: "uint32",
  bidBond: "uint96",
  nonce: "uint256",
} as const;

export const BID = {
  offer: "bytes32",
  worker: "address",
  reward: "uint96",
  workSeconds: "uint32",
  goodUntil: "uint40",
  nonce: "uint256",
} as const;

export const AWARD = {
  offer: "bytes32",
  firstBatch: "uint32",
  batchCount: "uint32",
  winner: "address",
  backup: "address",
  reward: "uint96",
  from: "uint40",
  bid: "bytes32",
} as const;
