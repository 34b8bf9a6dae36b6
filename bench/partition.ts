/**
 * A network of workers that comes apart and grows together again: ten on each side in network namespaces, a job posted on each side while
 * nothing passes between them. What is counted: how long until everybody is connected again and sees the same, what was
 * computed twice, who lost stake; and how long until a side that was killed is suspected by those that share its work.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { marketplaceAbi } from "@assay/sdk";
import { bytesToHex, createPublicClient, createTestClient, type Hex, http, parseEther } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { startChain, type TestChain } from "../test/fixtures/chain.ts";
import { makePartableNetwork, whyNoNamespaces } from "../test/fixtures/nat/namespaces.ts";
import { forwardRpc } from "../test/fixtures/nat/processes.ts";
import { startedThings } from "../worker/test/network.ts";
import { ordersTo } from "./ordered.ts";
import type { SideOrder, SideStatus } from "./partition/orders.ts";

const WORKERS = 10;
const TASKS = 20;
const PARTED_MS = 30_000;
const BLOCK_SECONDS = 1;
const SIDES = 2;

const print = (text: string) => process.stdout.write(`${text}\n`);

class Side {
  readonly #child: ChildProcess;
  readonly order: (order: SideOrder) => Promise<unknown>;

  constructor(through: readonly string[]) {
    const file = fileURLToPath(new URL("partition/side.ts", import.meta.url));
    const [command = process.execPath, ...rest] = [...through, process.execPath, file];
    this.#child = spawn(command, rest, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    this.order = ordersTo(this.#child);
  }

  async status(): Promise<SideStatus> {
    return (await this.order({ do: "status" })) as SideStatus;
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await gone;
  }
}

/** Asks until it is so. @returns seconds that it took. */
async function secondsUntil(what: string, isSo: () => Promise<boolean>): Promise<number> {
  const startedAt = performance.now();
  while (!(await isSo())) {
    await sleep(250);
    if (performance.now() - startedAt > 300_000) throw new Error(`not within 300 s: ${what}`);
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  print(`${what}: ${seconds.toFixed(1)} s`);
  return seconds;
}

/** What was claimed and submitted, and how often stake was taken, by the chain's events. */
async function eventsOf({ chain, rpcUrl, marketplace }: TestChain) {
  const client = createPublicClient({ chain, transport: http(rpcUrl) });
  const common = { address: marketplace, abi: marketplaceAbi, fromBlock: 0n } as const;
  const claimed = await client.getContractEvents({ ...common, eventName: "BatchClaimed" });
  const submitted = await client.getContractEvents({ ...common, eventName: "BatchSubmitted" });
  const slashed = await client.getContractEvents({ ...common, eventName: "WorkerSlashed" });
  const expired = await client.getContractEvents({ ...common, eventName: "BatchExpired" });
  return {
    claimed: claimed.length,
    submitted: submitted.length,
    slashed: slashed.length + expired.length,
  };
}

/** `npm run bench -- partition` */
export async function partition(): Promise<void> {
  const reason = whyNoNamespaces();
  if (reason !== undefined) {
    print(`not measured: ${reason}`);
    print(JSON.stringify({ workers: null, healedSeconds: null, suspectedSeconds: null }));
    return;
  }
  const started = startedThings();
  const folder = await mkdtemp(join(tmpdir(), "assay-partition-"));
  started.add(() => rm(folder, { recursive: true }));
  try {
    await run(started, folder);
  } finally {
    await started.end();
  }
}

async function run(started: ReturnType<typeof startedThings>, folder: string): Promise<void> {
  const chain = await startChain();
  started.add(() => chain.stop());
  const network = makePartableNetwork({ sides: SIDES });
  started.add(() => network.remove());
  const { address, through } = network.middle;
  const socket = join(folder, "rpc.sock");
  const rpcUrl = await forwardRpc(chain.rpcUrl, { host: address, socket }, through, started);

  const sides: Side[] = [];
  let bootstrap: string[] = [];
  for (const [i, host] of network.sides.entries()) {
    const keys = Array.from({ length: WORKERS }, generatePrivateKey);
    for (const key of keys) {
      await chain.setBalance(privateKeyToAccount(key).address, parseEther("10"));
    }
    const side = new Side(host.through);
    started.add(() => side.kill());
    sides.push(side);
    await mkdir(join(folder, String(i)));
    await side.order({
      ...{ do: "start", rpcUrl },
      ...{ marketplace: chain.marketplace, keys, host: host.address, bootstrap },
      folder: join(folder, String(i)),
    });
    if (i === 0) bootstrap = (await side.status()).multiaddrs.slice(0, 1);
  }
  const [a, b] = sides;
  if (a === undefined || b === undefined) throw new RangeError("two sides");
  const statuses = () => Promise.all(sides.map((side) => side.status()));
  const isOneNetwork = async () =>
    (await statuses()).every(({ nodes }) =>
      nodes.every(({ present }) => present === SIDES * WORKERS - 1),
    );
  await secondsUntil(`${SIDES} × ${WORKERS} workers know each other`, isOneNetwork);
  const test = createTestClient({
    chain: chain.chain,
    transport: http(chain.rpcUrl),
    mode: "anvil",
  });
  await test.setIntervalMining({ interval: BLOCK_SECONDS });

  network.part(true);
  const partedAt = performance.now();
  const keyOf = (index: number) =>
    bytesToHex(chain.accounts[index]?.getHdKey().privateKey ?? new Uint8Array());
  await Promise.all(
    sides.map((side, i) => side.order({ do: "post", tasks: TASKS, key: keyOf(i + 1) })),
  );
  await sleep(PARTED_MS - (performance.now() - partedAt));
  const parted = await eventsOf(chain);
  const suspecting = (await statuses())
    .flatMap(({ nodes }) => nodes)
    .filter(({ suspectsPartition }) => suspectsPartition).length;
  print(
    `apart for ${PARTED_MS / 1_000} s: ${parted.claimed} of ${SIDES * TASKS} batches claimed, ${parted.submitted} submitted; ${suspecting} nodes suspect it`,
  );

  network.part(false);
  const idsOf = async () => (await statuses()).map(({ peerIds }) => peerIds);
  const [idsA = [], idsB = []] = await idsOf();
  const healedSeconds = await secondsUntil("together again, with connections across", async () => {
    const [ofA, ofB] = await statuses();
    const crosses = (status: SideStatus | undefined, others: string[]) =>
      status?.nodes.every(({ connected }) => connected.some((id) => others.includes(id))) === true;
    return crosses(ofA, idsB) && crosses(ofB, idsA);
  });
  const doneSeconds = await secondsUntil("every batch submitted", async () => {
    return (await eventsOf(chain)).submitted === SIDES * TASKS;
  });
  const { claimed, slashed } = await eventsOf(chain);
  const computed = (await statuses()).reduce((sum, status) => sum + status.computed, 0);
  print(
    `${claimed} claims of ${SIDES * TASKS} batches; ${computed} tasks computed; ${slashed} times stake was taken`,
  );

  const { suspectedSeconds, watchers } = await killedSide(a, b, keyOf(1));
  print(
    JSON.stringify({
      ...{ workers: SIDES * WORKERS, partedSeconds: PARTED_MS / 1_000, suspecting, healedSeconds },
      ...{ doneSeconds, batches: SIDES * TASKS, claims: claimed, tasksComputed: computed, slashed },
      ...{ suspectedSeconds, watchers, load: loadavg()[0] },
    }),
  );
}

/** Both sides work on one job when one of them is killed. */
async function killedSide(a: Side, b: Side, key: Hex) {
  const { peerIds } = await b.status();
  await a.order({ do: "post", tasks: TASKS, key });
  const sharing = async () =>
    (await a.status()).nodes.filter(({ batches }) => Object.keys(batches).length > 0).length;
  await secondsUntil("the job is shared", async () => (await sharing()) > 0);
  await sleep(5_000);
  await b.kill();
  const watchers = await sharing();
  const suspectedSeconds = await secondsUntil(
    "peers of the killed side are suspected",
    async () => {
      const { nodes } = await a.status();
      return nodes.some(({ suspected }) => suspected.some((id) => peerIds.includes(id)));
    },
  );
  return { suspectedSeconds, watchers };
}
