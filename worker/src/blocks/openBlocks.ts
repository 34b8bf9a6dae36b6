import { openPeerDatastore, type Stores } from "@assay/network";
import { KeptBlocks } from "./keptBlocks.ts";

export interface NodeBlocks {
  /** For the peer, which closes them. */
  stores: Stores;
  /** The blocks among them. */
  kept: KeptBlocks;
}

/**
 * A node's blocks and its peer's key and address book, below its data folder.
 * @param quotaBytes - most bytes that the blocks may take. Default: no limit.
 *
 * @throws DataDirInUseError PeerStoreError
 */
export async function openBlocks(
  dataDir: string,
  { quotaBytes }: { quotaBytes: number | undefined },
): Promise<NodeBlocks> {
  const datastore = await openPeerDatastore(dataDir);
  const kept = await KeptBlocks.open(dataDir, { quotaBytes }).catch(async (error) => {
    await datastore.close();
    throw error;
  });
  const stores: Stores = {
    blockstore: kept,
    datastore,
    onUse: (cid) => kept.keep(cid),
    async close() {
      await kept.close();
      await datastore.close();
    },
  };
  return { stores, kept };
}
