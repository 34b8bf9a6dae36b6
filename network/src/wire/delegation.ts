import { type Address, type Hex, recoverTypedDataAddress, type TypedDataDefinition } from "viem";

/** An account's word that a peer speaks for it. The account signs it once; each message of the peer carries it. */
export interface Delegation {
  account: Address;
  /** Unix seconds after which it is worth nothing. */
  expiresAt: number;
  /** The account's EIP-712 signature of {@link delegationTypedData}. */
  signature: Hex;
}

/** The Marketplace in whose network a delegation counts: one signed for another is worth nothing. */
export interface MarketplaceRef {
  chainId: number;
  marketplace: Address;
}

const TYPES = {
  PeerDelegation: [
    { name: "account", type: "address" },
    { name: "peerKey", type: "bytes32" },
    { name: "expiresAt", type: "uint64" },
  ],
} as const;

/**
 * What an account signs to let a peer speak for it.
 * @param peerKey - the peer's Ed25519 public key, 32 bytes, from which its peer id follows.
 */
export function delegationTypedData({
  chainId,
  marketplace,
  account,
  peerKey,
  expiresAt,
}: MarketplaceRef & Omit<Delegation, "signature"> & { peerKey: Hex }): TypedDataDefinition<
  typeof TYPES,
  "PeerDelegation"
> {
  return {
    domain: { name: "Assay Network", version: "1", chainId, verifyingContract: marketplace },
    types: TYPES,
    primaryType: "PeerDelegation",
    message: { account, peerKey, expiresAt: BigInt(expiresAt) },
  };
}

/** Whether the account itself, by its own key, signed this delegation. An account that is a contract has no key: its delegation is not seen here. */
export async function isSignedByAccount(
  market: MarketplaceRef,
  peerKey: Hex,
  { signature, ...delegation }: Delegation,
): Promise<boolean> {
  try {
    const typedData = delegationTypedData({ ...market, ...delegation, peerKey });
    const signer = await recoverTypedDataAddress({ ...typedData, signature });
    return signer.toLowerCase() === delegation.account.toLowerCase();
  } catch {
    return false; // no signature of any key
  }
}
