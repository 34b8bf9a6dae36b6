import type { AnnouncedOffer, Announcer } from "@assay/sdk";
import { peerIdFromString } from "@libp2p/peer-id";
import type { Libp2p } from "libp2p";
import { type ClockReport, createNetworkClock } from "../direct/clock.ts";
import { type Direct, openDirect } from "../direct/direct.ts";
import { type Heartbeats, startHeartbeats } from "../direct/heartbeats.ts";
import type { Author } from "../gossip/admission.ts";
import { explainGossip, type GossipReport } from "../gossip/explain.ts";
import {
  type HeardHint,
  type HeardOffer,
  type JobGossip,
  joinJobGossip,
} from "../gossip/jobGossip.ts";
import type { Presence } from "../gossip/message.ts";
import { createOffenders, type Offenders } from "../gossip/offenders.ts";
import {
  keepDelegation,
  type OwnDelegation,
  type SpeakingAccount,
} from "../gossip/ownDelegation.ts";
import type { PeerPresence } from "../gossip/presences.ts";
import { createStandings, type ReadStanding } from "../gossip/standing.ts";
import type { HostServices } from "../p2p/hostOptions.ts";
import type { MarketplaceRef } from "../wire/delegation.ts";
import type { Signer } from "../wire/signer.ts";

export interface MarketOptions {
  /** For whom the peer speaks. Without it the peer's messages are those of a stranger, and its words are few. */
  account?: SpeakingAccount | undefined;
  /** Reads what stands behind other accounts. Without it everybody is a stranger. */
  readStanding?: ReadStanding | undefined;
  /** Called for every job hint received. */
  onHint?: ((hint: HeardHint) => void) | undefined;
  /** Called for every offer that others announce. Its signature is not checked. */
  onOffer?: ((offer: HeardOffer) => void) | undefined;
  /** Called when a peer or an account is banned for a time, with the reason. */
  onBan?: ((name: string, ms: number, reason: string) => void) | undefined;
  /** Called when a peer that work is shared with was silent for fifteen seconds, and when it is heard again. */
  onSuspicion?: ((peerId: string, isSuspected: boolean) => void) | undefined;
}

/** A peer's part among those that deal with one Marketplace. */
export interface MarketPeers {
  readonly announcer: Announcer;
  /** Questions to single peers, and the services that answer theirs. */
  readonly direct: Direct;
  /** Tells of an offer. Bids for it come to this peer: see {@link openBidDesk}. */
  announceOffer(offer: AnnouncedOffer): Promise<void>;
  /** Says what the node offers, whenever that changes; repeated from time to time by itself. */
  tell(presence: Presence): void;
  /** What other nodes said of themselves lately. */
  readonly present: readonly PeerPresence[];
  /** Notes that a hint told of a job which the chain does not have. */
  blameHint(author: Author): void;
  /**
   * Peers that work is shared with from now on: they are asked every few seconds whether they are there.
   * @param partners - the others of an award while its batch is held: all of them are watched, up to sixteen.
   */
  share(peerIds: readonly string[], partners?: readonly string[]): void;
  /** Those of them that are silent. */
  readonly suspected: readonly string[];
  /** How this machine's clock stands to those of others. */
  readonly clock: ClockReport;
  /** What is added to gossipsub's own score of a peer, by its id. */
  scoreOf(peerId: string): number;
  /** Neighbours in the mesh, scores, bans and what became of messages. */
  explain(): GossipReport;
}

/** What a host needs to know of peers before it deals with any: {@link joinMarket} fills it in. */
export class Judge {
  readonly offenders: Offenders;
  #gossip: JobGossip | undefined;
  #libp2p: Libp2p | undefined;

  constructor({ onBan = () => {} }: Pick<MarketOptions, "onBan">) {
    this.offenders = createOffenders({
      onBan: (name, ms, offence) => {
        // An account has no connection.
        if (!name.startsWith("0x")) this.#hangUp(name);
        onBan(name, ms, offence);
      },
    });
  }

  begin(libp2p: Libp2p, gossip: JobGossip): void {
    this.#libp2p = libp2p;
    this.#gossip = gossip;
  }

  score = (peerId: string): number =>
    this.offenders.score(peerId) + (this.#gossip?.admission.standingOf(peerId) ?? 0);

  isBanned = (peerId: string): boolean => this.offenders.isBanned(peerId);

  #hangUp(peerId: string): void {
    this.#libp2p?.hangUp(peerIdFromString(peerId)).catch(() => {});
  }
}

/** @returns the peer's part, and how it ends. */
export async function joinMarket(
  libp2p: Libp2p<HostServices>,
  {
    market,
    signer,
    judge,
    account,
    readStanding,
    onHint = () => {},
    onOffer,
    onSuspicion = () => {},
  }: MarketOptions & { market: MarketplaceRef; signer: Signer; judge: Judge },
): Promise<MarketPeers & { leave(): Promise<void> }> {
  const { offenders } = judge;
  const peerKey = signer.key;
  const own: OwnDelegation | undefined =
    account && (await keepDelegation(market, { account, peerKey }));
  const delegation = () => own?.current();
  const { pubsub } = libp2p.services;
  const standings = createStandings(readStanding);
  const gossip = joinJobGossip(pubsub, {
    ...{ market, signer, offenders, standings, delegation, onHint, onOffer },
  });
  judge.begin(libp2p, gossip);
  const direct = await openDirect({
    ...{ libp2p, signer, market, delegation },
    onOffence: (peerId) => offenders.note(peerId, "invalid"),
  });
  const clock = createNetworkClock();
  const heartbeats: Heartbeats = startHeartbeats({
    ...{ self: libp2p.peerId.toString(), direct, clock, onChange: onSuspicion },
    // Who takes part in the gossip answers heartbeats, too.
    neighbours: () => pubsub.getSubscribers(gossip.topic).map((peer) => peer.toString()),
  });

  return {
    announcer: gossip,
    direct,
    announceOffer: gossip.announceOffer,
    tell: gossip.presences.tell,
    get present() {
      // What stands behind an account is read after it has first spoken.
      const standing = (author: Author) => gossip.admission.standingOf(author.peerId);
      return gossip.presences.all.map((one) => ({
        ...one,
        author: { ...one.author, standing: standing(one.author) },
      }));
    },
    blameHint: (author) => offenders.blame(author, "falseHint"),
    share: heartbeats.share,
    get suspected() {
      return heartbeats.suspected;
    },
    get clock() {
      return clock.report();
    },
    scoreOf: judge.score,
    explain: () => explainGossip(pubsub, gossip, offenders),
    async leave() {
      heartbeats.stop();
      gossip.close();
      own?.stop();
      await direct.stop();
    },
  };
}
