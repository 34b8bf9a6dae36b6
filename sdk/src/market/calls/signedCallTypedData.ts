import type { Address } from "viem";
import type { SignedCall } from "./rights.ts";

/** The typed data that an account signs (EIP-712), as viem's `signTypedData` takes it. */
export function signedCallTypedData({
  marketplace,
  chainId,
  call,
}: {
  marketplace: Address;
  chainId: number;
  call: SignedCall;
}) {
  return {
    domain: {
      name: "Assay Marketplace",
      version: "1",
      chainId,
      verifyingContract: marketplace,
    },
    types: {
      Call: [
        { name: "account", type: "address" },
        { name: "data", type: "bytes" },
        { name: "value", type: "uint256" },
        { name: "nonce", type: "uint256" },
        { name: "deadline", type: "uint256" },
      ],
    },
    primaryType: "Call",
    message: call,
  } as const;
}
