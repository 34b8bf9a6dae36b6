import {
  CONTENT_BACKENDS,
  ContentFolderError,
  type ContentOptions,
  createPeer,
  KuboUnreachableError,
  NoContentFolderError,
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
import type { OpenedOffer, OpenOfferParameters } from "../offers/openOffer.ts";
import { offersOf } from "./byOffers.ts";
import { devEnvironment } from "./devEnvironment.ts";
import { AssaySetupError } from "./errors.ts";

/**
 * Options that are not given are read from the environment: `assay dev` prints the variables. Where neither says which chain it is, it is
 * that of an `assay dev` of this user that is running now.
 */
export interface AssayOptions {
  /** A chain of `viem/chains`, or one of your own. Its first URL is used unless `rpc` is given. */
  chain?: Chain | undefined;
  /** URL of the chain's JSON-RPC, `http:` or `https:`. Default: that of `chain`, else `ASSAY_RPC`. */
  rpc?: string | undefined;
  /** The account that pays and signs, or its private key. Default: `ASSAY_PRIVATE_KEY`. */
  account?: Account | Hex | undefined;
  /** Default: `ASSAY_MARKETPLACE`, else that in the file `ASSAY_DEPLOYMENT`, else the known deployment on the chain. */
  marketplace?: Address | undefined;
  /**
   * The ProofArbiter, which decides disputes of jobs that name no arbiter. Default: `ASSAY_PROOF`, else that in the file
   * `ASSAY_DEPLOYMENT`, else that of the known deployment.
   */
  proof?: Address | undefined;
  /**
   * The contract `Offers`, for jobs whose price workers bid for. Default: `ASSAY_OFFERS`, else that in the file `ASSAY_DEPLOYMENT`, else that
   * of the known deployment.
   */
  offers?: Address | undefined;
  /** The JuryArbiter that {@link Assay.jury} names. Default: `ASSAY_JURY`, else that of the known deployment on the chain. */
  jury?: Address | undefined;
  /**
   * Multiaddrs, with peer ids, of peers of the network. Default: `ASSAY_BOOTSTRAP`, separated by commas, else those of the known
   * deployment on the chain.
   */
  bootstrap?: readonly string[] | undefined;
  /**
   * Where contents are stored and read: `helia` (the network itself), `kubo` (a Kubo node), `gateway` (trustless gateways, which only read),
   * `files` (a folder), `memory`. With `helia` and `files` the peer keeps its blocks in the folder instead of in memory.
   * Default: `ASSAY_CONTENT`, `ASSAY_KUBO_RPC`, `ASSAY_GATEWAY` and `ASSAY_CONTENT_FOLDER`, with commas between several; else `helia`.
   */
  content?: ContentOptions | undefined;
  /** Where the environment is read. Default: the process's own. */
  environment?: Readonly<Record<string, string | undefined>> | undefined;
}

/** A client of a Marketplace with a place in the network, by which it stores contents and finds results. */
export interface Assay extends MarketClient {
  readonly peer: Peer;
  /** A jury that a job may name as its `arbiter`, if one is known on the chain. By default it is the ProofArbiter, if one is known. */
  readonly jury: Address | undefined;
  /**
   * Buys work at a price that is found: workers bid, and the account's client awards the job. Before that it sees to it that the money is there: the
   * contract `Offers` gets the right to post jobs in the account's name, and what is missing of `maxReward` for all tasks is added to the
   * account's credit. Not so for a `requester` that is a contract.
   *
   * @throws {@link AssaySetupError} if no `Offers` is known, or the account's key is not here; and what {@link openOffer} throws.
   */
  openOffer(parameters: OpenOfferParameters): Promise<OpenedOffer>;
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
  const environment = options.environment ?? (await environmentFor(options));
  const account = accountOf(options.account ?? environment.ASSAY_PRIVATE_KEY);
  const rpc = options.rpc ?? options.chain?.rpcUrls.default.http[0] ?? environment.ASSAY_RPC;
  const { chain, transport } = await connect(rpc, options.chain);
  const filed = deploymentIn(environment.ASSAY_DEPLOYMENT, chain.id);
  const given = options.marketplace ?? (environment.ASSAY_MARKETPLACE || filed?.marketplace);
  const marketplace = marketplaceOn(chain.id, given);
  const deployedAt = filed?.marketplace === marketplace ? filed.blockNumber : undefined;
  const known = deployments[chain.id];
  const jury = addressOf("jury", options.jury ?? environment.ASSAY_JURY) ?? known?.jury;
  const namedProof = addressOf("proof", options.proof ?? environment.ASSAY_PROOF);
  const arbiter = namedProof ?? (filed?.marketplace === marketplace ? filed.proof : undefined);
  const namedOffers = addressOf("offers", options.offers ?? environment.ASSAY_OFFERS);
  const offers = namedOffers ?? (filed?.marketplace === marketplace ? filed.offers : undefined);
  const isLocal = LOCAL_CHAINS.includes(chain.id);
  const pollingIntervalMs = isLocal ? LOCAL_POLLING_MS : undefined;
  const named = { marketplace, arbiter, offers, deployedAt };
  const common = { chain, transport, account, ...named, pollingIntervalMs };
  await checkMarketplace(createMarketClient(common));
  const peer = await createPeer({
    memory: true,
    network: isLocal ? "local" : "public",
    bootstrap: options.bootstrap ?? bootstrapOn(chain.id, environment.ASSAY_BOOTSTRAP),
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
  const openOffer = offersOf(market, peer);
  return { ...market, peer, jury, openOffer, close: () => peer.stop() };
}

/** An environment, over that of a running `assay dev` where that is the chain, or nothing says which one it is. */
export async function environmentFor(
  { chain, rpc }: AssayOptions,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Readonly<Record<string, string | undefined>>> {
  // Variables that are empty are as good as not set.
  const entries = Object.entries(environment).filter(([, value]) => value !== "");
  const given: Record<string, string | undefined> = Object.fromEntries(entries);
  const named = rpc ?? chain?.rpcUrls.default.http[0] ?? given.ASSAY_RPC;
  const dev = await devEnvironment(given);
  const hrefOf = (url = "") => URL.parse(url)?.href;
  const isDev = named === undefined || hrefOf(named) === hrefOf(dev.ASSAY_RPC);
  return isDev ? { ...dev, ...given } : environment;
}

async function connect(
  rpc: string | undefined,
  expected: Chain | undefined,
): Promise<{ chain: Chain; transport: Transport }> {
  if (rpc === undefined || rpc === "") {
    throw new AssaySetupError(
      "There is no chain: start `assay dev`, give a chain of viem as chain or the URL of its JSON-RPC as rpc, or set ASSAY_RPC.",
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
  if (expected !== undefined && expected.id !== id) {
    throw new AssaySetupError(
      `The chain at ${URL.parse(rpc)?.host} is ${id}, and not ${expected.name} (${expected.id}): change rpc or chain.`,
    );
  }
  if (expected !== undefined) return { chain: expected, transport: http(rpc) };
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

function addressOf(
  name: "jury" | "proof" | "offers",
  given: string | undefined,
): Address | undefined {
  if (given === undefined || given === "") return undefined;
  if (isAddress(given)) return given;
  throw new AssaySetupError(
    `"${given}" is no address: change ${name} or ASSAY_${name.toUpperCase()}; a wrong digit shows in the checksum.`,
  );
}

function bootstrapOn(chainId: number, given: string | undefined): readonly string[] {
  return given === undefined ? (deployments[chainId]?.bootstrap ?? []) : listIn(given);
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

function contentIn({
  ASSAY_CONTENT,
  ASSAY_KUBO_RPC,
  ASSAY_GATEWAY,
  ASSAY_CONTENT_FOLDER,
}: Readonly<Record<string, string | undefined>>): ContentOptions {
  const backends = listIn(ASSAY_CONTENT || "helia").map((name) => {
    const backend = CONTENT_BACKENDS.find((one) => one === name);
    if (backend !== undefined) return backend;
    throw new AssaySetupError(
      `There are no contents by "${name}": content or ASSAY_CONTENT has to be of ${CONTENT_BACKENDS.join(", ")}.`,
    );
  });
  return {
    ...{ backends, gateways: listIn(ASSAY_GATEWAY) },
    kuboRpc: ASSAY_KUBO_RPC || undefined,
    folder: ASSAY_CONTENT_FOLDER || undefined,
  };
}

/** Whether a peer could not start because of where its contents are to be. */
function isOfContent(error: unknown): error is AssayError {
  const kinds = [KuboUnreachableError, NoGatewayError, NoContentFolderError, ContentFolderError];
  return kinds.some((kind) => error instanceof kind);
}

function listIn(text = ""): string[] {
  return text
    .split(",")
    .map((address) => address.trim())
    .filter((address) => address !== "");
}
