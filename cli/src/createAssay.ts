import { createPeer, type Peer } from "@assay/network";
import {
  createMarketClient,
  DeploymentUnknownError,
  deployments,
  type MarketClient,
} from "@assay/sdk";
import {
  type Account,
  type Address,
  type Chain,
  createPublicClient,
  defineChain,
  type Hex,
  http,
  isAddress,
  isHex,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { AccountMissingError, ChainMissingError } from "./errors.ts";

/** Where nothing is given, the environment is asked: `assay dev` prints what it needs. */
export interface AssayOptions {
  /** URL of the chain's JSON-RPC. Default: `ASSAY_RPC`. */
  rpc?: string | undefined;
  /** Who pays and signs, or its private key. Default: `ASSAY_PRIVATE_KEY`. */
  account?: Account | Hex | undefined;
  /** Default: `ASSAY_MARKETPLACE`, else the known deployment on the chain. */
  marketplace?: Address | undefined;
  /** Multiaddrs, with peer ids, of peers of the network. Default: `ASSAY_BOOTSTRAP`, separated by commas. */
  bootstrap?: readonly string[] | undefined;
  /** Where the environment is read. Default: the process's own. */
  environment?: Readonly<Record<string, string | undefined>> | undefined;
}

/** A client of a Marketplace with a place in the network, by which it stores contents and finds results. */
export interface Assay extends MarketClient {
  readonly peer: Peer;
  /** Leaves the network. Contents that nobody else has can be had no more. */
  close(): Promise<void>;
}

/** Chain ids of development nodes: their network is this machine. */
const LOCAL_CHAINS = [31_337, 1_337];
/** They answer in a millisecond. */
const LOCAL_POLLING_MS = 200;

/**
 * Everything that buying work takes: a chain, an account, a Marketplace and a peer that keeps its blocks in memory.
 *
 * @throws {@link ChainMissingError} {@link AccountMissingError} when nobody says which.
 * @throws {@link DeploymentUnknownError} when no Marketplace is given and none is known on the chain.
 */
export async function createAssay(options: AssayOptions = {}): Promise<Assay> {
  const { environment = process.env } = options;
  const rpc = options.rpc ?? environment.ASSAY_RPC;
  if (rpc === undefined || rpc === "") throw new ChainMissingError();
  const account = accountOf(options.account ?? environment.ASSAY_PRIVATE_KEY);
  const chain = await chainBehind(rpc);
  const marketplace = marketplaceOn(chain.id, options.marketplace ?? environment.ASSAY_MARKETPLACE);
  const listed = (environment.ASSAY_BOOTSTRAP ?? "").split(",").filter((text) => text !== "");
  const isLocal = LOCAL_CHAINS.includes(chain.id);
  const peer = await createPeer({
    memory: true,
    network: isLocal ? "local" : "public",
    bootstrap: options.bootstrap ?? listed,
    chainId: chain.id,
    marketplace,
  });
  const { content, announcer } = peer;
  const market = createMarketClient({
    chain,
    transport: http(rpc),
    account,
    marketplace,
    content,
    announcer,
    pollingIntervalMs: isLocal ? LOCAL_POLLING_MS : undefined,
  });
  return { ...market, peer, close: () => peer.stop() };
}

async function chainBehind(rpc: string): Promise<Chain> {
  const id = await createPublicClient({ transport: http(rpc) }).getChainId();
  return defineChain({
    id,
    name: `chain ${id}`,
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [rpc] } },
  });
}

function accountOf(account: Account | string | undefined): Account {
  if (account === undefined || account === "") {
    throw new AccountMissingError("There is no account");
  }
  if (typeof account !== "string") return account;
  if (!isHex(account) || account.length !== 66) {
    throw new AccountMissingError("The account's key is not one");
  }
  return privateKeyToAccount(account);
}

function marketplaceOn(chainId: number, given: string | undefined): Address {
  const marketplace = given || deployments[chainId]?.marketplace;
  if (marketplace === undefined || !isAddress(marketplace)) {
    throw new DeploymentUnknownError(chainId);
  }
  return marketplace;
}
