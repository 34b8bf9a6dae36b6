import type { Address, Hex } from "viem";

/** Permit2, the same on every chain: https://github.com/Uniswap/permit2 */
export const PERMIT2: Address = "0x000000000022D473030F116dDEE9F6B43aC78BA3";

/** The typed data by which a requester lets `Offers` take tokens for one offer, as viem's `signTypedData` takes it. */
export function permit2TypedData({
  offers,
  chainId,
  offer,
  token,
  amount,
  nonce,
  deadline,
}: {
  /** The contract `Offers`, which takes the tokens. */
  offers: Address;
  chainId: number;
  /** The offer's digest: the permit is good for no other. */
  offer: Hex;
  token: Address;
  /** The most that may be taken, in the token's smallest unit. */
  amount: bigint;
  /** One of Permit2, that the account has not used there. */
  nonce: bigint;
  /** Last second (Unix time) at which it is good. */
  deadline: bigint;
}) {
  return {
    domain: { name: "Permit2", chainId, verifyingContract: PERMIT2 },
    types: {
      PermitWitnessTransferFrom: [
        { name: "permitted", type: "TokenPermissions" },
        { name: "spender", type: "address" },
        { name: "nonce", type: "uint256" },
        { name: "deadline", type: "uint256" },
        { name: "offer", type: "bytes32" },
      ],
      TokenPermissions: [
        { name: "token", type: "address" },
        { name: "amount", type: "uint256" },
      ],
    },
    primaryType: "PermitWitnessTransferFrom",
    message: { permitted: { token, amount }, spender: offers, nonce, deadline, offer },
  } as const;
}
