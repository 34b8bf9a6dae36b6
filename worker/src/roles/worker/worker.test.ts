import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openQueue } from "@assay/queue";
import { createExecutor, type ExecutorOptions, TaskTimeoutError } from "@assay/runners";
import { BATCH_GAS, createMarketClient } from "@assay/sdk";
import SqliteDatabase from "better-sqlite3";
import { http, parseEther } from "viem";
import { describe, expect, test } from "vitest";
import type { TestChain } from "../../../../test/fixtures/chain.ts";
import { echo, numbered, slowEcho } from "../../../../test/fixtures/programs.ts";
import { marketForAllTests } from "../../../test/market.ts";
import {
  accountOf,
  next,
  type Requester,
  startNode,
  temporaryFolder,
} from "../../../test/network.ts";
import type { NodeEvents } from "../../kernel/events.ts";
import { encodeSpec, encodeTerms } from "../../store/jobCodec.ts";
import { migrate } from "../../store/migrations.ts";
import type { Step } from "./steps.ts";

let chain: TestChain;
let requester: Requester;
const forTest = marketForAllTests((market) => {
  ({ chain, requester } = market);
});

const reward = parseEther("0.001");
const stake = parseEther("0.1");

describe("a claim that cannot be finished is given back in time, for less than its expiry would cost", () => {
  test("when the tasks take longer than the tried one did", async () => {
    /** Runs the first task at once, and the others one after the other, each in a tenth of a second at least. */
    const tiring = (options?: ExecutorOptions) => {
      const honest = createExecutor(options);
      let earlier: Promise<unknown> | undefined;
      return {
        ...honest,
        async run(parameters: Parameters<typeof honest.run>[0]) {
          if (earlier === undefined) {
            earlier = Promise.resolve();
            return honest.run(parameters);
          }
          const inTurn = earlier.then(() => sleep(100)).then(() => honest.run(parameters));
          earlier = inTurn.catch(() => {});
          const run = await inTurn;
          return { ...run, elapsedMs: run.elapsedMs + 100 };
        },
      };
    };
    const node = await startNode(chain, requester, forTest, { createExecutor: tiring });
    const given = next(node, "batch given up");
    const lost = next(node, "batch lost");
    const refused = next(node, "job refused");
    const job = await requester.market.submitJob({
      ...{ program: echo.wasm, inputs: numbered(200) },
      ...{ rewardPerTask: reward, batchSize: 200, stakePerBatch: stake, submitWindowSeconds: 15 },
    });
    expect(await given).toMatchObject({ batch: 0, reason: "a batch would not be done in time" });
    expect(await refused).toMatchObject({ jobId: job.jobId });
    expect(await lost).toMatchObject({ batch: 0, reason: "it was given back" });
    const account = await requester.market.getAccount({ account: node.address });
    expect(account).toMatchObject({ locked: 0n, expiredBatches: 0 });
    // A hundredth of the batch's stake, or the part of a fifth that it was held for.
    const { market } = requester;
    const toBlock = await market.public.getBlockNumber({ cacheTime: 0 });
    const events = await market.getMarketEvents({ fromBlock: job.blockNumber, toBlock });
    const timeOf = async (type: "batchClaimed" | "batchReleased") => {
      const blockNumber = events.find((event) => event.type === type)?.blockNumber ?? 0n;
      return (await market.public.getBlock({ blockNumber })).timestamp;
    };
    const heldSeconds = (await timeOf("batchReleased")) - (await timeOf("batchClaimed"));
    const grown = ((stake / 5n) * heldSeconds + 14n) / 15n;
    const fee = grown > stake / 100n ? grown : stake / 100n;
    expect(fee).toBeLessThan(stake / 5n);
    expect(account.stake).toBe(parseEther("1") - fee);
    expect((await job.status()).batches).toMatchObject({ open: 1 });
  });

  test("when a task of it cannot be run here: a dead letter says why", async () => {
    const dataDir = await temporaryFolder(forTest);
    /** Runs one task, and is too slow for every other. */
    const failing = (options?: ExecutorOptions) => {
      const honest = createExecutor(options);
      let runs = 0;
      return {
        ...honest,
        async run(parameters: Parameters<typeof honest.run>[0]) {
          if (++runs > 1) throw new TaskTimeoutError(7);
          return honest.run(parameters);
        },
      };
    };
    const node = await startNode(chain, requester, forTest, { dataDir, createExecutor: failing });
    const buried = next(node, "step given up");
    const lost = next(node, "batch lost");
    const job = await requester.market.submitJob({
      ...{ program: echo.wasm, inputs: numbered(3), rewardPerTask: reward, stakePerBatch: stake },
      batchSize: 3,
    });
    expect(await buried).toMatchObject({ step: "compute" });
    expect(await lost).toMatchObject({ reason: "it was given back" });
    await node.stop();
    const queue = openQueue<Step>(join(dataDir, "node.sqlite"), { name: "pipeline" });
    forTest.add(() => queue.close());
    expect(queue.dead()).toMatchObject([
      {
        payload: { step: "compute", jobId: job.jobId, batch: 0 },
        error: expect.stringMatching(/^TASK_TIMEOUT: .*7 ms/),
      },
    ]);
    expect(queue.counts()).toMatchObject({ leased: 0 });
  });
});

test("what pays less than its gas is not claimed; at a share of the reward, gas may cost no more than that", async () => {
  const policy = { maxGasShare: 0.001 };
  const node = await startNode(chain, requester, forTest, { policy });
  const dear = next(node, "gas is too dear");
  const poor = await requester.market.submitJob({
    ...{ program: echo.wasm, inputs: numbered(1), rewardPerTask: reward },
  });
  const { gasWei, rewardWei } = await dear;
  expect(rewardWei).toBe(reward);
  expect(gasWei * 1_000n).toBeGreaterThan(reward);
  const submitted = next(node, "batch submitted");
  const rich = await requester.market.submitJob({
    ...{ program: echo.wasm, inputs: numbered(1), rewardPerTask: parseEther("2") },
    stakePerBatch: stake,
  });
  expect(await submitted).toMatchObject({ jobId: rich.jobId });
  expect((await poor.status()).batches.open).toBe(1);
});

test("gas of a batch is expected as it turns out", async () => {
  const node = await startNode(chain, requester, forTest);
  const used: Record<string, bigint> = {};
  node.events.on("transaction mined", ({ action, gasUsed }: NodeEvents["transaction mined"]) => {
    used[action] = gasUsed;
  });
  const withdrawn = next(node, "credit withdrawn");
  const job = await requester.market.submitJob({
    ...{ program: echo.wasm, inputs: numbered(2), rewardPerTask: reward, batchSize: 2 },
  });
  await job.results()[Symbol.asyncIterator]().next();
  await chain.increaseTime(job.terms.challengeWindowSeconds);
  await withdrawn;
  const { claim = 0n, submit = 0n, settle = 0n } = used;
  const total = claim + submit + settle;
  expect(total).toBeLessThanOrEqual(BATCH_GAS);
  expect(total * 2n).toBeGreaterThan(BATCH_GAS);
});

test("a database of an earlier version, with batches claimed and about to be, is brought up to date and carries on", async () => {
  const dataDir = await temporaryFolder(forTest);
  const account = accountOf(chain, 2);
  const before = createMarketClient({
    ...{ chain: chain.chain, transport: http(chain.rpcUrl), marketplace: chain.marketplace },
    ...{ account, pollingIntervalMs: 20 },
  });
  await before.deposit({ amount: parseEther("1") });
  const job = await requester.market.submitJob({
    ...{ program: slowEcho.wasm, inputs: numbered(6), rewardPerTask: reward, batchSize: 2 },
  });
  const { jobId, terms, spec } = job;
  const { deadline } = await before.claim({ terms, batch: 0 });
  await before.claim({ terms, batch: 1 }); // was mined, and the node ended before it knew
  const nextBlock = (await before.public.getBlockNumber()) + 1n;

  const old = new SqliteDatabase(join(dataDir, "node.sqlite"));
  migrate(old, 4);
  const { hash } = await before.public.getBlock({ blockNumber: 0n });
  old
    .prepare("INSERT INTO chain VALUES (1, ?, ?, ?, ?, ?)")
    .run(chain.chain.id, hash, chain.marketplace, account.address, nextBlock);
  old
    .prepare(
      "INSERT INTO jobs (job_id, block, terms, spec, state, task_ms) VALUES (?, ?, ?, ?, ?, ?)",
    )
    .run(jobId, job.blockNumber, encodeTerms(terms), encodeSpec(spec), "ready", 20);
  const batch = old.prepare(
    "INSERT INTO batches (job_id, batch, state, deadline) VALUES (?, ?, ?, ?)",
  );
  batch.run(jobId, 0, "claimed", deadline);
  batch.run(jobId, 1, "claiming", null);
  batch.run(jobId, 2, "lost", null);
  old.close();

  const policy = { maxBatchesAtOnce: 2 };
  const node = await startNode(chain, requester, forTest, { dataDir, policy });
  const texts: string[] = [];
  for await (const result of job.results({ ordered: true })) {
    texts.push(result.outcome === "ok" ? new TextDecoder().decode(result.bytes) : result.outcome);
    expect(result.worker).toBe(node.address);
  }
  expect(texts).toEqual(numbered(6).map((input) => new TextDecoder().decode(input)));
  // Deposit and two claims by the earlier process; then one claim, and three submissions.
  const sent = await before.public.getTransactionCount({ address: account.address });
  expect(sent).toBe(7);
});
