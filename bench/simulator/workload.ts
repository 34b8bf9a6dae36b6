import {
  COLLECT_MS,
  MOST_AUTHORS,
  PRESENCE_MS,
  STRANGERS_PER_NEIGHBOUR,
} from "../../network/src/gossip/limits.ts";
import { presenceIntervalMs } from "../../network/src/gossip/presences.ts";
import { messagesOfHints } from "./publications.ts";

/** The two ends of the table that the network is to be held against: tasks a second, and how soon 99 % have heard of one. */
const TABLE = {
  least: { peers: 10, tasksPerSecond: 1_000, p99Ms: 50 },
  most: { peers: 10_000, tasksPerSecond: 450_000, p99Ms: 2_000 },
};

/** The job that docs/protocol.md reckons with: ten thousand tasks in ten batches. */
const JOB = { tasks: 10_000, batches: 10 };

/** How often chain and workers move on. */
export const BLOCK_SECONDS = 2;

export interface Target {
  tasksPerSecond: number;
  p99Ms: number;
}

/** Between and beyond the table's ends, on the line through both in logarithms. */
export function targetOf(peers: number): Target {
  const { least, most } = TABLE;
  const place = Math.log(peers / least.peers) / Math.log(most.peers / least.peers);
  const between = (from: number, to: number) => from * (to / from) ** place;
  return {
    tasksPerSecond: between(least.tasksPerSecond, most.tasksPerSecond),
    p99Ms: between(least.p99Ms, most.p99Ms),
  };
}

/** Parameters of what peers say, and of whom they remember. */
export interface Rules {
  /** Milliseconds between two changes of its room that a worker tells of, by how many others it knows; infinite if it tells of none. */
  betweenChangesMs: (others: number) => number;
  mostAuthors: number;
  jobTasks: number;
  batchTasks: number;
  /** Peers that tell of jobs, or infinitely many: each job another one. */
  requesters: number;
  collectMs: number;
}

export const OUR_RULES: Rules = {
  betweenChangesMs: () => PRESENCE_MS.betweenChanges,
  mostAuthors: MOST_AUTHORS,
  jobTasks: JOB.tasks,
  batchTasks: JOB.tasks / JOB.batches,
  requesters: Number.POSITIVE_INFINITY,
  collectMs: COLLECT_MS,
};

/** Messages a second of all peers together. */
export interface Rates {
  hints: number;
  presences: number;
  batches: number;
}

export function ratesOf(peers: number, tasksPerSecond: number, rules: Rules): Rates {
  const others = Math.min(peers - 1, rules.mostAuthors);
  const batches = tasksPerSecond / rules.batchTasks;
  // A worker looks at its room once a block; a batch changes it when it is taken and when it is done.
  const changeMs = Math.max(rules.betweenChangesMs(others), BLOCK_SECONDS * 1_000);
  const changes = Math.min(2 * batches, (peers * 1_000) / changeMs);
  const regular = (peers * 1_000) / presenceIntervalMs(others);
  const jobs = tasksPerSecond / rules.jobTasks;
  const { requesters, collectMs } = rules;
  return {
    hints: requesters < jobs ? requesters * messagesOfHints(jobs / requesters, collectMs) : jobs,
    // Whoever has told of a change begins to wait anew.
    presences: Math.max(changes, regular),
    batches,
  };
}

/** Share of messages whose authors are forgotten when they speak again: strangers, until the chain was asked about them. */
export function strangerShare(peers: number, { mostAuthors }: Rules): number {
  return Math.max(0, 1 - mostAuthors / (peers - 1));
}

/** Messages of strangers that a peer takes a second, from all neighbours in its mesh. */
export function strangersTaken(meshDegree: number): number {
  return STRANGERS_PER_NEIGHBOUR.perSecond * meshDegree;
}
