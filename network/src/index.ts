export type { ContentBackend, ContentOptions } from "./content/backends/contentOptions.ts";
export {
  GatewayError,
  KuboError,
  KuboUnreachableError,
  NoGatewayError,
  ReadOnlyContentError,
} from "./content/backends/errors.ts";
export { CarError, MalformedBlockError } from "./content/car/errors.ts";
export { type CarOptions, type CarProgress, exportCar } from "./content/car/exportCar.ts";
export { type ImportedCar, importCar } from "./content/car/importCar.ts";
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
