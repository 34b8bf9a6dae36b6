import type { MarketClient } from "@assay/sdk";
import type { RpcCall } from "./rpc/endpoint.ts";

/** Whose answer to `call` cannot be right is asked after all others for a while. `true` when there is another to ask now. */
export type Doubt = (call: RpcCall, reason: string) => boolean;

/** Tells the endpoints behind a client that an answer contradicts what the chain says elsewhere, if there are several. */
export function doubtAnswer(
  client: Pick<MarketClient, "public">,
  call: RpcCall,
  reason: string,
): boolean {
  const { doubt } = (client.public.transport ?? {}) as { doubt?: Doubt };
  return doubt?.(call, reason) ?? false;
}
