import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "../../test/fixtures/random.ts";
import type { ClusterNode } from "./clusterNode.ts";

/** Time between two of them, in milliseconds: at least, and so much more. */
const BETWEEN_MS = { least: 2_000, more: 4_000 };
/** How long a killed node stays away, and how long one is paused, in milliseconds. */
const AWAY_MS = 10_000;
const PAUSED_MS = { least: 5_000, more: 25_000 };

export interface Disorder {
  killed: number;
  paused: number;
  /** Ended in order and started again, as an upgrade does. */
  restarted: number;
  scaledDown: number;
  scaledUp: number;
}

/**
 * Kills, pauses and restarts nodes, and scales their number between half of them and all, until the signal aborts; then continues those
 * that are paused, and starts those again that were killed. Nodes that were scaled down stay away.
 * @param hosts - those behind the name of the service: a node that is scaled down leaves it, a killed one does not.
 */
export async function disturb(
  nodes: readonly ClusterNode[],
  { random, hosts, signal }: { random: Random; hosts: Set<string>; signal: AbortSignal },
): Promise<Disorder> {
  const done: Disorder = { killed: 0, paused: 0, restarted: 0, scaledDown: 0, scaledUp: 0 };
  const busy = new Set<ClusterNode>();
  const away = new Set<ClusterNode>();
  const underWay = new Set<Promise<void>>();
  const wait = (ms: number) => sleep(ms, undefined, { signal }).catch(() => {});
  const pick = (some: readonly ClusterNode[]) => some[random.below(some.length)];

  const acts = {
    async kill(node: ClusterNode) {
      done.killed++;
      await node.kill();
      await wait(random.below(AWAY_MS));
      node.start();
    },
    async pause(node: ClusterNode) {
      done.paused++;
      node.pause();
      await wait(PAUSED_MS.least + random.below(PAUSED_MS.more));
      node.resume();
    },
    async restart(node: ClusterNode) {
      done.restarted++;
      await node.stop();
      node.start();
    },
    async scaleDown(node: ClusterNode) {
      if (away.size >= Math.floor(nodes.length / 2)) return;
      done.scaledDown++;
      away.add(node);
      hosts.delete(node.options.host);
      await node.drain();
    },
  };
  const names = Object.keys(acts) as (keyof typeof acts)[];

  const begin = (node: ClusterNode, act: Promise<void>) => {
    busy.add(node);
    const running = act.finally(() => {
      busy.delete(node);
      underWay.delete(running);
    });
    underWay.add(running);
  };
  async function scaleUp(node: ClusterNode) {
    done.scaledUp++;
    away.delete(node);
    hosts.add(node.options.host);
    node.start();
  }

  while (!signal.aborted) {
    await wait(BETWEEN_MS.least + random.below(BETWEEN_MS.more));
    if (signal.aborted) break;
    const choice = random.below(names.length + 1);
    const name = names[choice];
    const node = pick(
      nodes.filter((one) => !busy.has(one) && away.has(one) === (name === undefined)),
    );
    if (node !== undefined) begin(node, name === undefined ? scaleUp(node) : acts[name](node));
  }
  await Promise.all(underWay);
  return done;
}
