import { hash, randomBytes } from "node:crypto";
import { type GossipsubOpts, StrictNoSign } from "@libp2p/gossipsub";
import { createTopicScoreParams } from "@libp2p/gossipsub/score";
import { SEEN_MS } from "./limits.ts";

/** Longest gossip frame, in bytes: a frame may carry several messages and lists of message ids. */
const MAX_FRAME_BYTES = 256 << 10;

/**
 * Neighbours that messages are sent to at once: aimed at, and between which numbers it is left alone; of them so many by score, and so many
 * dialled by ourselves. With gossipsub's own 6 (4 to 12) every message reaches every peer six times, and that is what gossip costs; others
 * are told of its id within a second.
 */
const MESH = {
  ...{ D: 4, Dlo: 3, Dhi: 6, Dscore: 2, Dout: 1 },
  // Six are told ids, however many neighbours there are: a quarter of a hundred, as the library has it, takes half of all bytes.
  ...{ Dlazy: 6, gossipFactor: 0 },
};

/**
 * Gossipsub for one topic, whose messages carry their authors' own signatures.
 * @param areColocated - whether many peers share an address, as on one machine; the default would empty every mesh.
 * @param scoreOf - by peer id, what is added to gossipsub's own score.
 */
export function jobGossipOptions({
  topic,
  areColocated,
  scoreOf,
}: {
  topic: string | undefined;
  areColocated: boolean;
  scoreOf: (peerId: string) => number;
}): Partial<GossipsubOpts> {
  const salt = randomBytes(16).toString("hex");
  return {
    // The author's signature is in the message itself, where relaying peers keep it.
    globalSignaturePolicy: StrictNoSign,
    msgIdFn: ({ topic, data }) => messageId(topic, data),
    // Duplicates are found by this before anything else is done with them; salted, since peers choose the bytes.
    fastMsgIdFn: ({ topic, data }) =>
      hash(
        "sha256",
        Buffer.concat([Buffer.from(`${salt}${topic}`), data ?? new Uint8Array()]),
        "base64",
      ),
    seenTTL: SEEN_MS,
    ...MESH,
    allowedTopics: topic === undefined ? [] : [topic],
    runOnLimitedConnection: true,
    maxTopicBytesPerPeer: 16 << 10,
    maxInboundDataLength: MAX_FRAME_BYTES,
    decodeRpcLimits: {
      maxSubscriptions: 16,
      maxMessages: 256,
      // As many as the library sends: a frame with more is dropped whole.
      maxIhaveMessageIDs: 5_000,
      maxIwantMessageIDs: 5_000,
      maxIdontwantMessageIDs: 2_000,
      maxControlMessages: 256,
      maxPeerInfos: 16,
    },
    // The first node of a network has nobody to tell, which is no error.
    allowPublishToZeroTopicPeers: true,
    ignoreDuplicatePublishError: true,
    scoreParams: {
      ...(areColocated ? { IPColocationFactorWeight: 0 } : {}),
      appSpecificScore: scoreOf,
      appSpecificWeight: 1,
      topics: topic === undefined ? {} : { [topic]: messageScore() },
    },
  };
}

function messageScore() {
  return createTopicScoreParams({
    // Messages are rare: silence is no fault.
    meshMessageDeliveriesWeight: 0,
    meshFailurePenaltyWeight: 0,
    // Being first earns little: whoever floods with what is valid is first every time.
    firstMessageDeliveriesWeight: 0.1,
    firstMessageDeliveriesCap: 20,
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
