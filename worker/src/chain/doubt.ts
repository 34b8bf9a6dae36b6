import type { MarketClient } from "@assay/sdk";
import type { RpcCall } from "./rpc/endpoint.ts";

/**
 * Marks the endpoint that gave a wrong answer to `call`: for a while it is asked after all others. Returns `true` if another endpoint can
 * be asked now.
 */
export type Doubt = (call: RpcCall, reason: string) => boolean;

/** Reports to a client's endpoints, if it has several, that an answer contradicts other data of the chain. */
export function doubtAnswer(
  client: Pick<MarketClient, "public">,
  call: RpcCall,
  reason: string,
): boolean {
  const { doubt } = (client.public.transport ?? {}) as { doubt?: Doubt };
  return doubt?.(call, reason) ?? false;
}
