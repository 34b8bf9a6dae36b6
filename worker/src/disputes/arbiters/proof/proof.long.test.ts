import { createProofClient, Ground, Outcome, Ruling } from "@assay/sdk";
import type { Address } from "viem";
import { describe, expect, test } from "vitest";
import { createLyingTracer } from "../../../../../devnet/src/lyingTracer.ts";
import { localProofParameters, type TestChain } from "../../../../../test/fixtures/chain.ts";
import {
  endless,
  numbered,
  packed,
  pickyEcho,
  programOf,
} from "../../../../../test/fixtures/programs.ts";
import { disputesOn, leafOf, STAKE } from "../../../../test/disputes.ts";
import { marketForAllTests } from "../../../../test/market.ts";
import {
  next,
  type Requester,
  startCli,
  temporaryFolder,
  workerArguments,
} from "../../../../test/network.ts";
import {
  executorThat,
  killAtEachTransaction,
  type Lie,
  wrongByte,
} from "../../../../test/proof.ts";

let chain: TestChain;
let requester: Requester;
let jury: Address;
let proof: Address;
const forTest = marketForAllTests((market) => {
  ({ chain, requester, jury, proof } = market);
});
const { client, mineBlocks, post, prepare, start } = disputesOn(() => ({
  ...{ chain, requester, jury, proof, started: forTest },
}));
const { clockSeconds, feeWei } = localProofParameters;

const trap: Lie = ({ elapsedMs }) => ({ outcome: Outcome.trap, elapsedMs });
const overLimit: Lie = ({ elapsedMs }) => ({ outcome: Outcome.overLimit, elapsedMs });
const one: Lie = ({ elapsedMs }) => ({
  ...{ outcome: Outcome.ok, bytes: Uint8Array.of(1), elapsedMs },
});
const bytesOf = (length: number) => Uint8Array.from({ length }, (_, at) => (at * 7) % 256);
/** Gives an input of more than 1 MiB back. */
const largeEcho = programOf("large echo", {
  ...{ run: packed("(local.get $ptr)", "(local.get $len)"), pages: 40 },
});
const largestEcho = programOf("largest echo", {
  ...{ run: packed("(local.get $ptr)", "(local.get $len)"), pages: 100 },
});
const empty = [new Uint8Array(), new Uint8Array()];
/** Gives 0/0: the bits of the canonical NaN. */
const nan = programOf("nan", {
  run: `(f64.store (i32.const 0) (f64.div (f64.const 0) (f64.const 0))) ${packed("(i32.const 0)", "(i32.const 8)")}`,
});
/** The lowest bit of the first byte: of a NaN's payload, or of what a first chunk of input gives. */
const firstBit: Lie = (run) =>
  "bytes" in run ? { ...run, bytes: run.bytes.with(0, (run.bytes[0] ?? 0) ^ 1) } : run;

/** Lies about a task, and where in its steps the liar begins to lie. */
const KINDS: [string, { lie: Lie; share: number; job?: Parameters<typeof post>[0] }][] = [
  ["a wrong byte, from the first step on", { lie: wrongByte, share: 0 }],
  ["a wrong byte, at the last step alone", { lie: wrongByte, share: 1 }],
  ["a trap that was none", { lie: trap, share: 0.5 }],
  ["a limit that was not passed", { lie: overLimit, share: 0.5 }],
  [
    "a result of what traps",
    { lie: one, share: 0.9, job: { program: pickyEcho.wasm, inputs: empty } },
  ],
  [
    "a result of what does not end",
    { lie: one, share: 0.7, job: { program: endless.wasm, maxSteps: 1_000n } },
  ],
  ["a bit of a NaN", { lie: firstBit, share: 0.6, job: { program: nan.wasm } }],
  [
    "one byte of 3 MiB, as another input would have given it",
    {
      ...{ lie: firstBit, share: 0.2 },
      job: {
        ...{ program: largestEcho.wasm, maxResultBytes: 4 << 20 },
        inputs: [bytesOf(3 << 20), bytesOf(3 << 20)],
      },
    },
  ],
  [
    "one byte of more than 1 MiB, with an input as long",
    {
      ...{ lie: wrongByte, share: 0.8 },
      job: {
        ...{ program: largeEcho.wasm, maxResultBytes: 2 << 20 },
        inputs: [bytesOf((1 << 20) + 1), bytesOf((1 << 20) + 1)],
      },
    },
  ],
];

describe.each(KINDS)("%s", (_, { lie, share, job: options = {} }) => {
  const lies = {
    createExecutor: executorThat(lie),
    createTracer: () => createLyingTracer({ share: share }),
  };

  test("of a worker: it is slashed", async () => {
    mineBlocks();
    const liar = await start({ account: 2, ...lies });
    const slashed = next(liar, "stake slashed");
    const stuck = next(liar, "move put off");
    const submitted = next(liar, "batch submitted");
    const job = await post(options);
    await submitted;
    const auditor = await start({ account: 3, roles: ["auditor"], policy: { auditRate: 1 } });
    const resolved = next(auditor, "dispute resolved");
    await Promise.race([stuck, resolved]);
    await chain.increaseTime(clockSeconds);
    expect(await resolved).toMatchObject({ jobId: job.jobId, ruling: Ruling.workerWrong });
    expect(await slashed).toMatchObject({ slashedWei: STAKE / 2n });
  });

  test("of a challenger: the worker is paid", async () => {
    mineBlocks();
    const worker = await start({ account: 2 });
    const submitted = next(worker, "batch submitted");
    const paid = next(worker, "proof credit withdrawn");
    const settled = next(worker, "batch settled");
    const job = await post(options);
    await submitted;
    const liar = await start({
      ...{ account: 3, roles: ["auditor"], policy: { auditRate: 1 }, ...lies },
    });
    const resolved = next(worker, "dispute resolved");
    const stuck = next(liar, "move put off");
    await Promise.race([stuck, resolved]);
    await chain.increaseTime(clockSeconds);
    expect(await resolved).toMatchObject({ jobId: job.jobId, ruling: Ruling.challengeFailed });
    expect(await paid).toEqual({ amountWei: feeWei });
    await liar.stop();
    await chain.increaseTime(job.terms.challengeWindowSeconds);
    expect(await settled).toMatchObject({ batch: 0 });
  });
});

test("a worker that gives its result to nobody, and does not show it either, is slashed", async () => {
  mineBlocks();
  const worker = await start({ account: 2 });
  const submitted = next(worker, "batch submitted");
  const job = await post({ inputs: numbered(2) });
  const { resultRoot } = await submitted;
  const { leaf, proof: siblings } = await leafOf(requester.market, job, 0);
  await worker.stop();
  await chain.increaseTime(1);
  const challenger = client(3);
  const { question, prepared } = await prepare(challenger, job, {
    ...{ job: job.jobId, batch: 0, position: 0, resultRoot, ground: Ground.unavailable },
  });
  const { id, dispute } = await challenger.challenge({
    ...{ terms: job.terms, question, leaf, proof: siblings, prepared },
  });
  const games = createProofClient(challenger, proof);
  await games.ask({ dispute, result: leaf, chunks: [0] });
  await chain.increaseTime(clockSeconds);
  await games.timeOut({ dispute });
  expect((await games.getGame({ id })).ruling).toBe(Ruling.workerWrong);
  const { hash } = await challenger.resolve({ terms: job.terms, dispute });
  const { blockNumber: toBlock } = await challenger.public.getTransactionReceipt({ hash });
  const events = await challenger.getMarketEvents({ fromBlock: toBlock, toBlock });
  expect(events).toContainEqual(
    expect.objectContaining({ type: "workerSlashed", slashed: STAKE / 2n }),
  );
});

describe("killed at each of its transactions", () => {
  const lies = {
    createExecutor: executorThat(wrongByte),
    createTracer: () => createLyingTracer({ share: 0.6 }),
  };
  const process = async (account: number, more: readonly string[]) => {
    const dataDir = await temporaryFolder(forTest);
    const { argv, environment } = workerArguments(chain, requester, { dataDir, account });
    return () => startCli([...argv, "--proof", proof, ...more], forTest, environment);
  };

  test("a challenger that is right convicts", async () => {
    const stopMining = mineBlocks();
    const liar = await start({ account: 2, ...lies });
    const submitted = next(liar, "batch submitted");
    const stuck = next(liar, "move put off").then(() => chain.increaseTime(clockSeconds));
    await post({ inputs: numbered(2) });
    await submitted;
    const startAuditor = await process(3, ["--roles", "auditor", "--audit-rate", "1"]);
    const node = startAuditor();
    const { id } = await node.line("batch challenged");
    stopMining();
    const games = createProofClient(requester.market, proof);
    const ruling = async () => (await games.getGame({ id: id as Address })).ruling;
    const killed = await killAtEachTransaction(
      { chain, reader: requester.market },
      {
        ...{ account: chain.accounts[3]?.address ?? "0x", node, start: startAuditor },
        isOver: async () => (await ruling()) !== Ruling.none,
      },
    );
    void stuck;
    expect(killed).toBeGreaterThan(2);
    expect(await ruling()).toBe(Ruling.workerWrong);
  });

  test("a worker that is right wins", async () => {
    const startWorker = await process(2, ["--max-gas-share", "any"]);
    const node = startWorker();
    await node.line("node started");
    await post({ inputs: numbered(2) });
    await node.line("batch submitted");
    const stopMining = mineBlocks();
    const challenger = await start({ account: 3, roles: ["auditor"], ...lies });
    const stuck = next(challenger, "move put off").then(() => chain.increaseTime(clockSeconds));
    const { id } = await next(challenger, "batch challenged");
    stopMining();
    const games = createProofClient(requester.market, proof);
    const ruling = async () => (await games.getGame({ id })).ruling;
    const killed = await killAtEachTransaction(
      { chain, reader: requester.market },
      {
        ...{ account: chain.accounts[2]?.address ?? "0x", node, start: startWorker },
        isOver: async () => (await ruling()) !== Ruling.none,
      },
    );
    void stuck;
    expect(killed).toBeGreaterThan(2);
    expect(await ruling()).toBe(Ruling.challengeFailed);
  });
});
