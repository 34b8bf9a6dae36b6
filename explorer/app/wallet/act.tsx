import type { MarketContext } from "@assay/sdk";
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { isAddressEqual } from "viem";
import { useMarket } from "../market/market.ts";
import { Problem } from "../parts/notes.tsx";
import { Line } from "../parts/text.tsx";
import { Account } from "../parts/values.tsx";
import { connectWallet, useConnected, useWallets, writerOf } from "./wallet.ts";

/** Chooses a wallet, or says that there is none. */
export function WalletChoice() {
  const found = useWallets();
  const connected = useConnected();
  const [error, setError] = useState<unknown>();
  if (connected !== undefined) {
    return (
      <p class="wallet">
        <Line text={connected.wallet.info.name} most={40} />
        <Account address={connected.address} />
      </p>
    );
  }
  if (found.length === 0) {
    return <p class="faint">No wallet is in this browser, or it does not speak EIP-6963.</p>;
  }
  return (
    <div class="wallet">
      {found.map((wallet) => (
        <button
          key={wallet.info.uuid}
          type="button"
          class="quiet"
          onClick={() => {
            setError(undefined);
            connectWallet(wallet).catch(setError);
          }}
        >
          Connect <Line text={wallet.info.name} most={40} />
        </button>
      ))}
      {error !== undefined && <Problem error={error} />}
    </div>
  );
}

/**
 * A button that sends something with the wallet. Without a connected wallet it asks for one first.
 * @param by - the only account that may; others are told so.
 */
export function Act({
  label,
  by,
  act,
  done,
  children,
}: {
  label: string;
  by?: `0x${string}` | undefined;
  act: (writer: MarketContext, say: (step: string) => void) => Promise<unknown>;
  done: string;
  children?: ComponentChildren;
}) {
  const market = useMarket();
  const connected = useConnected();
  const [step, setStep] = useState<string>();
  const [error, setError] = useState<unknown>();
  const [isDone, setDone] = useState(false);

  async function run(): Promise<void> {
    if (connected === undefined) return;
    setError(undefined);
    setDone(false);
    setStep("Confirm it in your wallet…");
    try {
      await act(await writerOf(market, connected), setStep);
      setDone(true);
    } catch (problem) {
      setError(problem);
    } finally {
      setStep(undefined);
    }
  }

  if (connected === undefined) {
    return (
      <div class="act">
        {children}
        <WalletChoice />
      </div>
    );
  }
  const isOther = by !== undefined && !isAddressEqual(by, connected.address);
  return (
    <div class="act">
      {children}
      {isOther ? (
        <p class="faint">
          Only <Account address={by} /> can do this; the wallet has another account.
        </p>
      ) : (
        <button
          type="button"
          class="button"
          disabled={step !== undefined}
          onClick={() => void run()}
        >
          {label}
        </button>
      )}
      <p role="status">{step ?? (isDone ? done : "")}</p>
      {error !== undefined && <Problem error={error} />}
    </div>
  );
}
