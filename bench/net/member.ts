/**
 * A member of a gossip network as a process: Assay's peer, or libp2p with gossipsub as it comes. Ordered about over IPC by `net.ts`.
 */
import { subscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { prometheusMetrics } from "@libp2p/prometheus-metrics";
import { Registry } from "prom-client";
import {
  createChorus,
  createOurs,
  createStock,
  type Member,
} from "../../network/test/gossipMembers.ts";
import { obeyOrders } from "../ordered.ts";
import type { Order, Reply } from "./orders.ts";

let member: Member | undefined;
let cpuAt = process.cpuUsage();
let registry: Registry | undefined;

/** Counts bytes by protocol. */
function counting(): { libp2pMetrics: ReturnType<typeof prometheusMetrics> } {
  registry = new Registry();
  return { libp2pMetrics: prometheusMetrics({ registry, collectDefaultMetrics: false }) };
}

async function gossipBytes(): Promise<number> {
  const metric = await registry?.getSingleMetric("libp2p_data_transfer_bytes_total")?.get();
  const values = (metric?.values ?? []).filter(({ labels }) =>
    /\/meshsub\//.test(String(labels.protocol)),
  );
  return values.reduce((sum, { value }) => sum + value, 0);
}

const creators = { ours: createOurs, chorus: createChorus, stock: createStock };

/** Every TCP connection of this process, whoever dialled. */
const sockets: Socket[] = [];
for (const channel of ["net.client.socket", "net.server.socket"]) {
  subscribe(channel, (message) => sockets.push((message as { socket: Socket }).socket));
}
const totalBytes = () =>
  sockets.reduce((sum, { bytesRead, bytesWritten }) => sum + bytesRead + bytesWritten, 0);
let bytesAt = 0;

async function obey(order: Order): Promise<Reply> {
  if (order.do === "join") {
    const { bootstrap, countsBytes } = order;
    member = await creators[order.kind]({ bootstrap, ...(countsBytes === true && counting()) });
    return { joined: member.addresses };
  }
  if (member === undefined) throw new TypeError("not joined yet");
  switch (order.do) {
    case "connect":
      await member.connect(order.addresses);
      return {};
    case "say": {
      const { count, perSecond } = order;
      const startedAt = performance.now();
      for (let i = 0; i < count; i++) {
        const dueMs = (i * 1_000) / perSecond - (performance.now() - startedAt);
        if (dueMs > 0) await sleep(dueMs);
        void member.say();
      }
      return {};
    }
    case "scores":
      return { scores: order.peerIds.map(member.scoreOf) };
    case "begin":
      member.latencies.length = 0;
      cpuAt = process.cpuUsage();
      bytesAt = totalBytes();
      return {};
    case "report": {
      const { user, system } = process.cpuUsage(cpuAt);
      return {
        latencies: [...member.latencies],
        cpuMs: (user + system) / 1_000,
        rssMb: process.memoryUsage().rss / (1 << 20),
        neighbours: member.neighbours,
        gossipBytes: await gossipBytes(),
        bytes: totalBytes() - bytesAt,
      };
    }
  }
}

obeyOrders(obey);
