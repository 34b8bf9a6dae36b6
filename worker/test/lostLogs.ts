import type { JobId } from "@assay/sdk";
import { expect } from "vitest";
import { startChain, type TestChain } from "../../test/fixtures/chain.ts";
import { type Fault, type FaultyRpc, startFaultyRpc } from "../../test/fixtures/faultyRpc.ts";
import type { Random } from "../../test/fixtures/random.ts";
import { type ConnectChainOptions, connectChain } from "../src/chain/connectChain.ts";
import type { NodeEventName, NodeEvents } from "../src/kernel/events.ts";
import { reportEndpoint } from "../src/node/endpointNews.ts";
import { createNode, type WorkerNode } from "../src/node/node.ts";
import {
  accountOf,
  type Requester,
  type Started,
  startRequester,
  temporaryFolder,
} from "./network.ts";
import { postJobs } from "./postedJobs.ts";

export interface LostLogs {
  proxies: readonly [FaultyRpc, FaultyRpc];
  /** Those on the chain. */
  posted: ReadonlySet<JobId>;
  /** A node behind both, that was not started; takes on none of the jobs, as it is about their discovery. */
  node: WorkerNode;
  /** What it has discovered. */
  discovered: ReadonlySet<JobId>;
  told: readonly { name: NodeEventName; fields: NodeEvents[NodeEventName] }[];
  /** All jobs are known, and each was told of once. */
  expectAll(): void;
}

export interface LongChain {
  chain: TestChain;
  requester: Requester;
  posted: ReadonlySet<JobId>;
}

/** A long chain with many jobs. */
export async function startLongChain(
  started: Started,
  size: { blocks: number; jobs: number; random: Random },
): Promise<LongChain> {
  const chain = await startChain({}, { keptStates: 64 });
  started.add(() => chain.stop());
  const requester = await startRequester(chain, started);
  return { chain, requester, posted: await postJobs(chain, requester, size) };
}

/** A node that reads such a chain through two endpoints that may lie. */
export async function startLostLogs(
  started: Started,
  { chain, requester, posted }: LongChain,
  [first, second]: readonly [Fault | undefined, Fault | undefined],
  options: ConnectChainOptions = {},
): Promise<LostLogs> {
  const proxies = [await startFaultyRpc(chain.rpcUrl), await startFaultyRpc(chain.rpcUrl)] as const;
  for (const proxy of proxies) started.add(() => proxy.stop());
  proxies[0].misbehave(first);
  proxies[1].misbehave(second);

  const told: LostLogs["told"][number][] = [];
  const onEvent = <Name extends NodeEventName>(name: Name, fields: NodeEvents[Name]) => {
    told.push({ name, fields });
  };
  const { chain: viemChain, transport } = await connectChain(
    proxies.map(({ url }) => url),
    { onEndpoint: (news) => reportEndpoint(onEvent, news), ...options },
  );
  const node = createNode({
    ...{ chain: viemChain, transport, marketplace: chain.marketplace },
    ...{ account: accountOf(chain, 2), network: "local", bootstrap: requester.peer.multiaddrs },
    ...{ dataDir: await temporaryFolder(started), pollingIntervalMs: 50, onEvent },
    executor: { processes: 1, taskLimitMs: 1_000 },
    policy: { stakeWei: 10n ** 18n, minRewardPerTaskWei: 10n ** 18n },
  });
  started.add(() => node.stop());
  const discovered = new Set<JobId>();
  let count = 0;
  node.events.on("job discovered", ({ jobId }) => {
    discovered.add(jobId);
    count++;
  });
  return {
    ...{ proxies, posted, node, discovered, told },
    expectAll() {
      expect(discovered).toEqual(posted);
      expect(count).toBe(posted.size);
    },
  };
}

/** One endpoint lies and one does not: all jobs are seen, and the node says whom it doubts. */
export async function expectLiarDoubted({ node, expectAll, told }: LostLogs): Promise<void> {
  await node.start();
  expectAll();
  expect(told.map(({ name }) => name)).toContain("endpoint doubted");
}

/** All endpoints lie: the node says so within `limitMs`, and reads everything once the second one is well again. */
export async function expectLiesSaid(
  { node, expectAll, told, proxies }: LostLogs,
  limitMs: number,
): Promise<void> {
  const starting = node.start();
  starting.catch(() => {}); // looked at below
  const said = () => told.find(({ name }) => name === "chain not followed")?.fields;
  await expect.poll(said, { timeout: limitMs }).toMatchObject({
    error: expect.stringContaining("contradict themselves"),
  });
  proxies[1].misbehave(undefined);
  await starting;
  expectAll();
}
