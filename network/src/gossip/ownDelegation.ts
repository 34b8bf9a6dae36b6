import { bytesToHex } from "@assay/sdk/protocol";
import type { Address, Hex, TypedDataDefinition } from "viem";
import { type Delegation, delegationTypedData, type MarketplaceRef } from "../wire/delegation.ts";

/** The account for which a peer speaks, as viem's local accounts are. */
export interface SpeakingAccount {
  readonly address: Address;
  signTypedData(parameters: TypedDataDefinition): Promise<Hex>;
}

/** How long a delegation counts, in seconds, and for how long at least it should still count when it is used. */
const LIFETIME_S = 30 * 86_400;
const RENEW_BELOW_S = 10 * 86_400;
const CHECK_MS = 3_600_000;

export interface OwnDelegation {
  current(): Delegation;
  stop(): void;
}

/**
 * Has the account sign that the peer speaks for it, and again before that expires.
 * @param peerKey - the peer's Ed25519 public key, 32 bytes.
 */
export async function keepDelegation(
  market: MarketplaceRef,
  { account, peerKey }: { account: SpeakingAccount; peerKey: Uint8Array },
): Promise<OwnDelegation> {
  async function signNew(): Promise<Delegation> {
    const expiresAt = Math.floor(Date.now() / 1_000) + LIFETIME_S;
    const delegation = { account: account.address, expiresAt };
    const typedData = delegationTypedData({
      ...market,
      ...delegation,
      peerKey: bytesToHex(peerKey),
    });
    return { ...delegation, signature: await account.signTypedData(typedData) };
  }

  let delegation = await signNew();
  const timer = setInterval(async () => {
    if (delegation.expiresAt - Date.now() / 1_000 > RENEW_BELOW_S) return;
    // A wallet that does not answer is asked again in an hour, for days.
    delegation = await signNew().catch(() => delegation);
  }, CHECK_MS);
  timer.unref();
  return { current: () => delegation, stop: () => clearInterval(timer) };
}
