/** `@assay/runners/peers`: peers that run tasks for each other, without a chain. It needs `@assay/network`, which other entries do not. */
export { NoQuorumError, PeerFailedError, TooFewPeersError } from "./errors.ts";
export { type AskingPeer, type PeersRunnerOptions, peersRunner } from "./peersRunner.ts";
export { type ServePeersOptions, type ServingPeer, servePeers } from "./servePeers.ts";
