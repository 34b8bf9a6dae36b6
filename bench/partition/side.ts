/** The nodes of one side of a network that can be parted, in one process. Ordered about over IPC by `partition.ts`. */
import { join } from "node:path";
import { createExecutor, type Executor } from "@assay/runners";
import { createMarketClient } from "@assay/sdk";
import { http, parseEther } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { anvil } from "viem/chains";
import { echo } from "../../test/fixtures/programs.ts";
import { createNode, type WorkerNode } from "../../worker/src/node/node.ts";
import { obeyOrders } from "../ordered.ts";
import type { SideOptions, SideOrder, SideStatus } from "./orders.ts";

let nodes: WorkerNode[] = [];
let side: SideOptions;
let computed = 0;
const executor = createExecutor({ processes: 1 });
const counting: Executor = {
  ...executor,
  run(parameters) {
    computed++;
    return executor.run(parameters);
  },
  async close() {},
};

function common() {
  const { rpcUrl, marketplace } = side;
  return { chain: anvil, transport: http(rpcUrl), marketplace };
}

async function start(options: SideOptions): Promise<void> {
  side = options;
  const { host, folder, keys } = options;
  let { bootstrap } = options;
  for (const [i, key] of keys.entries()) {
    const node = createNode({
      ...{ ...common(), network: "local", listen: [`/ip4/${host}/tcp/0`], bootstrap },
      ...{ account: privateKeyToAccount(key), createExecutor: () => counting },
      dataDir: join(folder, String(i)),
      policy: { stakeWei: parseEther("1"), maxBatchesAtOnce: 1 },
    });
    await node.start();
    nodes = [...nodes, node];
    if (bootstrap.length === 0) bootstrap = node.peer.multiaddrs;
  }
}

/** Posts a job of one task a batch through the first node's peer: only its side hears of it. */
async function post(tasks: number, key: `0x${string}`): Promise<void> {
  const [first] = nodes;
  if (first === undefined) throw new TypeError("not started");
  const { content, announcer } = first.peer;
  const market = createMarketClient({
    ...{ ...common(), content, announcer, account: privateKeyToAccount(key) },
  });
  const marks = Array.from({ length: tasks }, (_, i) => i);
  await market.submitJob({
    ...{ program: echo.wasm, rewardPerTask: parseEther("0.01"), batchSize: 1 },
    inputs: marks.map((mark) => Buffer.from(`${key} ${mark} ${Date.now()}`)),
    stakePerBatch: parseEther("0.01"),
  });
}

async function status(): Promise<SideStatus> {
  const states = await Promise.all(
    nodes.map(async (node) => {
      const { chain, peers, market, partitionSuspectedSince } = await node.status();
      return {
        present: (node.peer.market?.present ?? []).filter(({ author }) => author.standing > 0)
          .length,
        connected: peers.map(({ peerId }) => peerId),
        suspected: market?.suspected ?? [],
        suspectsPartition: partitionSuspectedSince !== undefined,
        batches: { ...chain?.batches },
      };
    }),
  );
  return {
    multiaddrs: nodes.flatMap((node) => node.peer.multiaddrs),
    peerIds: nodes.map((node) => node.peer.peerId),
    nodes: states,
    computed,
  };
}

async function obey(order: SideOrder): Promise<unknown> {
  switch (order.do) {
    case "start":
      return start(order);
    case "post":
      return post(order.tasks, order.key);
    case "status":
      return status();
  }
}

obeyOrders(obey);
