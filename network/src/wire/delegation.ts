import { bytesToHex, hashStruct, keccakOfHex, keccakOfText } from "@assay/sdk/protocol";
import type { Address, Hex, TypedDataDefinition } from "viem";
import { isSignedByKey } from "./accountSignature.ts";

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

const NAME = "Assay Network";
const VERSION = "1";
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
    domain: { name: NAME, version: VERSION, chainId, verifyingContract: marketplace },
    types: TYPES,
    primaryType: "PeerDelegation",
    message: { account, peerKey, expiresAt: BigInt(expiresAt) },
  };
}

/** Whether the account itself, by its own key, signed this delegation. An account that is a contract has no key: its delegation is not seen here. */
export function isSignedByAccount(
  market: MarketplaceRef,
  peerKey: Hex,
  delegation: Delegation,
): boolean {
  try {
    const digest = delegationHash(market, peerKey, delegation);
    return isSignedByKey(delegation.account, digest, delegation.signature);
  } catch {
    return false; // a number that no delegation can have
  }
}

const typeHash = (type: string) => bytesToHex(keccakOfText(type));
const DOMAIN_TYPE = typeHash(
  "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)",
);
const DELEGATION_TYPE = typeHash(
  "PeerDelegation(address account,bytes32 peerKey,uint64 expiresAt)",
);

/** The EIP-712 hash of {@link delegationTypedData}. viem has it, too, and 400 modules with it, which most peers do without. */
function delegationHash(
  { chainId, marketplace }: MarketplaceRef,
  peerKey: Hex,
  { account, expiresAt }: Delegation,
): Hex {
  const domain = hashStruct(
    {
      ...{ type: "bytes32", name: "bytes32", version: "bytes32" },
      ...{ chainId: "uint256", verifyingContract: "address" },
    } as const,
    {
      ...{ type: DOMAIN_TYPE, name: typeHash(NAME), version: typeHash(VERSION) },
      ...{ chainId, verifyingContract: marketplace },
    },
  );
  const message = hashStruct(
    { type: "bytes32", account: "address", peerKey: "bytes32", expiresAt: "uint64" } as const,
    { type: DELEGATION_TYPE, account, peerKey, expiresAt },
  );
  return keccakOfHex(`0x1901${domain.slice(2)}${message.slice(2)}`);
}
