import {
  type JuryContext,
  type MarketContext,
  memoryTransactionStore,
  type ProofContext,
} from "@assay/sdk";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import {
  type Account,
  type Chain,
  createPublicClient,
  createWalletClient,
  defineChain,
  http,
  type Transport,
  zeroAddress,
} from "viem";
import type { Settings } from "../config/settings.ts";
import { gatewayContent } from "./gateway.ts";

/** A Marketplace, as the pages see it. */
export interface Market {
  settings: Settings;
  chain: Chain;
  /** What the SDK's actions take. Each is imported by itself, so that the pages load no more of them than they use. */
  client: MarketContext;
  /** Those of the settings; a job may name others. */
  proof: ProofContext | undefined;
  jury: JuryContext | undefined;
  /** The same Marketplace, written to with an account. */
  writer(account: Account, transport: Transport): MarketContext;
}

/** Between two looks at the chain, in milliseconds. */
const POLL_MS = 1_000;

/** @throws viem's own errors when the endpoint is out of reach, or is none. */
export async function connectMarket(settings: Settings): Promise<Market> {
  const { rpc, marketplace, proof, jury, deployedAt, gateway, canStore } = settings;
  const transport = http(rpc, { batch: { batchSize: 20 }, timeout: 20_000 });
  const id = await createPublicClient({ transport }).getChainId();
  const chain = defineChain({
    ...{ id, name: `chain ${id}`, rpcUrls: { default: { http: [rpc] } } },
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
  });
  const content = gateway === undefined ? undefined : gatewayContent(gateway, { canStore });
  const client: MarketContext = {
    public: createPublicClient({ chain, transport, pollingInterval: POLL_MS }),
    ...{ wallet: undefined, marketplace, deployedAt, content },
    arbiter: proof ?? jury ?? zeroAddress,
    ...{ announcer: undefined, workers: undefined, offers: undefined, relay: undefined },
    ...{ confirmations: 1, pollingIntervalMs: POLL_MS, transactions: memoryTransactionStore() },
    ...{ maxFeePerGas: undefined, replaceAfterBlocks: 5, onTransaction: undefined },
  };
  return {
    ...{ settings, chain, client },
    proof: proof && { ...client, proof },
    jury: jury && { ...client, jury },
    writer: (account, wallet) => ({
      ...client,
      wallet: createWalletClient({ account, chain, transport: wallet }),
      transactions: memoryTransactionStore(),
    }),
  };
}

const Context = createContext<Market | undefined>(undefined);
export const MarketProvider = Context.Provider;

export function useMarket(): Market {
  const market = useContext(Context);
  if (market === undefined) throw new TypeError("there is no market around this");
  return market;
}
