export type { ContentBackend, ContentOptions } from "./content/backends/contentOptions.ts";
export {
  GatewayError,
  KuboError,
  KuboUnreachableError,
  NoGatewayError,
  ReadOnlyContentError,
} from "./content/backends/errors.ts";
export { DataDirInUseError, PeerStoreError, ProvideError } from "./content/errors.ts";
export { ListenError } from "./content/helia.ts";
export { openPeerDatastore, type Stores } from "./content/stores.ts";
export { MalformedAddressError, type NetworkKind, PrivateAddressError } from "./p2p/network.ts";
export {
  createPeer,
  type Peer,
  type PeerNetworkOptions,
  type PeerOptions,
  type PeerStorage,
} from "./peer.ts";
