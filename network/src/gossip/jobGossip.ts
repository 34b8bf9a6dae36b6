import type { AnnouncedOffer, Announcer, JobHint } from "@assay/sdk";
import {
  type GossipSub,
  type Message,
  type SubscriptionChangeData,
  TopicValidatorResult,
} from "@libp2p/gossipsub";
import type { PeerId } from "@libp2p/interface";
import type { Delegation, MarketplaceRef } from "../wire/delegation.ts";
import type { Signer } from "../wire/signer.ts";
import { type Admission, type Author, createAdmission, type Verdict } from "./admission.ts";
import { encodeMessage, type GossipBody, jobsTopic } from "./message.ts";
import type { Offenders } from "./offenders.ts";
import { createOutbox } from "./outbox.ts";
import { createPresences, type PeerPresence, type Presences } from "./presences.ts";
import type { Standings } from "./standing.ts";

/** A hint, and who said it. */
export interface HeardHint extends JobHint {
  author: Author;
}

/** An offer, and who announced it. Its signature is not checked. */
export interface HeardOffer extends AnnouncedOffer {
  author: Author;
}

export interface JobGossip extends Announcer {
  readonly topic: string;
  readonly presences: Presences;
  readonly admission: Admission;
  /** Tells of an offer. Bids for it come to this peer. */
  announceOffer(offer: AnnouncedOffer): Promise<void>;
  /** Messages of ours that were published. */
  readonly published: number;
  close(): void;
}

export interface JobGossipParameters {
  market: MarketplaceRef;
  signer: Signer;
  offenders: Offenders;
  standings: Standings;
  /** The account's word that this peer speaks for it, read for every message: it is renewed. */
  delegation: () => Delegation | undefined;
  /** Called for every hint that others send; not for our own. */
  onHint: (hint: HeardHint) => void;
  /** Called for every offer that others announce. */
  onOffer?: ((offer: HeardOffer) => void) | undefined;
  /** Called for a peer that has said it is there, and for one from which nothing more was heard. */
  onPresence?: (presence: PeerPresence, isThere: boolean) => void;
}

const RESULTS: Partial<Record<Verdict, TopicValidatorResult>> = {
  accepted: TopicValidatorResult.Accept,
  oversized: TopicValidatorResult.Reject,
  malformed: TopicValidatorResult.Reject,
  forged: TopicValidatorResult.Reject,
};

/** Takes part in a marketplace's gossip: forwards what is admitted, hears it and speaks. */
export function joinJobGossip(
  pubsub: GossipSub,
  {
    market,
    signer,
    delegation,
    onHint,
    onOffer = () => {},
    onPresence,
    offenders,
    standings,
  }: JobGossipParameters,
): JobGossip {
  const topic = jobsTopic(market.chainId, market.marketplace);
  const admission = createAdmission({ topic, market, offenders, standings });
  const presences = createPresences({
    say: (presence) => publish({ presence }),
    onChange: onPresence,
  });
  const outbox = createOutbox((hints) => publish({ hints }));
  // After a restart the numbers go on above the earlier ones.
  let sequence = Date.now() * 1_024;
  let published = 0;

  async function publish(body: GossipBody): Promise<void> {
    sequence++;
    const message = { sequence, atMs: Date.now(), delegation: delegation(), body };
    await pubsub.publish(topic, encodeMessage(topic, message, signer));
    published++;
  }

  function validate(neighbour: PeerId, { data }: Message): TopicValidatorResult {
    const admitted = admission.judge(neighbour.toString(), data);
    if (admitted.verdict === "accepted") {
      hear(admitted.message.body, admitted.author);
    }
    return RESULTS[admitted.verdict] ?? TopicValidatorResult.Ignore;
  }

  function hear(body: GossipBody, author: Author): void {
    if ("hints" in body) for (const hint of body.hints) onHint({ ...hint, author });
    else if ("offer" in body) onOffer({ ...body.offer, author });
    else presences.hear(author, body.presence);
  }

  /** A neighbour that has just come does not have what was said before. */
  function meet({ detail: { subscriptions } }: CustomEvent<SubscriptionChangeData>): void {
    if (subscriptions.some((one) => one.topic === topic && one.subscribe)) presences.greet();
  }

  pubsub.topicValidators.set(topic, validate);
  pubsub.addEventListener("subscription-change", meet);
  pubsub.subscribe(topic);
  return {
    topic,
    presences,
    admission,
    get published() {
      return published;
    },
    announce: (hint) => outbox.add(hint),
    announceOffer: (offer) => publish({ offer }),
    close() {
      outbox.close();
      presences.close();
      pubsub.removeEventListener("subscription-change", meet);
      pubsub.unsubscribe(topic);
      pubsub.topicValidators.delete(topic);
    },
  };
}
