import { Key } from "interface-datastore";
import { openPeerDatastore } from "./content/stores.ts";

/** Where libp2p keeps the peer's key, and what it knows of it. */
const KEYS = ["/pkcs8/self", "/info/self"];

/**
 * Forgets the key of a peer that does not run, so that its next start makes a new one, and with it a new peer id. The address book and the
 * blocks stay.
 *
 * @throws DataDirInUseError while the peer runs. PeerStoreError
 */
export async function rotatePeerKey(dataDir: string): Promise<void> {
  const datastore = await openPeerDatastore(dataDir);
  try {
    for (const key of KEYS) await datastore.delete(new Key(key));
  } finally {
    await datastore.close();
  }
}
