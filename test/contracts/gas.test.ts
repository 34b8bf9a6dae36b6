import { type Hex, keccak256, stringToHex } from "viem";
import { beforeAll, expect, it } from "vitest";
import {
  cid,
  DAY,
  ETHER,
  GENESIS,
  hashSpec,
  hashTerms,
  type Market,
  spec,
  startMarket,
  termsOf,
} from "./market.ts";

// Gas is deterministic, so its bounds are tests. What is counted is what is paid: whole transactions, calldata included. Worker
// and requester have done business before, so their slots are not new; every hash is a full one.

let market: Market;
let jobs = 0;

beforeAll(async () => {
  market = await startMarket();
  await market.worker.write.deposit({ value: 100n * ETHER });
  await lifecycle(1, 1);
});

interface Lifecycle {
  post: bigint;
  claim: bigint;
  submit: bigint;
  settle: bigint;
  total: bigint;
}

/** Gas from posting a job to the settlement of all its batches. */
async function lifecycle(taskCount: number, batchSize: number): Promise<Lifecycle> {
  const { requester, worker } = market;
  const started = GENESIS + ++jobs * DAY;
  const jobSpec = {
    ...spec,
    program: cid(`program ${jobs}`),
    manifest: cid(`manifest ${jobs}`, "dag-cbor"),
    inputRoot: keccak256(stringToHex(`inputs ${jobs}`)),
  };
  const salt = BigInt(keccak256(stringToHex(`salt ${jobs}`)).slice(0, 18));
  const terms = termsOf(requester.address, {
    taskCount,
    batchSize,
    claimUntil: started + DAY,
    salt,
    specHash: hashSpec(jobSpec),
  });
  const job = hashTerms(terms);
  const batches = Array.from({ length: Math.ceil(taskCount / batchSize) }, (_, batch) => batch);
  const gas = async (hash: Promise<Hex>) => (await market.receipt(hash)).gasUsed;

  await market.at(started);
  const post = await gas(
    requester.write.post([terms, jobSpec], { value: terms.rewardPerTask * BigInt(taskCount) }),
  );
  let claim = 0n;
  let submit = 0n;
  for (const batch of batches) {
    const root = keccak256(stringToHex(`root ${jobs} ${batch}`));
    const results = cid(`results ${jobs} ${batch}`, "dag-cbor");
    claim += await gas(worker.write.claim([terms, batch]));
    submit += await gas(worker.write.submit([job, batch, root, results]));
  }
  await market.at(started + DAY / 2);
  const settle = await gas(worker.write.settle([terms, batches]));
  return { post, claim, submit, settle, total: post + claim + submit + settle };
}

function report(name: string, { post, claim, submit, settle, total }: Lifecycle, tasks: number) {
  const perTask = (Number(total) / tasks).toLocaleString("en", { maximumFractionDigits: 2 });
  process.stdout.write(
    `gas ${name}: ${total} = post ${post} + claim ${claim} + submit ${submit} + settle ${settle}; ${perTask} a task\n`,
  );
}

it("a job of one task: at most 200,000", async () => {
  const gas = await lifecycle(1, 1);
  report("single task", gas, 1);
  expect(gas.total).toBeLessThanOrEqual(200_000n);
});

it("10,000 tasks in one batch: at most 20 a task, and no more than one task", async () => {
  const gas = await lifecycle(10_000, 10_000);
  report("10,000 tasks in one batch", gas, 10_000);
  expect(gas.total).toBeLessThanOrEqual(20n * 10_000n);
});

it("10,000 tasks in 10 batches: at most 150 a task", async () => {
  const gas = await lifecycle(10_000, 1000);
  report("10,000 tasks in 10 batches", gas, 10_000);
  expect(gas.total).toBeLessThanOrEqual(150n * 10_000n);
});

it("settling 100 batches at once: at most 25,000 a batch", async () => {
  const gas = await lifecycle(100, 1);
  report("100 tasks in 100 batches", gas, 100);
  expect(gas.settle).toBeLessThanOrEqual(25_000n * 100n);
});

it("fits a contract with room for what comes", async () => {
  const code = await market.client.getCode({ address: market.address });
  const bytes = ((code?.length ?? 2) - 2) / 2;
  process.stdout.write(`Marketplace: ${bytes} bytes of code\n`);
  expect(bytes).toBeLessThanOrEqual(24_576);
});
