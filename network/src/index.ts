export {
  CONTENT_BACKENDS,
  type ContentBackend,
  type ContentOptions,
} from "./content/backends/contentOptions.ts";
export {
  ContentFolderError,
  GatewayError,
  KuboError,
  KuboUnreachableError,
  NoContentFolderError,
  NoGatewayError,
  ReadOnlyContentError,
} from "./content/backends/errors.ts";
export { createGatewayContent } from "./content/backends/gatewayContent.ts";
export { CarError, MalformedBlockError } from "./content/car/errors.ts";
export { type CarOptions, type CarProgress, exportCar } from "./content/car/exportCar.ts";
export { type ImportedCar, importCar } from "./content/car/importCar.ts";
export { DataDirInUseError, PeerStoreError, ProvideError } from "./content/errors.ts";
export type { AnnouncementFigures } from "./content/fetchedRoots.ts";
export { ListenError } from "./content/helia.ts";
export { openPeerDatastore, type Stores } from "./content/stores.ts";
export {
  type AwardNews,
  type BidDesk,
  decodeNews,
  encodeNews,
  isAwardBy,
  isOfferSigned,
  openBidDesk,
  sendBid,
  serveAwards,
  type TakenBid,
} from "./direct/bids.ts";
export type { ClockReport } from "./direct/clock.ts";
export type { Answer, AskOptions, Caller, Direct, Service } from "./direct/direct.ts";
export { PeerRefusedError, PeerSilentError } from "./direct/errors.ts";
export { askQuote, QUOTE, quoteFields, readAskedJob } from "./direct/quote.ts";
export type { Author } from "./gossip/admission.ts";
export type { GossipReport } from "./gossip/explain.ts";
export type { HeardHint, HeardOffer } from "./gossip/jobGossip.ts";
export type { Presence } from "./gossip/message.ts";
export type { SpeakingAccount } from "./gossip/ownDelegation.ts";
export type { PeerPresence } from "./gossip/presences.ts";
export { createRateLimiter } from "./gossip/rateLimiter.ts";
export type { ReadStanding } from "./gossip/standing.ts";
export { type AwardOfferParameters, awardOffer, type MadeAward } from "./market/awardOffer.ts";
export type { MarketOptions, MarketPeers } from "./market/marketPeers.ts";
export { MalformedAddressError, type NetworkKind, PrivateAddressError } from "./p2p/network.ts";
export { readSwarmKey, SwarmKeyError } from "./p2p/swarmKey.ts";
export {
  type ConnectedPeer,
  createPeer,
  type Peer,
  type PeerNetworkOptions,
  type PeerOptions,
  type PeerStorage,
} from "./peer.ts";
export { REACH_STATES, type Reachability, type ReachState } from "./reach/reachability.ts";
export type { ServicePeer, ServiceRole } from "./reach/services.ts";
export { remember } from "./recent/remember.ts";
export { rotatePeerKey } from "./rotatePeerKey.ts";
export { type Delegation, delegationTypedData } from "./wire/delegation.ts";
