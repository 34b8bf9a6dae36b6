import type { Peer } from "@assay/network";
import { createMarketClient, type MarketClient } from "@assay/sdk";
import { type ParsedOptions, UsageError } from "@assay/worker/config";
import { readAccount } from "@assay/worker/keystore";
import { knownMarketplace } from "@assay/worker/process";
import type { Account } from "viem";
import { connect } from "../market/marketClient.ts";
import { isDevelopmentChain } from "../terminal/confirm.ts";
import type { chainOptions, importOptions, postOptions } from "./jobOptions.ts";

type ChainValues = ParsedOptions<typeof chainOptions> &
  Partial<Pick<ParsedOptions<typeof postOptions>, "proof">>;
type AccountValues = Pick<
  ParsedOptions<typeof postOptions>,
  "keystore" | "passwordFile" | "keyFile" | "dataDir"
>;
type NetworkValues = Pick<
  ParsedOptions<typeof importOptions>,
  "network" | "bootstrap" | "content" | "kuboRpc" | "gateway" | "contentFolder"
>;

/** Milliseconds between two looks at a chain on this machine. */
const LOCAL_POLLING_MS = 200;

/** A client that only reads: no key is asked for. */
export async function connectReader(values: ChainValues): Promise<MarketClient> {
  return createMarketClient(await marketOf(values));
}

/** A client that signs with the account that the options or the environment name. */
export async function connectWriter(
  values: ChainValues & AccountValues,
  environment: NodeJS.ProcessEnv,
): Promise<MarketClient> {
  const account = await readAccount(values, environment);
  return createMarketClient({ ...(await marketOf(values)), account });
}

/** A client with a place in the network, where it stores and finds contents and asks workers. */
export interface Member extends AsyncDisposable {
  client: MarketClient;
  peer: Peer;
}

export interface MemberOptions {
  account?: Account | undefined;
  /** Folder of the blocks. Default: in memory. */
  store?: string | undefined;
}

export async function connectMember(
  values: ChainValues & NetworkValues,
  { account, store }: MemberOptions = {},
): Promise<Member> {
  const market = await marketOf(values);
  const { chain, marketplace } = market;
  const { network = isDevelopmentChain(chain.id) ? "local" : "public" } = values;
  const reader = createMarketClient(market);
  await reader.getParameters(); // before anything is opened: is there a Marketplace?
  // The network's libraries are large, and most commands need none of them.
  const { createPeer } = await import("@assay/network");
  const peer = await createPeer({
    ...(store === undefined ? { memory: true } : { dataDir: store }),
    network,
    bootstrap: values.bootstrap,
    content: {
      ...{ backends: values.content, kuboRpc: values.kuboRpc },
      ...{ gateways: values.gateway, folder: values.contentFolder },
    },
    chainId: chain.id,
    marketplace,
    account: account?.type === "local" ? account : undefined,
  }).catch((cause: NodeJS.ErrnoException) => {
    if (store === undefined || cause.syscall === undefined) throw cause;
    throw new UsageError(
      `${store} cannot be used (${cause.code}): name another folder with --store.`,
      { cause },
    );
  });
  const { content, announcer, workers } = peer;
  const client = createMarketClient({ ...market, account, content, announcer, workers });
  return { client, peer, [Symbol.asyncDispose]: () => peer.stop() };
}

/** Job commands have no configuration file. */
const NO_CHAIN =
  "There is no chain: give its JSON-RPC with --rpc or ASSAY_RPC (`assay dev` prints it).";

async function marketOf({ confirmations, proof: arbiter, ...values }: ChainValues) {
  const { chain, transport } = await connect(values, NO_CHAIN);
  const marketplace = values.marketplace ?? knownMarketplace(chain.id);
  const pollingIntervalMs = isDevelopmentChain(chain.id) ? LOCAL_POLLING_MS : undefined;
  return { chain, transport, marketplace, arbiter, confirmations, pollingIntervalMs };
}
