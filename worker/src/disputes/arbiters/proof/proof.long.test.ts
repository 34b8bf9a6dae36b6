import { type Content, createProofClient, memoryContent, Outcome, Ruling } from "@assay/sdk";
import { nextToShow } from "@assay/sdk/machine";
import { CID } from "multiformats/cid";
import type { Address } from "viem";
import { describe, expect, test } from "vitest";
import {
  localParameters,
  localProofParameters,
  type TestChain,
} from "../../../../../test/fixtures/chain.ts";
import { workBatch } from "../../../../../test/fixtures/market.ts";
import {
  changed,
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
  defending,
  killAtEachTransaction,
  type Lie,
  type Lies,
  withOtherInput,
  wrongByte,
} from "../../../../test/proof.ts";

let chain: TestChain;
let requester: Requester;
let jury: Address;
let proof: Address;
const forTest = marketForAllTests((market) => {
  ({ chain, requester, jury, proof } = market);
});
const { client, mineBlocks, post, start } = disputesOn(() => ({
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
/** Gives the last MiB of its input back. */
const lastMebibyte = programOf("last mebibyte", {
  ...{ run: packed("(i32.add (local.get $ptr) (i32.const 0x40000))", "(i32.const 0x100000)") },
  pages: 50,
});
const empty = [new Uint8Array(), new Uint8Array()];
/** Gives 0/0: the bits of the canonical NaN. */
const nan = programOf("nan", {
  run: `(f64.store (i32.const 0) (f64.div (f64.const 0) (f64.const 0))) ${packed("(i32.const 0)", "(i32.const 8)")}`,
});
/** The lowest bit of the first byte: of a NaN's payload, or of what a first chunk of input gives. */
const firstBit: Lie = (run) =>
  "bytes" in run ? { ...run, bytes: run.bytes.with(0, (run.bytes[0] ?? 0) ^ 1) } : run;

/** Lies about a task, and the task, if it is not one of the usual. */
const KINDS: [string, { lies: Lies; job?: Parameters<typeof post>[0] }][] = [
  ["a wrong byte, from the first step on", { lies: defending(wrongByte, 0) }],
  ["a wrong byte, at the last step alone", { lies: defending(wrongByte, 1) }],
  ["a trap that was none", { lies: defending(trap, 0.5) }],
  ["a limit that was not passed", { lies: defending(overLimit, 0.5) }],
  [
    "a result of what traps",
    { lies: defending(one, 0.9), job: { program: pickyEcho.wasm, inputs: empty } },
  ],
  [
    "a result of what does not end",
    { lies: defending(one, 0.7), job: { program: endless.wasm, maxSteps: 1_000n } },
  ],
  ["a bit of a NaN", { lies: defending(firstBit, 0.6), job: { program: nan.wasm } }],
  [
    "another chunk of the input",
    { lies: withOtherInput(1_500), job: { inputs: [bytesOf(2_500), bytesOf(2_500)] } },
  ],
  [
    "one byte of 1 MiB, with another chunk of the input's second block",
    {
      lies: withOtherInput((1 << 20) + 5_000),
      job: {
        ...{ program: lastMebibyte.wasm, maxResultBytes: 1 << 20 },
        inputs: [bytesOf(5 << 18), bytesOf(5 << 18)],
      },
    },
  ],
  [
    "one byte of 3 MiB, as another input would have given it",
    {
      lies: defending(firstBit, 0.2),
      job: {
        ...{ program: largestEcho.wasm, maxResultBytes: 4 << 20 },
        inputs: [bytesOf(3 << 20), bytesOf(3 << 20)],
      },
    },
  ],
  [
    "one byte of more than 1 MiB, with an input as long",
    {
      lies: defending(wrongByte, 0.8),
      job: {
        ...{ program: largeEcho.wasm, maxResultBytes: 2 << 20 },
        inputs: [bytesOf((1 << 20) + 1), bytesOf((1 << 20) + 1)],
      },
    },
  ],
];

describe.each(KINDS)("%s", (_, { lies, job: options = {} }) => {
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

describe("a worker that gives one result to nobody", () => {
  /** A worker whose second result nobody else has, and an auditor that looks for it in vain, and says so on chain. */
  async function hideResult(byteLength = 20_000) {
    const auditor = await start({ account: 3, roles: ["auditor"], policy: { auditRate: 1 } });
    const withheld = next(auditor, "result withheld");
    const asked = next(auditor, "move made", ({ move }) => move === "ask");
    const network = requester.peer.content;
    const own = memoryContent();
    let hidden = new Uint8Array();
    let puts = 0;
    const content: Content = {
      ...network,
      put(bytes, options) {
        puts += 1;
        if (puts !== 2) return network.put(bytes, options);
        hidden = bytes.slice();
        return own.put(bytes, options);
      },
    };
    const hider = client(8, { content });
    await hider.deposit({ amount: STAKE });
    const input = (seed: number) => bytesOf(byteLength).fill(seed, 0, 1);
    const job = await post({ program: changed.wasm, inputs: [input(1), input(2)] });
    const sought = next(auditor, "batch not audited yet");
    await workBatch(hider, job, 0);
    const { results } = await hider.getSubmission({ jobId: job.jobId, batch: 0 });
    await network.provide(results);
    await sought;
    await chain.increaseTime(localParameters.minChallengeWindowSeconds / 4);
    const stopMining = mineBlocks();
    expect(await withheld).toMatchObject({ jobId: job.jobId, batch: 0, position: 1 });
    const { id } = await asked;
    return { auditor, hider, hidden, id, job, stopMining };
  }

  test("and says nothing: it is slashed", async () => {
    const { auditor, hider, id } = await hideResult();
    const resolved = next(auditor, "dispute resolved");
    await chain.increaseTime(clockSeconds);
    expect(await resolved).toMatchObject({ id, ruling: Ruling.workerWrong });
    expect(await hider.getAccount()).toMatchObject({ slashedBatches: 1 });
  });

  // Of a result of eight chunks that is all of it.
  test("and shows all that the auditor names: it keeps its stake, and the auditor serves what was shown", async () => {
    const { auditor, hider, hidden, id, job } = await hideResult(8_000);
    const resolved = next(auditor, "dispute resolved");
    const kept = next(auditor, "shown result kept");
    const games = createProofClient(hider, proof);
    const { leaf: result } = await leafOf(requester.market, job, 1);
    const [challenge] = (
      await hider.getMarketEvents({
        ...{ fromBlock: job.blockNumber, jobId: job.jobId },
        toBlock: await hider.public.getBlockNumber({ cacheTime: 0 }),
      })
    ).filter((event) => event.type === "batchChallenged");
    if (challenge?.type !== "batchChallenged") throw new Error("nobody has challenged");
    const { dispute } = challenge;
    let shown = 0;
    for (; ; shown++) {
      const missing = nextToShow(hidden, await games.getChunkRequest({ id }));
      if (missing === undefined) break;
      await games.show({ dispute, result, ...missing });
    }
    expect(shown).toBe(8);
    expect(await resolved).toMatchObject({ id, ruling: Ruling.challengeFailed });
    expect(await games.getCredit()).toBe(feeWei);
    expect(await hider.getAccount()).toMatchObject({ slashedBatches: 0 });
    const { result: name } = await kept;
    const found = await requester.peer.content.get(CID.parse(name));
    expect(Buffer.compare(found, hidden)).toBe(0);
  });
});

describe("killed at each of its transactions", () => {
  const lies = defending(wrongByte, 0.6);
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
