import {
  type ContentBackend,
  type ContentOptions,
  createPeer,
  KuboUnreachableError,
  NoGatewayError,
  type Peer,
} from "@assay/network";
import { AssayError, createMarketClient, deployments, type MarketClient } from "@assay/sdk";
import { type FiledDeployment, readDeployments } from "@assay/worker/process";
import {
  type Account,
  type Address,
  type Chain,
  createPublicClient,
  defineChain,
  type Hex,
  http,
  isAddress,
  type Transport,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { AssaySetupError } from "./errors.ts";

/** Options that are not given are read from the environment: `assay dev` prints the variables. */
export interface AssayOptions {
  /** URL of the chain's JSON-RPC, `http:` or `https:`. Default: `ASSAY_RPC`. */
  rpc?: string | undefined;
  /** The account that pays and signs, or its private key. Default: `ASSAY_PRIVATE_KEY`. */
  account?: Account | Hex | undefined;
  /** Default: `ASSAY_MARKETPLACE`, else that in the file `ASSAY_DEPLOYMENT`, else the known deployment on the chain. */
  marketplace?: Address | undefined;
  /** Multiaddrs, with peer ids, of peers of the network. Default: `ASSAY_BOOTSTRAP`, separated by commas. */
  bootstrap?: readonly string[] | undefined;
  /**
   * Where contents are stored and read: `helia` (the network itself), `kubo` (a Kubo node), `gateway` (trustless gateways, which only read).
   * Default: `ASSAY_CONTENT`, `ASSAY_KUBO_RPC` and `ASSAY_GATEWAY`, with commas between several; else `helia`.
   */
  content?: ContentOptions | undefined;
  /** Where the environment is read. Default: the process's own. */
  environment?: Readonly<Record<string, string | undefined>> | undefined;
}

/** A client of a Marketplace with a place in the network, by which it stores contents and finds results. */
export interface Assay extends MarketClient {
  readonly peer: Peer;
  /** Leaves the network. Contents that nobody else has are not available any more. */
  close(): Promise<void>;
}

/** Chain ids of development nodes: their network is this machine. */
const LOCAL_CHAINS = [31_337, 1_337];
/** They answer in a millisecond. */
const LOCAL_POLLING_MS = 200;
/** How long the chain may take to say which one it is, in milliseconds. */
const CONNECT_MS = 10_000;

/**
 * Creates everything needed to buy work: a chain, an account, a Marketplace and a peer that keeps its blocks in memory.
 *
 * @throws {@link AssaySetupError} that names what is missing or wrong; nothing is left running then.
 */
export async function createAssay(options: AssayOptions = {}): Promise<Assay> {
  const { environment = process.env } = options;
  const account = accountOf(options.account ?? environment.ASSAY_PRIVATE_KEY);
  const { chain, transport } = await connect(options.rpc ?? environment.ASSAY_RPC);
  const filed = deploymentIn(environment.ASSAY_DEPLOYMENT, chain.id);
  const given = options.marketplace ?? (environment.ASSAY_MARKETPLACE || filed?.marketplace);
  const marketplace = marketplaceOn(chain.id, given);
  const deployedAt = filed?.marketplace === marketplace ? filed.blockNumber : undefined;
  const isLocal = LOCAL_CHAINS.includes(chain.id);
  const pollingIntervalMs = isLocal ? LOCAL_POLLING_MS : undefined;
  const common = { chain, transport, account, marketplace, deployedAt, pollingIntervalMs };
  await checkMarketplace(createMarketClient(common));
  const peer = await createPeer({
    memory: true,
    network: isLocal ? "local" : "public",
    bootstrap: options.bootstrap ?? listIn(environment.ASSAY_BOOTSTRAP),
    content: options.content ?? contentIn(environment),
    chainId: chain.id,
    marketplace,
    account: account.type === "local" ? account : undefined,
  }).catch((cause) => {
    if (isOfContent(cause)) throw new AssaySetupError(cause.shortMessage, { cause });
    const reason = cause instanceof AssayError ? cause.shortMessage : String(cause);
    throw new AssaySetupError(
      `The network cannot be joined by bootstrap (ASSAY_BOOTSTRAP): ${reason}`,
      { cause },
    );
  });
  const { content, announcer, workers } = peer;
  const market = createMarketClient({ ...common, content, announcer, workers });
  return { ...market, peer, close: () => peer.stop() };
}

async function connect(rpc: string | undefined): Promise<{ chain: Chain; transport: Transport }> {
  if (rpc === undefined || rpc === "") {
    throw new AssaySetupError(
      "There is no chain: give the URL of its JSON-RPC as rpc, or set ASSAY_RPC (`assay dev` prints it).",
    );
  }
  if (!/^https?:$/.test(URL.parse(rpc)?.protocol ?? "")) {
    throw new AssaySetupError(
      "The chain's JSON-RPC has to be a URL such as http://127.0.0.1:8545: change rpc, or ASSAY_RPC.",
    );
  }
  const asking = http(rpc, { timeout: CONNECT_MS, retryCount: 0 });
  const id = await createPublicClient({ transport: asking })
    .getChainId()
    .catch((cause) => {
      throw new AssaySetupError(
        // The URL may hold a key.
        `No chain answers at ${URL.parse(rpc)?.host}: start it (\`assay dev\`), or change rpc or ASSAY_RPC.`,
        { cause },
      );
    });
  const chain = defineChain({
    id,
    name: `chain ${id}`,
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [rpc] } },
  });
  return { chain, transport: http(rpc) };
}

function accountOf(account: Account | string | undefined): Account {
  if (account === undefined || account === "") {
    throw new AssaySetupError(
      "There is no account: give one as account, or set ASSAY_PRIVATE_KEY (`assay dev` prints one with play money).",
    );
  }
  if (typeof account !== "string") return account;
  try {
    return privateKeyToAccount(account as Hex);
  } catch {
    // Its cause would show the key.
    throw new AssaySetupError(
      "The private key is none: account or ASSAY_PRIVATE_KEY has to be 0x and 64 hexadecimal digits.",
    );
  }
}

/** What a file of `assay chain deploy` has of a chain. */
function deploymentIn(file: string | undefined, chainId: number): FiledDeployment | undefined {
  if (!file) return undefined;
  try {
    return readDeployments(file)[chainId];
  } catch (cause) {
    throw new AssaySetupError(`${(cause as Error).message} It is ASSAY_DEPLOYMENT.`, { cause });
  }
}

function marketplaceOn(chainId: number, given: string | undefined): Address {
  if (given !== undefined && given !== "") {
    if (isAddress(given)) return given;
    throw new AssaySetupError(
      `"${given}" is no address: change marketplace or ASSAY_MARKETPLACE; a wrong digit shows in the checksum.`,
    );
  }
  const known = deployments[chainId]?.marketplace;
  if (known !== undefined) return known;
  throw new AssaySetupError(
    `No Marketplace is known on chain ${chainId}: give its address as marketplace, or set ASSAY_MARKETPLACE.`,
  );
}

async function checkMarketplace(market: MarketClient): Promise<void> {
  try {
    await market.getParameters();
  } catch (cause) {
    throw new AssaySetupError(
      `There is no Marketplace at ${market.marketplace} on this chain: change marketplace or ASSAY_MARKETPLACE.`,
      { cause },
    );
  }
}

const BACKENDS: readonly ContentBackend[] = ["helia", "kubo", "gateway"];

function contentIn({
  ASSAY_CONTENT,
  ASSAY_KUBO_RPC,
  ASSAY_GATEWAY,
}: Readonly<Record<string, string | undefined>>): ContentOptions {
  const backends = listIn(ASSAY_CONTENT || "helia").map((name) => {
    const backend = BACKENDS.find((one) => one === name);
    if (backend !== undefined) return backend;
    throw new AssaySetupError(
      `There are no contents by "${name}": content or ASSAY_CONTENT has to be of ${BACKENDS.join(", ")}.`,
    );
  });
  return { backends, kuboRpc: ASSAY_KUBO_RPC || undefined, gateways: listIn(ASSAY_GATEWAY) };
}

/** Whether a peer could not start because of where its contents are to be. */
function isOfContent(error: unknown): error is AssayError {
  return error instanceof KuboUnreachableError || error instanceof NoGatewayError;
}

function listIn(text = ""): string[] {
  return text
    .split(",")
    .map((address) => address.trim())
    .filter((address) => address !== "");
}
