/**
 * Gossip of Assay's peers beside gossipsub as it comes (StrictSign), in one run: the same number of members, the same messages, the same
 * machine. As processes: `--processes` of them (8); in one process: `--peers` (20 and 100).
 */
import { loadavg } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { createGossip, createStock, type Member } from "../network/test/gossipMembers.ts";
import type { Kind, Reply } from "./net/orders.ts";
import { type MemberProcess, quantile, startProcesses } from "./net/processes.ts";

const SECONDS = 10;
const PER_SECOND = 100;
/** In one process, where time is the processor's, not the network's. */
const INSIDE = { messages: 20, perSecond: 1, dials: 5 };
/** Newcomers are greeted with everybody's presence for a while, which is no job's doing. */
const GREETINGS_MS = 8_000;
/** Gossipsub tells of a message for three heartbeats of a second. */
const HISTORY_MS = 4_000;

const print = (text: string) => process.stdout.write(`${text}\n`);
interface Figures {
  coverage: number;
  p50Ms: number;
  p99Ms: number;
  cpuMsPerDelivery: number;
  rssMb: number;
}

/** Lets the given members speak, and counts what the others hear. */
async function broadcast(members: readonly MemberProcess[], authors: number): Promise<Figures> {
  await Promise.all(members.map((member) => member.order({ do: "begin" })));
  const count = Math.round((SECONDS * PER_SECOND) / authors);
  const say = { do: "say", count, perSecond: PER_SECOND / authors } as const;
  await Promise.all(members.slice(0, authors).map((member) => member.order(say)));
  const expected = count * authors * (members.length - 1);
  let reports: Reply[] = [];
  for (let tries = 0; tries < 50; tries++) {
    reports = await Promise.all(members.map((member) => member.order({ do: "report" })));
    if (reports.flatMap(({ latencies = [] }) => latencies).length >= expected) break;
    await sleep(100);
  }
  const latencies = reports.flatMap(({ latencies: own = [] }) => own);
  const cpuMs = reports.reduce((sum, { cpuMs: own = 0 }) => sum + own, 0);
  return {
    coverage: latencies.length / expected,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    cpuMsPerDelivery: cpuMs / latencies.length,
    rssMb: quantile(
      reports.map(({ rssMb = 0 }) => rssMb),
      0.5,
    ),
  };
}

async function asProcesses(kind: Kind, count: number) {
  const { members, discoveriesMs } = await startProcesses(kind, count);
  await sleep(2_000); // meshes form within two heartbeats
  const one = await broadcast(members, 1);
  const all = await broadcast(members, count);
  for (const member of members) await member.stop();
  print(`${kind}, ${count} processes, ${PER_SECOND}/s: one author ${show(one)}; all ${show(all)}`);
  return { one, all, discoveryP99Ms: quantile(discoveriesMs, 0.99) };
}

/** Bytes of gossip that the most burdened peer sends and receives for one job, whose tasks no message names: one hint, however many. */
async function bytesOfJob(count: number): Promise<number> {
  const { members } = await startProcesses("ours", count, { countsBytes: true });
  await sleep(GREETINGS_MS);
  const report = () => Promise.all(members.map((member) => member.order({ do: "report" })));
  const before = await report();
  await members[0]?.order({ do: "say", count: 1, perSecond: 1 });
  // With the heartbeats in which it is still told of.
  await sleep(HISTORY_MS);
  const after = await report();
  for (const member of members) await member.stop();
  const bytes = after.map(({ gossipBytes = 0 }, i) => gossipBytes - (before[i]?.gossipBytes ?? 0));
  const most = Math.max(...bytes);
  print(`a job: ${most} bytes of gossip at the peer that has most of it`);
  return most;
}

function show({ coverage, p50Ms, p99Ms, cpuMsPerDelivery }: Figures): string {
  const times = `p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`;
  return `coverage ${coverage.toFixed(4)}, ${times}, ${cpuMsPerDelivery.toFixed(3)} CPU ms a delivery`;
}

/** Members in this process, each connected to some others. */
async function inside(kind: Kind, count: number): Promise<Omit<Figures, "rssMb">> {
  const members: Member[] = [];
  for (let i = 0; i < count; i++) {
    const member = kind === "ours" ? await createGossip() : await createStock();
    const others = members.map(({ addresses }) => addresses[0] ?? "");
    const some = others.toSorted(() => Math.random() - 0.5).slice(0, INSIDE.dials);
    await member.connect(some);
    members.push(member);
  }
  await sleep(3_000);
  // Everybody's first message costs others the check of its account's word, once.
  const speakers = members.slice(0, INSIDE.messages);
  for (const member of speakers) await member.say();
  const heard = () => members.reduce((sum, { latencies }) => sum + latencies.length, 0);
  for (let tries = 0; tries < 60 && heard() < speakers.length * (count - 1); tries++) {
    await sleep(500);
  }
  await sleep(2_000);
  for (const { latencies } of members) latencies.length = 0;
  const cpuAt = process.cpuUsage();
  for (let i = 0; i < INSIDE.messages; i++) {
    await members[i % count]?.say();
    await sleep(1_000 / INSIDE.perSecond);
  }
  await sleep(1_000);
  const { user, system } = process.cpuUsage(cpuAt);
  const latencies = members.flatMap(({ latencies: own }) => own);
  for (const member of members) await member.stop();
  const figures = {
    coverage: latencies.length / (INSIDE.messages * (count - 1)),
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    cpuMsPerDelivery: (user + system) / 1_000 / latencies.length,
  };
  print(
    `${kind}, ${count} in one process, ${INSIDE.perSecond}/s: ${show({ ...figures, rssMb: 0 })}`,
  );
  return figures;
}

/** `npm run bench -- net [--peers N] [--processes N]` */
export async function net(): Promise<void> {
  const { values } = parseArgs({
    args: process.argv.slice(3),
    options: { peers: { type: "string" }, processes: { type: "string", default: "8" } },
  });
  const processes = Number(values.processes);
  const stock = await asProcesses("stock", processes);
  const ours = await asProcesses("ours", processes);
  const bytesPerJob = await bytesOfJob(processes);
  const counts = values.peers === undefined ? [20, 100] : [Number(values.peers)];
  const rows = [];
  for (const peers of counts) {
    const stockRow = await inside("stock", peers);
    const row = await inside("ours", peers);
    rows.push({ peers, ...row, stockP99Ms: stockRow.p99Ms, stockCoverage: stockRow.coverage });
  }
  const figures = {
    peers: processes,
    coverage: Math.min(ours.one.coverage, ours.all.coverage),
    discoveryP99Ms: ours.discoveryP99Ms,
    broadcastP50Ms: ours.one.p50Ms,
    broadcastP99Ms: Math.max(ours.one.p99Ms, ours.all.p99Ms),
    stockBroadcastP99Ms: Math.max(stock.one.p99Ms, stock.all.p99Ms),
    cpuMsPerDelivery: ours.one.cpuMsPerDelivery,
    stockCpuMsPerDelivery: stock.one.cpuMsPerDelivery,
    cpuMsPerDeliveryAllAuthors: ours.all.cpuMsPerDelivery,
    stockCpuMsPerDeliveryAllAuthors: stock.all.cpuMsPerDelivery,
    bytesPerJob,
    rssMbPerPeer: ours.all.rssMb,
    inOneProcess: rows,
    load: loadavg()[0],
  };
  print(JSON.stringify(figures));
}
