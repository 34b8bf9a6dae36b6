import { type Chain, createPublicClient, defineChain, http, type Transport, webSocket } from "viem";
import { ChainMismatchError, ChainUnreachableError } from "../node/errors.ts";

/** How long one JSON-RPC request may take, in milliseconds. */
const REQUEST_MS = 10_000;

/**
 * The chain behind an RPC endpoint.
 * @param expectedId - what it has to be, if that is known.
 *
 * @throws {@link ChainUnreachableError} {@link ChainMismatchError}
 */
export async function connectChain(
  rpc: string,
  expectedId?: number,
): Promise<{ chain: Chain; transport: Transport }> {
  const options = { timeout: REQUEST_MS };
  const transport = rpc.startsWith("ws") ? webSocket(rpc, options) : http(rpc, options);
  const id = await createPublicClient({ transport })
    .getChainId()
    .catch((cause) => {
      throw new ChainUnreachableError({ cause });
    });
  if (expectedId !== undefined && id !== expectedId) throw new ChainMismatchError(expectedId, id);
  const chain = defineChain({
    id,
    name: `chain ${id}`,
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [rpc] } },
  });
  return { chain, transport };
}
