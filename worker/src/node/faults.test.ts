import { join } from "node:path";
import { createMarketClient, type JobHandle, STEP_GAS, type TaskResult } from "@assay/sdk";
import SqliteDatabase from "better-sqlite3";
import { http, parseEther } from "viem";
import { beforeEach, describe, expect, onTestFailed, test } from "vitest";
import type { TestChain } from "../../../test/fixtures/chain.ts";
import {
  dropping,
  type Fault,
  limiting,
  losingAnswers,
  staleAt,
  startFaultyRpc,
  withoutLogs,
} from "../../../test/fixtures/faultyRpc.ts";
import { variants } from "../../../test/fixtures/long.ts";
import { echo, numbered, slowEcho } from "../../../test/fixtures/programs.ts";
import { seededRandom } from "../../../test/fixtures/random.ts";
import { marketForEachTest } from "../../test/market.ts";
import { accountOf, next, type Requester, startNode, temporaryFolder } from "../../test/network.ts";
import { connectChain } from "../chain/connectChain.ts";
import type { NodeEvents } from "../kernel/events.ts";
import type { WorkerNode } from "./node.ts";

let chain: TestChain;
let requester: Requester;
let dataDir: string;
const forTest = marketForEachTest((market) => {
  ({ chain, requester } = market);
});
beforeEach(async () => {
  dataDir = await temporaryFolder(forTest);
});

const reward = parseEther("0.001");

/** What the node's transactions did, in order; one that was undone and mined again is told of once. */
function actionsOf(node: WorkerNode): string[] {
  const actions: string[] = [];
  node.events.on("transaction mined", ({ action }) => actions.push(action));
  return actions;
}

const head = () => requester.market.public.getBlockNumber({ cacheTime: 0 });

async function blockOf(job: JobHandle, type: "batchClaimed" | "batchSubmitted"): Promise<bigint> {
  const events = await requester.market.getMarketEvents({
    ...{ fromBlock: 0n, toBlock: await head(), jobId: job.jobId },
  });
  const event = events.find((event) => event.type === type);
  if (event === undefined) throw new Error(`there is no ${type}`);
  return event.blockNumber;
}

async function all(results: AsyncIterable<TaskResult>): Promise<TaskResult[]> {
  const list: TaskResult[] = [];
  for await (const result of results) list.push(result);
  return list;
}

/** Takes a submitted job to its end: settled and paid. */
async function finish(node: WorkerNode, job: JobHandle): Promise<void> {
  const withdrawn = next(node, "credit withdrawn");
  await chain.increaseTime(job.terms.challengeWindowSeconds);
  expect(await withdrawn).toMatchObject({ amountWei: BigInt(job.terms.taskCount) * reward });
}

/** What the account spent besides its stake and got: so many transactions, none of which failed, and the reward once. */
async function expectPaidOnce(
  node: WorkerNode,
  job: JobHandle,
  transactions: string[],
): Promise<void> {
  const { public: node_ } = requester.market;
  const nonce = await node_.getTransactionCount({ address: node.address });
  expect(nonce).toBe(transactions.length);
  let feesWei = 0n;
  const found: string[] = [];
  for (let number = 0n; number <= (await head()); number++) {
    const block = await node_.getBlock({ blockNumber: number, includeTransactions: true });
    for (const { from, hash } of block.transactions) {
      if (from !== node.address.toLowerCase()) continue;
      const { status, gasUsed, effectiveGasPrice } = await node_.getTransactionReceipt({ hash });
      found.push(status);
      feesWei += gasUsed * effectiveGasPrice;
    }
  }
  expect(found).toEqual(transactions.map(() => "success"));
  const { stake } = await requester.market.getAccount({ account: node.address });
  const balance = await node_.getBalance({ address: node.address });
  const paid = balance + stake + feesWei - parseEther("10000");
  expect(paid).toBe(BigInt(job.terms.taskCount) * reward);
}

/** The node's database comes to say what the chain says, and is left so. */
async function expectStoreAgrees(node: WorkerNode, job: JobHandle): Promise<void> {
  const [batch] = await requester.market.getBatches({ jobId: job.jobId, count: 1 });
  const isOurs = batch?.worker === node.address;
  // What is settled is paid out in the end.
  const state = isOurs ? (batch.status === "settled" ? "withdrawn" : batch.status) : "failed";
  const database = new SqliteDatabase(join(dataDir, "node.sqlite"), { readonly: true });
  forTest.add(() => database.close());
  const batches = database.prepare("SELECT state, in_doubt FROM batches");
  const unmined = database
    .prepare("SELECT count(*) FROM transactions WHERE mined_in IS NULL")
    .pluck();
  await expect.poll(() => batches.all()).toEqual([{ state, in_doubt: 0 }]);
  await expect.poll(() => unmined.get()).toBe(0);
  await node.stop();
  expect(batches.all()).toEqual([{ state, in_doubt: 0 }]);
}

const WHOLE_LIFE = ["deposit", "claim", "submit", "settle", "withdraw"];

describe("a reorganisation", () => {
  test("that undoes a claim while it is computed: the same claim is mined again, and paid once", async () => {
    const node = await startNode(chain, requester, forTest, { dataDir });
    const actions = actionsOf(node);
    const computed = next(node, "task computed");
    const job = await requester.market.submitJob({
      ...{ program: slowEcho.wasm, inputs: numbered(60), rewardPerTask: reward, batchSize: 60 },
    });
    await computed;
    const reorganised = next(node, "chain reorganised");
    const again = next(node, "transaction sent again");
    const depth = (await head()) - (await blockOf(job, "batchClaimed")) + 1n;
    await chain.reorganise(Number(depth));
    expect(await reorganised).toMatchObject({ depth: Number(depth), jobs: 0, batches: 1 });
    expect(await again).toMatchObject({ action: "claim" });
    expect(await all(job.results())).toHaveLength(60);
    await finish(node, job);
    expect(actions).toEqual(["claim", "submit", "settle", "withdraw"]);
    await expectPaidOnce(node, job, WHOLE_LIFE);
    await expectStoreAgrees(node, job);
  });

  test.each(variants([6, 0, 32]))(
    "that undoes a submission, %i blocks deep: the same one is mined again",
    async (deeper) => {
      const node = await startNode(chain, requester, forTest, { dataDir });
      const submitted = next(node, "batch submitted");
      const job = await requester.market.submitJob({
        ...{ program: echo.wasm, inputs: numbered(4), rewardPerTask: reward, batchSize: 4 },
      });
      await submitted;
      if (deeper > 0) await chain.mine(deeper);
      const depth = (await head()) - (await blockOf(job, "batchSubmitted")) + 1n;
      const heads = next(node, "chain reorganised");
      await chain.reorganise(Number(depth));
      expect(await heads).toMatchObject({ batches: 1 });
      await expect.poll(async () => (await job.status()).batches.submitted).toBe(1);
      expect(await all(job.results())).toHaveLength(4);
      await finish(node, job);
      await expectPaidOnce(node, job, WHOLE_LIFE);
      await expectStoreAgrees(node, job);
    },
  );

  test("that undoes a settlement and a withdrawal: both come again, and pay once", async () => {
    const node = await startNode(chain, requester, forTest, { dataDir });
    const submitted = next(node, "batch submitted");
    const job = await requester.market.submitJob({
      ...{ program: echo.wasm, inputs: numbered(4), rewardPerTask: reward, batchSize: 4 },
    });
    await submitted;
    await finish(node, job);
    const again: NodeEvents["transaction sent again"][] = [];
    node.events.on("transaction sent again", (fields) => again.push(fields));
    await chain.reorganise(2);
    await expect.poll(() => again.map(({ action }) => action)).toEqual(["settle", "withdraw"]);
    await expect
      .poll(() => requester.market.public.getTransactionCount({ address: node.address }))
      .toBe(WHOLE_LIFE.length);
    await expect.poll(async () => (await job.status()).batches.settled).toBe(1);
    await expectPaidOnce(node, job, WHOLE_LIFE);
    await expectStoreAgrees(node, job);
  });

  test("after which another worker was faster: the claim that vanished is not made again, and costs nothing", async () => {
    const before = await startNode(chain, requester, forTest, { dataDir });
    const computed = next(before, "task computed");
    const job = await requester.market.submitJob({
      ...{ program: slowEcho.wasm, inputs: numbered(60), rewardPerTask: reward, batchSize: 60 },
    });
    await computed;
    await before.stop();
    const depth = (await head()) - (await blockOf(job, "batchClaimed")) + 1n;
    await chain.reorganise(Number(depth));
    const rival = createMarketClient({
      ...{ chain: chain.chain, transport: http(chain.rpcUrl), marketplace: chain.marketplace },
      ...{ account: accountOf(chain, 3), pollingIntervalMs: 10 },
    });
    await rival.deposit({ amount: parseEther("1") });
    await rival.claim({ terms: job.terms, batch: 0 });

    const told: string[] = [];
    const after = await startNode(chain, requester, forTest, {
      dataDir,
      onEvent: (name) => told.push(name),
    });
    expect(told).toContain("transaction dropped");
    await expect.poll(() => told).toContain("batch moved back");
    const { locked } = await requester.market.getAccount({ account: after.address });
    expect(locked).toBe(0n);
    // The deposit is all that it ever paid for.
    const address = after.address;
    expect(await requester.market.public.getTransactionCount({ address })).toBe(1);
    await expectStoreAgrees(after, job);
  });

  test("too deep to be undone stops the node, with an error that says what to do", async () => {
    await chain.mine(12);
    const node = await startNode(chain, requester, forTest, { dataDir, maxReorgDepth: 4 });
    const told = next(node, "node cannot go on");
    await chain.mine(1);
    await chain.reorganise(10);
    expect(await told).toMatchObject({ code: "REORG_TOO_DEEP" });
    await expect(node.ended).rejects.toMatchObject({ code: "REORG_TOO_DEEP" });
  });
});

test("an account that could not pay for a batch to its end claims none; once it can, it does", async () => {
  const node = await startNode(chain, requester, forTest, { dataDir });
  const { market } = requester;
  // Enough for the claim, and for the submission not quite.
  const { reserveFeePerGas } = await market.getFees();
  await chain.setBalance(node.address, (STEP_GAS.claim + STEP_GAS.submit / 2n) * reserveFeePerGas);
  const short = next(node, "gas is short");
  const job = await market.submitJob({
    ...{ program: echo.wasm, inputs: numbered(4), rewardPerTask: reward, batchSize: 4 },
  });
  const { neededWei, availableWei } = await short;
  expect(availableWei).toBeLessThan(neededWei);
  await chain.mine(2);
  expect((await job.status()).batches.open).toBe(1);
  const submitted = next(node, "batch submitted");
  await chain.setBalance(node.address, parseEther("1"));
  await chain.mine(1);
  await submitted;
});

test("behind endpoints that fail, limit, lag, lose answers and hide logs, a batch is done and paid once", async () => {
  const random = seededRandom();
  onTestFailed(() => console.log(`SEED=${random.seed}`));
  const proxies = [await startFaultyRpc(chain.rpcUrl), await startFaultyRpc(chain.rpcUrl)] as const;
  for (const proxy of proxies) forTest.add(() => proxy.stop());
  const { chain: viemChain, transport } = await connectChain(
    proxies.map(({ url }) => url),
    { requestMs: 500, probeMs: 200 },
  );
  const faults: (() => Promise<Fault> | Fault)[] = [
    () => dropping(),
    () => limiting("1"),
    () => limiting(),
    () => () => ({ http: "hang" }),
    () => losingAnswers("eth_sendRawTransaction"),
    () => withoutLogs,
    async () => staleAt(Number(await head()) - 1),
  ];
  /** Faults come over one endpoint at a time, so that there is a way; over which and how, chance says. */
  for (const [i, proxy] of proxies.entries()) {
    let calls = 0;
    let fault: Fault | undefined;
    proxy.misbehave(async (call, forward) => {
      if (calls++ % 10 === 0) fault = await faults[random.below(faults.length)]?.();
      const turn = Math.floor(performance.now() / 1_000) % 2;
      return turn === i ? fault?.(call, forward) : undefined;
    });
  }
  const node = await startNode(chain, requester, forTest, {
    ...{ dataDir, chain: viemChain, transport },
  });
  const job = await requester.market.submitJob({
    ...{ program: slowEcho.wasm, inputs: numbered(40), rewardPerTask: reward, batchSize: 40 },
  });
  expect(await all(job.results())).toHaveLength(40);
  await finish(node, job);
  await expectPaidOnce(node, job, WHOLE_LIFE);
  await expectStoreAgrees(node, job);
});
