import type { Wallet } from "../context/marketContext.ts";

/** Nonces whose transactions somebody in this process waits for, by chain and account: nobody else has to look after them. */
const waiting = new Map<string, Set<number>>();

export function accountKey({ chain, account }: Wallet): string {
  return `${chain.id} ${account.address.toLowerCase()}`;
}

export function noncesWaitedFor(wallet: Wallet): ReadonlySet<number> {
  return waiting.get(accountKey(wallet)) ?? new Set();
}

export function addWaiter(wallet: Wallet, nonce: number): void {
  const key = accountKey(wallet);
  const nonces = waiting.get(key) ?? new Set();
  waiting.set(key, nonces.add(nonce));
}

export function removeWaiter(wallet: Wallet, nonce: number): void {
  const key = accountKey(wallet);
  const nonces = waiting.get(key);
  nonces?.delete(nonce);
  if (nonces?.size === 0) waiting.delete(key);
}
