import { RPC } from "@libp2p/gossipsub/message";
import { bytesToHex } from "viem";
import { encodeMessage, type GossipBody, jobsTopic } from "../src/gossip/message.ts";
import { gossipSigner, signedDelegation } from "./gossip.ts";
import { BENCH_MARKET } from "./gossipMembers.ts";

/** Yamux puts 12 bytes before a frame; Noise a length of 2 before what it encrypts, and 16 of authentication behind it. */
const STREAM_BYTES = 12 + 2 + 16;

/** Bytes on the wire of what gossip sends, TCP's and IP's headers not included. */
export interface FrameBytes {
  /** Of the message itself, in which gossip and its limits are reckoned. */
  message(body: GossipBody): number;
  /** Of a frame with that message. */
  withMessage(messageBytes: number): number;
  /** Of a frame that tells the ids of so many messages, or says that one is not wanted any more. */
  withIds(ids: number): number;
}

const varintBytes = (value: number) => Math.max(1, Math.ceil(Math.log2(value + 1) / 7));

/** What the real encoders make of messages of an author with a delegation. */
export async function measureFrames(): Promise<FrameBytes> {
  const topic = jobsTopic(BENCH_MARKET.chainId, BENCH_MARKET.marketplace);
  const signer = gossipSigner();
  const { delegation } = await signedDelegation(signer, { market: BENCH_MARKET });
  const sequence = Date.now() * 1_024;
  const framed = (rpc: Uint8Array) => varintBytes(rpc.length) + rpc.length + STREAM_BYTES;
  const noControl = { subscriptions: [], messages: [] };
  return {
    message: (body) =>
      encodeMessage(topic, { sequence, atMs: Date.now(), delegation, body }, signer).length,
    withMessage: (bytes) =>
      framed(RPC.encode({ ...noControl, messages: [{ topic, data: new Uint8Array(bytes) }] })),
    withIds(ids) {
      const messageIDs = Array.from({ length: ids }, () => new Uint8Array(20));
      const ihave = [{ topicID: topic, messageIDs }];
      const control = { ihave, iwant: [], graft: [], prune: [], idontwant: [] };
      return framed(RPC.encode({ ...noControl, control }));
    },
  };
}

/** Hints as they are on the wire: of jobs of which nobody has heard, in a block of a chain that has been there for a while. */
export function someHints(count: number): GossipBody {
  const job = bytesToHex(new Uint8Array(32).fill(0xa5));
  return { hints: Array.from({ length: count }, () => ({ job, block: 30_000_000n })) };
}

/** CPU milliseconds to tell of an id, or to be told of one that is known: half of what both take together. */
export function idCostMs(): number {
  const ids = 100;
  const rounds = 2_000;
  const messageIDs = Array.from({ length: ids }, (_, i) => new Uint8Array(20).fill(i));
  const known = new Set(messageIDs.map((id) => Buffer.from(id).toString("base64")));
  const control = {
    ihave: [{ topicID: "", messageIDs }],
    ...{ iwant: [], graft: [], prune: [], idontwant: [] },
  };
  let found = 0;
  const before = process.cpuUsage();
  for (let i = 0; i < rounds; i++) {
    const { control: read } = RPC.decode(RPC.encode({ control }));
    for (const id of read?.ihave[0]?.messageIDs ?? []) {
      if (known.has(Buffer.from(id).toString("base64"))) found++;
    }
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / found / 2;
}
