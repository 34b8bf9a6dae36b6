/**
 * Gossip and claims in networks of ten to a hundred thousand peers, simulated copy by copy with what a message costs real peers; the same
 * simulator beside 8 and 20 real ones.
 */
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { PRESENCE_MS } from "../network/src/gossip/limits.ts";
import { measureFrames } from "../network/test/gossipFrames.ts";
import { RECORDED_COSTS } from "./simulator/costs.ts";
import { LATENCIES } from "./simulator/latency.ts";
import { measureCosts } from "./simulator/measureCosts.ts";
import { type Validation, validate } from "./simulator/measureNetwork.ts";
import { formNetwork, type GossipNumbers, ourGossip } from "./simulator/network.ts";
import { playSize, type Row } from "./simulator/scale.ts";
import { OUR_RULES, type Rules } from "./simulator/workload.ts";

const SIZES = [10, 100, 1_000, 10_000, 100_000];
const REAL_SIZES = [8, 20];
/** A peer that dials as the DHT does has about as many connections; libp2p allows 300. */
const CONNECTIONS = 100;
/** Peers that may be in one data centre. */
const LARGEST_CENTRE = 1_000;
const SILENT_SHARE = 0.01;
const SEED = 17;

interface Variant {
  gossip?: Partial<GossipNumbers>;
  rules?: Partial<Rules>;
  /** In the largest network, too. */
  isEverywhere?: boolean;
}

/** Other parameters, each beside ours. */
const VARIANTS: Record<string, Variant> = {
  "mesh of 6 (4 to 12), as gossipsub's": { gossip: { D: 6, Dlo: 4, Dhi: 12, Dout: 2 } },
  "mesh of 8 (6 to 12)": { gossip: { D: 8, Dlo: 6, Dhi: 12, Dout: 2 } },
  "ids to a quarter of the neighbours": { gossip: { gossipFactor: 0.25 } },
  "one requester for all jobs": { rules: { requesters: 1 } },
  "the same, hints collected for 250 ms": { rules: { requesters: 1, collectMs: 250 } },
  "changes of room told by all together 50 times a second": {
    rules: { betweenChangesMs: (others) => Math.max(PRESENCE_MS.betweenChanges, 20 * others) },
  },
  "batches of 10,000 tasks": { rules: { batchTasks: 10_000 } },
  "authors remembered: 200,000": { rules: { mostAuthors: 200_000 } },
  "authors, jobs of 100,000 tasks in ten batches": {
    isEverywhere: true,
    rules: { mostAuthors: 200_000, jobTasks: 100_000, batchTasks: 10_000 },
  },
  "authors, jobs of 1,000,000 tasks in ten batches": {
    isEverywhere: true,
    rules: { mostAuthors: 200_000, jobTasks: 1_000_000, batchTasks: 100_000 },
  },
};
/** The network in which they are looked at. */
const VARIED = 10_000;

const print = (text: string) => process.stdout.write(`${text}\n`);

function show(name: string, row: Row): void {
  const percent = (share: number) => `${(100 * share).toPrecision(2)} %`;
  print(
    `${name}: ${Math.round(row.tasksPerSecond)} tasks/s, ${row.messagesPerSecond.toFixed(1)} messages/s; coverage ${row.coverage.toFixed(4)}, ` +
      `p50 ${row.broadcastP50Ms.toFixed(0)} ms, p99 ${row.broadcastP99Ms.toFixed(0)} ms (${row.targetP99Ms.toFixed(0)}), ` +
      `${(row.bytesPerPeerPerSecond / 1_000).toFixed(1)} kB/s (${percent(row.idBytesShare)} ids), CPU ${percent(row.cpuSharePerPeer)}, ` +
      `${row.duplicateFactor.toFixed(2)} copies; doubled claims ${percent(row.doubledClaimsShare)} (${percent(row.doubledClaimsShareSeeingPending)})`,
  );
}

function showValidation({ peers, authors, measured, simulated }: Validation): void {
  const both = (key: keyof typeof measured, digits: number, times = 1) =>
    `${(times * simulated[key]).toFixed(digits)} for ${(times * measured[key]).toFixed(digits)}`;
  print(
    `${peers} processes, ${authors} authors, simulated for measured: p50 ${both("p50Ms", 1)} ms, p99 ${both("p99Ms", 1)} ms, ` +
      `${both("bytesPerPeerPerSecond", 1, 1e-3)} kB/s, CPU ${both("cpuSharePerPeer", 1, 100)} %`,
  );
}

/**
 * `npm run bench -- simulate [--peers N] [--recorded] [--costs]`: `--recorded` starts no process, and so compares with none; `--costs` measures
 * what messages cost here instead of taking what the record has.
 */
export async function simulate(): Promise<void> {
  const { values } = parseArgs({
    args: process.argv.slice(3),
    options: {
      peers: { type: "string" },
      recorded: { type: "boolean", default: false },
      costs: { type: "boolean", default: false },
    },
  });
  const frames = await measureFrames();
  const costs = values.costs ? await measureCosts(frames) : RECORDED_COSTS;
  print(`CPU ms: ${JSON.stringify(costs)}`);
  const validation: Validation[] = [];
  for (const peers of values.recorded ? [] : REAL_SIZES) {
    const both = await validate(peers, costs, frames);
    both.forEach(showValidation);
    validation.push(...both);
  }

  const rows: (Row & { latency: string })[] = [];
  const variants: (Row & { variant: string })[] = [];
  for (const peers of values.peers === undefined ? SIZES : [Number(values.peers)]) {
    const form = (name: keyof typeof LATENCIES, gossip: Partial<GossipNumbers> = {}) =>
      formNetwork({
        ...{ peers, connections: CONNECTIONS, latency: LATENCIES[name] },
        ...{ gossip: { ...ourGossip(), ...gossip }, silentShare: SILENT_SHARE, seed: SEED },
      });
    for (const name of ["dataCentre", "internet"] as const) {
      if (name === "dataCentre" && peers > LARGEST_CENTRE) continue;
      const row = playSize({ network: form(name), costs, frames, rules: OUR_RULES });
      rows.push({ latency: name, ...row });
      show(`${peers} peers, ${name}`, row);
    }
    for (const [variant, { gossip, rules, isEverywhere = false }] of Object.entries(VARIANTS)) {
      if (peers < VARIED || (peers > VARIED && !isEverywhere)) continue;
      const network = form("internet", gossip);
      const row = playSize({ network, costs, frames, rules: { ...OUR_RULES, ...rules } });
      variants.push({ variant, ...row });
      show(`  ${variant}`, row);
    }
  }
  const rssMb = process.resourceUsage().maxRSS / 1_024;
  print(JSON.stringify({ costs, validation, rows, variants, rssMb, load: loadavg()[0] }));
}
