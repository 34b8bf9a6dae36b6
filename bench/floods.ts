/**
 * What floods of gossip cost those that are honest: eight peers as processes, of which one says a hint ten times a second, before and
 * during floods of 2,000 messages a second; and what the offenders' scores and the peers' memory are.
 */
import { fork } from "node:child_process";
import { loadavg } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { FLOODS, type Flood, type FloodOrder } from "./net/orders.ts";
import { type MemberProcess, quantile, startProcesses } from "./net/processes.ts";
import { ordersTo } from "./ordered.ts";

const PEERS = 8;
const HONEST_PER_SECOND = 10;
const FLOOD = { perSecond: 2_000, ms: 15_000 };
/** The flooders wait so long for their place in the meshes. */
const MESH_MS = 2_000;

const print = (text: string) => process.stdout.write(`${text}\n`);
interface Heard {
  coverage: number;
  p99Ms: number;
  rssMb: number;
}

async function honest(members: readonly MemberProcess[], ms: number): Promise<Heard> {
  await Promise.all(members.map((member) => member.order({ do: "begin" })));
  const count = Math.round((ms / 1_000) * HONEST_PER_SECOND);
  await members[0]?.order({ do: "say", count, perSecond: HONEST_PER_SECOND });
  const expected = count * (members.length - 1);
  for (let tries = 0; ; tries++) {
    const reports = await Promise.all(members.map((member) => member.order({ do: "report" })));
    const latencies = reports.flatMap(({ latencies = [] }) => latencies);
    if (latencies.length < expected && tries < 50) {
      await sleep(100);
      continue;
    }
    return {
      coverage: latencies.length / expected,
      p99Ms: quantile(latencies, 0.99),
      rssMb: Math.max(...reports.map(({ rssMb = 0 }) => rssMb)),
    };
  }
}

async function underFlood(members: readonly MemberProcess[], addresses: string[], flood: Flood) {
  const before = await honest(members, 5_000);
  const flooder = fork(fileURLToPath(new URL("net/flooder.ts", import.meta.url)));
  const done = ordersTo<FloodOrder, { sent: number; peerIds: string[] }>(flooder)({
    ...{ targets: addresses, flood, ...FLOOD },
  });
  await sleep(MESH_MS);
  const during = await honest(members, FLOOD.ms);
  const { sent, peerIds } = await done;
  const scores = await Promise.all(
    members.map((member) => member.order({ do: "scores", peerIds })),
  );
  flooder.disconnect();
  // The worst off of the offenders' neighbours: whoever has a connection to it.
  const known = scores.flatMap(({ scores: own = [] }) => own).filter((score) => score !== 0);
  await sleep(60_000);
  const after = await honest(members, 5_000);
  const highestScore = known.length === 0 ? null : Math.max(...known);
  print(
    `${flood}: ${sent} sent; honest coverage ${during.coverage}, p99 ${before.p99Ms.toFixed(0)} → ${during.p99Ms.toFixed(0)} ms; ` +
      `highest score of an offender ${highestScore}; RSS ${before.rssMb.toFixed(0)} → ${during.rssMb.toFixed(0)} → ${after.rssMb.toFixed(0)} MB a minute later`,
  );
  return {
    ...{ flood, sent, coverage: during.coverage, p99BeforeMs: before.p99Ms },
    ...{ p99Ms: during.p99Ms, highestScore, rssBeforeMb: before.rssMb, rssAfterMb: after.rssMb },
  };
}

/** `npm run bench -- floods` */
export async function floods(): Promise<void> {
  const { members, addresses } = await startProcesses("ours", PEERS);
  await sleep(3_000);
  const rows = [];
  for (const flood of FLOODS) rows.push(await underFlood(members, addresses, flood));
  for (const member of members) await member.stop();
  print(JSON.stringify({ peers: PEERS, floods: rows, load: loadavg()[0] }));
}
