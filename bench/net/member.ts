/**
 * A member of a gossip network as a process: Assay's peer, or libp2p with gossipsub as it comes. Ordered about over IPC by `net.ts`.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { prometheusMetrics } from "@libp2p/prometheus-metrics";
import { Registry } from "prom-client";
import { createOurs, createStock, type Member } from "../../network/test/gossipMembers.ts";
import type { Order, Reply } from "./orders.ts";

const send = (reply: Reply) => process.send?.(reply);
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

async function obey(order: Order): Promise<Reply> {
  if (order.do === "join") {
    const { bootstrap, countsBytes } = order;
    member =
      order.kind === "ours"
        ? await createOurs({ bootstrap, ...(countsBytes && counting()) })
        : await createStock();
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
      return {};
    case "report": {
      const { user, system } = process.cpuUsage(cpuAt);
      return {
        latencies: [...member.latencies],
        cpuMs: (user + system) / 1_000,
        rssMb: process.memoryUsage().rss / (1 << 20),
        neighbours: member.neighbours,
        gossipBytes: await gossipBytes(),
      };
    }
  }
}

process.on("message", (message: { id: number; order: Order }) => {
  const { id, order } = message;
  obey(order).then(
    (reply) => send({ ...reply, id }),
    (error: Error) => send({ id, error: error.message }),
  );
});
process.on("disconnect", () => process.exit());
