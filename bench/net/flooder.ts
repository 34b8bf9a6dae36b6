/** Hosts that flood a network, one for each of its peers, in a process of their own. Ordered about over IPC by `floods.ts`. */
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { bytesToHex } from "viem";
import { encodeMessage, jobsTopic } from "../../network/src/gossip/message.ts";
import { jobGossipOptions } from "../../network/src/gossip/options.ts";
import { gossipSigner } from "../../network/test/gossip.ts";
import { BENCH_MARKET, dialAddress, gossipHost } from "../../network/test/gossipMembers.ts";
import { obeyOrders } from "../ordered.ts";
import type { FloodOrder } from "./orders.ts";

const topic = jobsTopic(BENCH_MARKET.chainId, BENCH_MARKET.marketplace);
const options = jobGossipOptions({ topic, areColocated: true, scoreOf: () => 0 });

async function flood({ targets, flood, perSecond, ms }: FloodOrder) {
  const hosts = await Promise.all(
    targets.map(async (target) => {
      const host = await gossipHost(options);
      host.services.pubsub.subscribe(topic);
      await dialAddress(host, target);
      return host;
    }),
  );
  await sleep(2_000); // until they are in the meshes
  const authors = Array.from({ length: flood === "50 strangers" ? 50 : 1 }, gossipSigner);
  let sequence = Date.now() * 1_024;
  function next(): Uint8Array {
    if (flood === "malformed") return randomBytes(300);
    const author = authors[sequence++ % authors.length] ?? gossipSigner();
    const hints = [{ job: bytesToHex(randomBytes(32)), block: 1n }];
    const message = { sequence, atMs: Date.now(), delegation: undefined, body: { hints } };
    return encodeMessage(topic, message, author);
  }
  const startedAt = performance.now();
  let sent = 0;
  while (performance.now() - startedAt < ms) {
    const due = Math.floor(((performance.now() - startedAt) / 1_000) * perSecond);
    for (; sent < due; sent++) {
      // One author speaks through one host; else every host says something else.
      const host = flood === "one author" ? hosts[0] : hosts[sent % hosts.length];
      await host?.services.pubsub.publish(topic, next()).catch(() => {});
    }
    await sleep(5);
  }
  const peerIds = hosts.map(({ peerId }) => peerId.toString());
  await Promise.all(hosts.map((host) => host.stop()));
  return { sent, peerIds: flood === "one author" ? peerIds.slice(0, 1) : peerIds };
}

obeyOrders(flood);
