import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPeer } from "@assay/network";
import { parseEther } from "viem";
import { expect, vi } from "vitest";
import { startChain } from "../../test/fixtures/chain.ts";
import { type Started, startNode, startRequester } from "../../worker/test/network.ts";
import { httpRunner, serveRunner } from "../src/http/index.ts";
import {
  inProcessRunner,
  marketRunner,
  processRunner,
  type Runner,
  type RunResult,
  threadsRunner,
} from "../src/index.ts";
import { peersRunner, servePeers } from "../src/peers/index.ts";
import { queueRunner } from "../src/queue/index.ts";
import {
  collect,
  expected,
  manifold,
  limits as manifoldLimits,
  type Workload,
} from "./contract.ts";

export const EVERYWHERE = [
  "in-process",
  "threads",
  "process",
  "queue",
  "http",
  "peers",
  "market",
] as const;
export type Place = (typeof EVERYWHERE)[number];

/** All runners, with hosts, peers, a chain and a worker of their own. */
export async function startEverywhere(started: Started): Promise<Record<Place, Runner>> {
  const folder = await mkdtemp(join(tmpdir(), "assay-everywhere-"));
  started.add(() => rm(folder, { recursive: true, force: true }));
  const runners = {
    "in-process": inProcessRunner(),
    threads: threadsRunner({ threads: 2 }),
    process: processRunner({ processes: 2 }),
    queue: queueRunner({ file: join(folder, "queue.sqlite"), processes: 1 }),
    http: await startHttp(started),
    peers: await startPeers(started),
    market: await startMarket(started),
  };
  for (const runner of Object.values(runners)) started.add(() => runner.close());
  return runners;
}

async function startHttp(started: Started): Promise<Runner> {
  const token = "secret";
  const hosts = await Promise.all([1, 2].map(() => serveRunner({ token, processes: 1 })));
  for (const host of hosts) started.add(() => host.close());
  return httpRunner({ hosts: hosts.map(({ url }) => url), token });
}

async function startPeers(started: Started): Promise<Runner> {
  const common = { memory: true, network: "local" } as const;
  const asking = await createPeer(common);
  started.add(() => asking.stop());
  for (let i = 0; i < 3; i++) {
    const peer = await createPeer({
      ...{ ...common, bootstrap: asking.multiaddrs, services: ["runner"] },
    });
    started.add(() => peer.stop());
    const server = servePeers(peer, { processes: 1 });
    started.add(() => server.close());
    const isConnected = () => asking.peers.some(({ peerId }) => peerId === peer.peerId);
    await vi.waitUntil(isConnected, { timeout: 240_000 });
  }
  return peersRunner({ peer: asking });
}

export async function startMarket(started: Started): Promise<Runner> {
  const chain = await startChain();
  started.add(() => chain.stop());
  const requester = await startRequester(chain, started);
  // Nothing of it is settled, so the stakes of all jobs are locked to the end.
  const policy = { stakeWei: parseEther("100") };
  // A node gives a job up whose tasks take longer than this, and here nobody else would take it: no busy machine is to be that slow.
  const executor = { processes: 1, taskLimitMs: 60_000 };
  await startNode(chain, requester, started, { policy, executor });
  return marketRunner({ market: requester.market, rewardPerTask: parseEther("0.001") });
}

/** One input of each kind that {@link manifold} knows, the empty one first. */
const oneOfEach = [
  new Uint8Array(),
  ...Array.from({ length: 8 }, (_, what) => Uint8Array.of(what, 7, 7)),
];

/** Positions, outcomes and bytes are the SDK's, each once. @returns the kinds of ends. */
export async function expectSame(
  runner: Runner,
  inputs: readonly Uint8Array[],
  workload: Workload = { program: manifold, limits: manifoldLimits },
): Promise<Set<string>> {
  const { program, limits } = workload;
  const results = await collect(runner.run({ program: program.wasm, inputs, limits }));
  const right = expectedOnce(inputs, workload);
  // Looked for by hand first: a difference among ten thousand is shown alone.
  const wrong = right.findIndex((end, i) => !isSame(end, results[i]));
  expect(results[wrong], `${runner.name}, input ${wrong}: ${inputs[wrong]}`).toEqual(right[wrong]);
  expect(results).toHaveLength(inputs.length);
  return new Set(results.map(kindOf));
}

/** Seven runners have the same inputs. */
const known = new WeakMap<readonly Uint8Array[], RunResult[]>();

function expectedOnce(inputs: readonly Uint8Array[], workload: Workload): RunResult[] {
  const right = known.get(inputs) ?? expected(inputs, workload);
  known.set(inputs, right);
  return right;
}

function isSame(a: RunResult, b: RunResult | undefined): boolean {
  if (a.position !== b?.position || a.outcome !== b.outcome) return false;
  const [left, right] = [a, b].map((end) => ("bytes" in end ? end.bytes : new Uint8Array()));
  return Buffer.compare(left as Uint8Array, right as Uint8Array) === 0;
}

function kindOf(end: RunResult): string {
  if (end.outcome !== "ok") return end.outcome;
  return end.bytes.length === 0 ? "ok, empty" : "ok";
}

/** No input, an empty one, one of each kind alone if `alone`, and all of them. */
export async function expectEdges(runner: Runner, { alone }: { alone: boolean }): Promise<void> {
  await expectSame(runner, []);
  for (const input of alone ? oneOfEach : oneOfEach.slice(0, 1)) await expectSame(runner, [input]);
  const kinds = await expectSame(runner, oneOfEach);
  expect(kinds).toEqual(new Set(["ok", "ok, empty", "trap", "over-limit"]));
}
