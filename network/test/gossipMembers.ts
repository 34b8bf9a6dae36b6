import { randomBytes } from "node:crypto";
import { createPeer, type PeerNetworkOptions } from "@assay/network";
import { type GossipsubOpts, gossipsub } from "@libp2p/gossipsub";
import { identify } from "@libp2p/identify";
import { noise } from "@libp2p/noise";
import { ping } from "@libp2p/ping";
import { tcp } from "@libp2p/tcp";
import { yamux } from "@libp2p/yamux";
import { multiaddr } from "@multiformats/multiaddr";
import { createLibp2p, type Libp2p } from "libp2p";
import { bytesToHex, hexToBytes } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { joinJobGossip } from "../src/gossip/jobGossip.ts";
import { encodeMessage, jobsTopic } from "../src/gossip/message.ts";
import { createOffenders } from "../src/gossip/offenders.ts";
import { jobGossipOptions } from "../src/gossip/options.ts";
import { createStandings } from "../src/gossip/standing.ts";
import { thriftyYamux } from "../src/p2p/thriftyYamux.ts";
import { gossipSigner, signedDelegation } from "./gossip.ts";

/** A member of a gossip network that says short messages with the time in them, and notes how long others' took to come. */
export interface Member {
  addresses: string[];
  readonly neighbours: number;
  /** Milliseconds from saying to hearing, by message heard. */
  latencies: number[];
  /** What gossip makes of a peer, by its id: far below zero while it is banned. */
  scoreOf(peerId: string): number;
  say(): Promise<void>;
  connect(addresses: string[]): Promise<void>;
  stop(): Promise<void>;
}

export const BENCH_MARKET = { chainId: 31_337, marketplace: `0x${"a5".repeat(20)}` } as const;
/** Authors of a chorus: together they may say some hundred messages a second. */
const CHORUS = 10;
const STOCK_TOPIC = "/bench/jobs";
/** A job's hint takes about as much. */
const STOCK_BYTES = 300;

const nowMs = () => Number(process.hrtime.bigint() / 1_000n) / 1_000;

/** 32 bytes: the time, and what makes them differ from all others. */
function stamp(): Uint8Array {
  const bytes = randomBytes(32);
  bytes.writeDoubleBE(nowMs());
  return bytes;
}

/** Notes how long a message took. One without a time in it is none of a member's: a flood's, say. */
function note(latencies: number[], bytes: Uint8Array): void {
  const ms = nowMs() - Buffer.from(bytes).readDoubleBE();
  if (ms >= 0 && ms < 600_000) latencies.push(ms);
}

/**
 * Assay's peer as a node has it, with an account behind which there is something.
 * @param libp2pMetrics - counts what libp2p does, which takes time of its own.
 */
export async function createOurs({
  bootstrap,
  libp2pMetrics,
}: { bootstrap: string[] } & Pick<PeerNetworkOptions, "libp2pMetrics">): Promise<Member> {
  const latencies: number[] = [];
  const peer = await createPeer({
    ...{ memory: true, network: "local", bootstrap, libp2pMetrics, ...BENCH_MARKET },
    account: privateKeyToAccount(generatePrivateKey()),
    readStanding: async () => 5,
    onHint: ({ job }) => note(latencies, hexToBytes(job)),
  });
  peer.market?.tell({ roles: ["worker"], tags: [], freeBatches: 4 });
  return {
    addresses: peer.multiaddrs,
    latencies,
    get neighbours() {
      return (peer.market?.present ?? []).filter(({ author }) => author.standing > 0).length;
    },
    scoreOf: (peerId) => peer.market?.scoreOf(peerId) ?? 0,
    say: () => peer.announcer.announce({ job: bytesToHex(stamp()), block: 1n }),
    async connect() {}, // it finds the others by itself
    stop: () => peer.stop(),
  };
}

export async function dialAddress(host: Libp2p, address: string): Promise<void> {
  await host.dial(multiaddr(address));
}

/** The host of a member whose gossip alone is measured: what both have in common. */
export function gossipHost(options: Partial<GossipsubOpts>, muxer = yamux()) {
  return createLibp2p({
    addresses: { listen: ["/ip4/127.0.0.1/tcp/0"] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [muxer],
    connectionManager: { inboundConnectionThreshold: 1_000, maxIncomingPendingConnections: 100 },
    // A hundred in one process answer pings late when all of them are sent at once, and would be cut off for it.
    connectionMonitor: { enabled: false },
    services: { identify: identify(), ping: ping(), pubsub: gossipsub(options) },
  });
}

/** Assay's gossip alone, without DHT, contents and relays: many of it in one process would measure those. */
export async function createGossip(): Promise<Member> {
  return (await startGossip()).member;
}

/**
 * The same, whose messages are those of several authors, said one by one: more than one author may say, and no outbox
 * collects them.
 */
export async function createChorus(): Promise<Member> {
  const { member, topic, pubsub } = await startGossip();
  const voices = await Promise.all(
    Array.from({ length: CHORUS }, async () => {
      const signer = gossipSigner();
      const { delegation } = await signedDelegation(signer, { market: BENCH_MARKET });
      return { signer, delegation };
    }),
  );
  let sequence = Date.now() * 1_024;
  return {
    ...member,
    async say() {
      const { signer, delegation } =
        voices[sequence++ % CHORUS] ?? (voices[0] as (typeof voices)[0]);
      const body = { hints: [{ job: bytesToHex(stamp()), block: 1n }] };
      const message = { sequence, atMs: Date.now(), delegation, body };
      await pubsub.publish(topic, encodeMessage(topic, message, signer));
    },
  };
}

async function startGossip() {
  const latencies: number[] = [];
  const topic = jobsTopic(BENCH_MARKET.chainId, BENCH_MARKET.marketplace);
  const offenders = createOffenders();
  const options = jobGossipOptions({ topic, areColocated: true, scoreOf: offenders.score });
  const libp2p = await gossipHost(options, thriftyYamux());
  const { pubsub } = libp2p.services;
  const signer = gossipSigner();
  const { delegation } = await signedDelegation(signer, { market: BENCH_MARKET });
  const gossip = joinJobGossip(pubsub, {
    ...{ market: BENCH_MARKET, signer, offenders, delegation: () => delegation },
    standings: createStandings(async () => 5),
    onHint: ({ job }) => note(latencies, hexToBytes(job)),
  });
  const member: Member = {
    addresses: libp2p.getMultiaddrs().map(String),
    latencies,
    get neighbours() {
      return pubsub.getSubscribers(topic).length;
    },
    scoreOf: offenders.score,
    say: () => gossip.announce({ job: bytesToHex(stamp()), block: 1n }),
    async connect(addresses) {
      for (const address of addresses) await dialAddress(libp2p, address);
    },
    async stop() {
      gossip.close();
      await libp2p.stop();
    },
  };
  return { member, topic, pubsub };
}

/** Gossipsub with its own defaults, StrictSign among them; but for its penalty for sharing an address, which empties a mesh on one machine. */
export async function createStock(): Promise<Member> {
  const latencies: number[] = [];
  const libp2p = await gossipHost({
    allowPublishToZeroTopicPeers: true,
    scoreParams: { IPColocationFactorWeight: 0 },
  });
  const { pubsub } = libp2p.services;
  pubsub.addEventListener("message", ({ detail }) => {
    if (detail.topic === STOCK_TOPIC) note(latencies, detail.data);
  });
  pubsub.subscribe(STOCK_TOPIC);
  return {
    addresses: libp2p.getMultiaddrs().map(String),
    latencies,
    get neighbours() {
      return pubsub.getSubscribers(STOCK_TOPIC).length;
    },
    scoreOf: () => 0,
    async say() {
      const data = Buffer.concat([stamp(), Buffer.alloc(STOCK_BYTES - 32)]);
      await pubsub.publish(STOCK_TOPIC, data);
    },
    async connect(addresses) {
      for (const address of addresses) await dialAddress(libp2p, address);
    },
    stop: () => Promise.resolve(libp2p.stop()),
  };
}
