export { DataDirInUseError, PeerStoreError, ProvideError } from "./content/errors.ts";
export { ListenError } from "./content/helia.ts";
export { openPeerDatastore, type Stores } from "./content/stores.ts";
export { MalformedAddressError, type NetworkKind, PrivateAddressError } from "./p2p/network.ts";
export { readSwarmKey, SwarmKeyError } from "./p2p/swarmKey.ts";
export {
  createPeer,
  type Peer,
  type PeerNetworkOptions,
  type PeerOptions,
  type PeerStorage,
} from "./peer.ts";
export { REACH_STATES, type Reachability, type ReachState } from "./reach/reachability.ts";
export type { ServicePeer, ServiceRole } from "./reach/services.ts";
export { rotatePeerKey } from "./rotatePeerKey.ts";
