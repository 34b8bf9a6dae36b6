import { setTimeout as sleep } from "node:timers/promises";
import { type Chain, defineChain, type EIP1193RequestFn, type Transport } from "viem";
import type { Doubt } from "./doubt.ts";
import { ChainMismatchError, ChainUnreachableError } from "./errors.ts";
import type {
  ChainIdentity,
  Endpoint,
  EndpointNews,
  EndpointStatus,
  RpcCall,
} from "./rpc/endpoint.ts";
import { createEndpoints, type Endpoints } from "./rpc/endpoints.ts";

/** Number of times that all endpoints are asked for their chain before the chain counts as unreachable… */
const CONNECT_ATTEMPTS = 3;
/** …and the first pause between two attempts, in milliseconds. */
const CONNECT_PAUSE_MS = 500;

export interface ConnectChainOptions {
  /** The expected chain id. Default: the id that the first answering endpoint reports. */
  expectedId?: number | undefined;
  /** Timeout of one request to one endpoint, in milliseconds. Default: 10,000. */
  requestMs?: number | undefined;
  /** Milliseconds after which a block is given up that no endpoint has any more. Default: 60,000. */
  staleAfterMs?: number | undefined;
  /** Milliseconds between two looks at the heads of all endpoints. Default: 5,000. */
  probeMs?: number | undefined;
  /** Called for every change in the state of an endpoint. */
  onEndpoint?: ((news: EndpointNews) => void) | undefined;
}

export interface ConnectedChain {
  chain: Chain;
  /** A viem transport over all endpoints. */
  transport: Transport;
  /** The current state of each endpoint, in the order given. */
  endpoints(): EndpointStatus[];
}

/**
 * Connects to a chain through one or several RPC endpoints, the preferred one first. Endpoints of another chain are dropped. Endpoints that
 * do not answer may join later.
 * @param urls - `http(s):` or `ws(s):`, one at least.
 *
 * @throws {@link ChainUnreachableError} when none answers.
 * @throws {@link ChainMismatchError} when those that answer serve another chain.
 */
export async function connectChain(
  urls: readonly string[],
  {
    expectedId,
    requestMs = 10_000,
    staleAfterMs = 60_000,
    probeMs = 5_000,
    onEndpoint = () => {},
  }: ConnectChainOptions = {},
): Promise<ConnectedChain> {
  const options = { requestMs, staleAfterMs, probeMs, onNews: onEndpoint };
  const endpoints = createEndpoints(urls, options);
  const chainId = await establish(endpoints.all, expectedId).then((identity) => {
    endpoints.expect(identity);
    return identity.chainId;
  });
  const chain = defineChain({
    id: chainId,
    name: `chain ${chainId}`,
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [...urls] } },
  });
  return { chain, transport: transportOf(endpoints), endpoints: () => endpoints.status };
}

/** Not made by viem's `custom`, which would try again and hide our errors behind its own. */
function transportOf(endpoints: Endpoints): Transport {
  const request = ((call: RpcCall, options?: { signal?: AbortSignal }) =>
    endpoints.request(call, options?.signal)) as EIP1193RequestFn;
  const config = { key: "endpoints", name: "RPC endpoints", type: "endpoints", request };
  // The code that reads the chain detects the wrong answers of an endpoint.
  const value: { doubt: Doubt } = { doubt: endpoints.doubt };
  return () => ({ config: { ...config, retryCount: 0 }, request, value });
}

/** Determines the chain: that of the first endpoint whose answer is accepted. */
async function establish(
  endpoints: readonly Endpoint[],
  expectedId: number | undefined,
): Promise<ChainIdentity> {
  const answers = await identifyAll(endpoints);
  const identities = answers.map((answer) =>
    answer.status === "fulfilled" ? answer.value : undefined,
  );
  const first = identities.find((is) => is !== undefined);
  if (first === undefined) {
    const cause = answers.find((answer) => answer.status === "rejected")?.reason;
    throw new ChainUnreachableError({ cause });
  }
  const right = identities.find((is) => is?.chainId === (expectedId ?? first.chainId));
  if (right === undefined) throw new ChainMismatchError(expectedId ?? 0, first.chainId);
  for (const [i, endpoint] of endpoints.entries()) {
    const is = identities[i];
    if (is === undefined) continue;
    if (is.chainId !== right.chainId) {
      endpoint.drop(`it serves chain ${is.chainId}, not ${right.chainId}`);
    } else if (is.genesis !== right.genesis && is.genesis && right.genesis) {
      endpoint.drop(`its chain ${is.chainId} begins with another block`);
    } else endpoint.prove();
  }
  return right;
}

/** A short failure of all endpoints must not prevent a node from starting. */
async function identifyAll(
  endpoints: readonly Endpoint[],
): Promise<PromiseSettledResult<ChainIdentity>[]> {
  for (let attempt = 1; ; attempt++) {
    const answers = await Promise.allSettled(endpoints.map((endpoint) => endpoint.identify()));
    const isAnswered = answers.some(({ status }) => status === "fulfilled");
    if (isAnswered || attempt === CONNECT_ATTEMPTS) return answers;
    await sleep(CONNECT_PAUSE_MS * attempt);
  }
}
