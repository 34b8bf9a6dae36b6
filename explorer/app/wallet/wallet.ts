import type { MarketContext } from "@assay/sdk";
import { createStore, type EIP6963ProviderDetail } from "mipd";
import { useSyncExternalStore } from "preact/compat";
import { custom, getAddress, toHex } from "viem";
import type { Market } from "../market/market.ts";

// EIP-6963: wallets say that they are there; nothing is injected that two could fight for.

const wallets = createStore();

/** A wallet's account that the reader has chosen. */
export interface Connected {
  wallet: EIP6963ProviderDetail;
  address: `0x${string}`;
}

let connected: Connected | undefined;
const listeners = new Set<() => void>();

function set(next: Connected | undefined): void {
  connected = next;
  for (const listener of listeners) listener();
}

/** Wallets of this browser. */
export function useWallets(): readonly EIP6963ProviderDetail[] {
  return useSyncExternalStore(
    (listener) => wallets.subscribe(listener),
    () => wallets.getProviders(),
  );
}

export function useConnected(): Connected | undefined {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => connected,
  );
}

/** Asks a wallet for an account. */
export async function connectWallet(wallet: EIP6963ProviderDetail): Promise<Connected> {
  const [account] = await wallet.provider.request({ method: "eth_requestAccounts" });
  if (account === undefined) throw new Error("The wallet gave no account.");
  const next = { wallet, address: getAddress(account) };
  set(next);
  wallet.provider.on("accountsChanged", ([first]) => {
    set(first === undefined ? undefined : { wallet, address: getAddress(first) });
  });
  return next;
}

/** A client that writes with the wallet's account, on the chain of the page. */
export async function writerOf(
  market: Market,
  { wallet, address }: Connected,
): Promise<MarketContext> {
  const chainId = toHex(market.chain.id);
  if ((await wallet.provider.request({ method: "eth_chainId" })) !== chainId) {
    await wallet.provider.request({
      method: "wallet_switchEthereumChain",
      params: [{ chainId }],
    });
  }
  return market.writer({ address, type: "json-rpc" }, custom(wallet.provider));
}
