import { type BlockReader, blake3, type Content, cidOf } from "@assay/sdk";
import { withBitswap } from "@helia/bitswap";
import { withLibp2pLight } from "@helia/libp2p";
import { peerIdFromString } from "@libp2p/peer-id";
import { multiaddr } from "@multiformats/multiaddr";
import { MemoryBlockstore } from "blockstore-core/memory";
import { MemoryDatastore } from "datastore-core/memory";
import { createHeliaLight } from "helia";
import type { CID } from "multiformats/cid";
import { hostOptions } from "../src/p2p/hostOptions.ts";

/** Helia as it comes, over the same libp2p options as our peers: what these are measured against. */
export interface PlainHelia {
  readonly multiaddrs: string[];
  readonly content: Pick<Content, "put">;
  /** @param providers - peer ids. */
  reader(root: CID, providers: readonly string[]): BlockReader;
  stop(): Promise<void>;
}

export async function startPlainHelia(bootstrap: readonly string[]): Promise<PlainHelia> {
  const listen = ["/ip4/127.0.0.1/tcp/0"];
  const stores = { blockstore: new MemoryBlockstore(), datastore: new MemoryDatastore() };
  const helia = withBitswap(
    withLibp2pLight(
      createHeliaLight({ ...stores, hashers: [blake3] }),
      await hostOptions({
        network: "local",
        listen,
        isFirst: bootstrap.length === 0,
        topic: undefined,
      }),
    ),
  );
  await helia.start();
  for (const address of bootstrap) await helia.libp2p.dial(multiaddr(address));
  return {
    multiaddrs: helia.libp2p.getMultiaddrs().map(String),
    content: {
      async put(bytes, { codec } = {}) {
        const cid = cidOf(bytes, codec);
        await helia.blockstore.put(cid, bytes);
        return cid;
      },
    },
    reader(root, providers) {
      const ids = providers.map((id) => peerIdFromString(id).toCID());
      const session = helia.blockstore.createSession(root, { providers: ids, maxProviders: 1 });
      return {
        async get(cid) {
          const parts: Uint8Array[] = [];
          for await (const part of session.get(cid)) parts.push(part);
          return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
        },
      };
    },
    stop: async () => void (await helia.stop()),
  };
}
