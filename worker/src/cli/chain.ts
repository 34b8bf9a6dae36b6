import { type Chain, createPublicClient, defineChain, http, type Transport, webSocket } from "viem";
import { ChainUnreachableError } from "../node/errors.ts";

/** How long one JSON-RPC request may take, in milliseconds. */
const REQUEST_MS = 10_000;

/**
 * The chain behind an RPC endpoint.
 *
 * @throws {@link ChainUnreachableError}
 */
export async function connectChain(rpc: string): Promise<{ chain: Chain; transport: Transport }> {
  const options = { timeout: REQUEST_MS };
  const transport = rpc.startsWith("ws") ? webSocket(rpc, options) : http(rpc, options);
  const id = await createPublicClient({ transport })
    .getChainId()
    .catch((cause) => {
      throw new ChainUnreachableError({ cause });
    });
  const chain = defineChain({
    id,
    name: `chain ${id}`,
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [rpc] } },
  });
  return { chain, transport };
}
