import type { Content } from "@assay/sdk/protocol";
import type { CID } from "multiformats/cid";
import type { ContentOptions } from "./contentOptions.ts";
import { NoGatewayError } from "./errors.ts";
import { createGatewayContent } from "./gatewayContent.ts";
import { connectKubo, DEFAULT_KUBO_RPC } from "./kuboContent.ts";
import { type Place, severalContents } from "./severalContents.ts";

/** A peer's own contents, which can keep a block that came from elsewhere. */
export interface OwnContent extends Content {
  /** Stores a block that was checked, under whichever hash function. */
  keep(cid: CID, bytes: Uint8Array): Promise<void>;
}

/**
 * The contents that are asked for, over those of the peer itself (`helia`). What was read from elsewhere is kept by the peer, if it is among them.
 *
 * @throws {@link NoGatewayError} {@link KuboUnreachableError}
 */
export async function openContent(
  own: OwnContent,
  { backends = ["helia"], kuboRpc = DEFAULT_KUBO_RPC, gateways = [] }: ContentOptions = {},
): Promise<Content> {
  if (backends.length === 1 && backends[0] === "helia") return own;
  const places: Place[] = [];
  for (const backend of backends) {
    if (backend === "helia") places.push({ content: own, isWritable: true });
    else if (backend === "kubo") {
      places.push({ content: await connectKubo(kuboRpc), isWritable: true });
    } else {
      if (gateways.length === 0) throw new NoGatewayError();
      for (const gateway of gateways) {
        places.push({ content: createGatewayContent(gateway), isWritable: false });
      }
    }
  }
  const keep = (cid: CID, bytes: Uint8Array) => own.keep(cid, bytes);
  return severalContents(places, backends.includes("helia") ? { own, keep } : {});
}
