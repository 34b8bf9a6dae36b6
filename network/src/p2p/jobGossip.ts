import { hash, randomBytes } from "node:crypto";
import type { Announcer } from "@assay/sdk";
import {
  decodeJobHint,
  encodeJobHint,
  type JobHint,
  MAX_HINT_BYTES,
  WireError,
} from "@assay/sdk/protocol";
import {
  type GossipSub,
  type GossipsubOpts,
  type Message,
  StrictNoSign,
  TopicValidatorResult,
} from "@libp2p/gossipsub";
import { createTopicScoreParams } from "@libp2p/gossipsub/score";
import type { PeerId } from "@libp2p/interface";
import type { NetworkKind } from "./network.ts";
import { createRateLimiter } from "./rateLimiter.ts";

/** Longest gossip frame, in bytes: a frame may carry several hints and lists of message ids. */
const MAX_FRAME_BYTES = 256 << 10;
/** Hints that one neighbour may pass on; it speaks for everybody behind it. */
const HINTS_PER_PEER = { perSecond: 50, burst: 200 };
/** Older hints (or later ones, clocks differ) are dropped: the chain was polled in the meantime. */
const MAX_HINT_AGE_MS = 10 * 60_000;

/** Gossipsub for one topic of small, unsigned messages, in which nothing is believed. */
export function jobGossipOptions({
  network,
  topic,
}: {
  network: NetworkKind;
  topic: string | undefined;
}): Partial<GossipsubOpts> {
  const salt = randomBytes(16).toString("hex");
  return {
    // A hint is worth nothing but a look at the chain: who made it does not matter.
    globalSignaturePolicy: StrictNoSign,
    msgIdFn: ({ topic, data }) => messageId(topic, data),
    // Duplicates are found by this before anything else is done with them; salted, since peers choose the bytes.
    fastMsgIdFn: ({ topic, data }) =>
      hash(
        "sha256",
        Buffer.concat([Buffer.from(`${salt}${topic}`), data ?? new Uint8Array()]),
        "base64",
      ),
    seenTTL: MAX_HINT_AGE_MS,
    allowedTopics: topic === undefined ? [] : [topic],
    runOnLimitedConnection: true,
    maxTopicBytesPerPeer: 16 << 10,
    maxInboundDataLength: MAX_FRAME_BYTES,
    decodeRpcLimits: {
      maxSubscriptions: 16,
      maxMessages: 256,
      maxIhaveMessageIDs: 2_000,
      maxIwantMessageIDs: 2_000,
      maxIdontwantMessageIDs: 2_000,
      maxControlMessages: 256,
      maxPeerInfos: 16,
    },
    // The first node of a network has nobody to tell, which is no error.
    allowPublishToZeroTopicPeers: true,
    ignoreDuplicatePublishError: true,
    scoreParams: {
      // On one machine everybody has the same address; the default would empty every mesh.
      ...(network === "local" ? { IPColocationFactorWeight: 0 } : {}),
      topics: topic === undefined ? {} : { [topic]: hintScore() },
    },
  };
}

function hintScore() {
  return createTopicScoreParams({
    // Hints are rare: silence is no fault.
    meshMessageDeliveriesWeight: 0,
    meshFailurePenaltyWeight: 0,
    invalidMessageDeliveriesWeight: -100,
  });
}

/** SHA-256(topic length ‖ topic ‖ data), the first 20 bytes: equal contents are one message, whoever sent them. */
function messageId(topic: string, data: Uint8Array): Uint8Array {
  const name = Buffer.from(topic);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(name.length);
  return hash("sha256", Buffer.concat([length, name, data]), "buffer").subarray(0, 20);
}

export interface JobGossip extends Announcer {
  close(): void;
}

/**
 * Takes part in a marketplace's gossip: forwards valid hints, receives them and publishes them.
 * @param onHint - called for every hint that others send; not for our own.
 */
export function joinJobGossip(
  pubsub: GossipSub,
  { topic, onHint }: { topic: string; onHint: (hint: JobHint) => void },
): JobGossip {
  const limiter = createRateLimiter(HINTS_PER_PEER);

  function validate(peer: PeerId, message: Message): TopicValidatorResult {
    if (!limiter.take(peer.toString())) return TopicValidatorResult.Ignore;
    const hint = readHint(message.data);
    if (hint === undefined) return TopicValidatorResult.Reject;
    const isFresh = Math.abs(Date.now() - hint.atMs) <= MAX_HINT_AGE_MS;
    return isFresh ? TopicValidatorResult.Accept : TopicValidatorResult.Ignore;
  }

  function hear({ detail }: CustomEvent<Message>): void {
    if (detail.topic !== topic) return;
    const hint = readHint(detail.data);
    if (hint !== undefined) onHint(hint);
  }

  pubsub.topicValidators.set(topic, validate);
  pubsub.addEventListener("message", hear);
  pubsub.subscribe(topic);
  return {
    async announce(hint) {
      await pubsub.publish(topic, encodeJobHint(hint));
    },
    close() {
      pubsub.removeEventListener("message", hear);
      pubsub.unsubscribe(topic);
      pubsub.topicValidators.delete(topic);
    },
  };
}

function readHint(data: Uint8Array): ReturnType<typeof decodeJobHint> | undefined {
  if (data.length > MAX_HINT_BYTES) return undefined;
  try {
    return decodeJobHint(data);
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}
