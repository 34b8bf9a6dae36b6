import { join } from "node:path";
import {
  cidOf,
  hashSpec,
  hashTerms,
  type JobSpec,
  type JobTerms,
  Outcome,
  type StoredTransaction,
} from "@assay/sdk";
import SqliteDatabase from "better-sqlite3";
import { getAddress, pad, toHex, zeroAddress, zeroHash } from "viem";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startedThings, temporaryFolder } from "../../test/network.ts";
import type { BatchEvent } from "./batchState.ts";
import { openNodeStore, type StoreIdentity } from "./nodeStore.ts";
import { readStatus } from "./status.ts";

const started = startedThings();
let file: string;
beforeEach(async () => {
  file = join(await temporaryFolder(started), "node.sqlite");
});
afterEach(() => started.end());

const identity: StoreIdentity = {
  chainId: 31_337,
  genesis: `0x${"01".repeat(32)}`,
  marketplace: "0x00000000000000000000000000000000000000A5",
  account: "0x00000000000000000000000000000000000000b6",
};

const spec: JobSpec = {
  program: cidOf(Uint8Array.of(1)),
  manifest: cidOf(Uint8Array.of(2), "dag-cbor"),
  inputRoot: `0x${"ab".repeat(32)}`,
  memoryPages: 16,
  maxResultBytes: 1_000,
  maxSteps: 2n ** 64n - 1n,
  machineRoot: zeroHash,
};
const terms: JobTerms = {
  requester: zeroAddress,
  token: zeroAddress,
  arbiter: zeroAddress,
  taskCount: 10,
  batchSize: 4,
  rewardPerTask: 2n ** 96n - 1n,
  stakePerBatch: 1n,
  minScore: 0,
  claimUntil: 2_000_000_000,
  submitWindowSeconds: 60,
  challengeWindowSeconds: 600,
  salt: 2n ** 64n - 1n,
  specHash: hashSpec(spec),
};
const jobId = hashTerms(terms);

function open(as = identity) {
  const store = openNodeStore(file, as, { startBlock: 5n });
  started.add(() => store.close());
  return store;
}

test("what is written is there after a restart, to the last digit", () => {
  const before = open();
  expect(before.nextBlock()).toBe(5n);
  expect(before.recordJobs([{ jobId, block: 7n, terms, spec }])).toEqual([jobId]);
  expect(before.recordJobs([{ jobId, block: 7n, terms, spec }])).toEqual([]);
  before.noteBlocks([], 12n);
  before.moveJob(jobId, "fetched");
  before.moveJob(jobId, "tried", { taskMs: 1.25 });
  before.moveBatch(jobId, 1, "claimed", { deadline: 1_900_000_000 });
  const cid = cidOf(Uint8Array.of(3));
  before.addResults(jobId, [
    { position: 5, outcome: Outcome.trap },
    { position: 4, outcome: Outcome.ok, cid, byteLength: 1 },
  ]);
  before.close();

  const after = open();
  expect(after.nextBlock()).toBe(12n);
  expect(after.job(jobId)).toEqual({
    ...{ jobId, block: 7n, terms, spec, state: "tried", taskMs: 1.25, reason: undefined },
  });
  expect(hashTerms(after.job(jobId)?.terms ?? terms)).toBe(jobId);
  expect(after.batches("claimed", "computed")).toMatchObject([
    { jobId, batch: 1, state: "claimed", deadline: 1_900_000_000 },
  ]);
  expect(after.results(jobId, { first: 4, count: 4 })).toEqual([
    { position: 4, outcome: Outcome.ok, cid, byteLength: 1 },
    { position: 5, outcome: Outcome.trap },
  ]);
  after.forgetResults(jobId, { first: 4, count: 4 });
  expect(after.results(jobId, { first: 0, count: 10 })).toEqual([]);
});

test("a transaction that fails leaves nothing", () => {
  const store = open();
  expect(() =>
    store.atomically(() => {
      store.recordJobs([{ jobId, block: 7n, terms, spec }]);
      store.noteBlocks([], 9n);
      throw new Error("power cut");
    }),
  ).toThrow("power cut");
  expect(store.nextBlock()).toBe(5n);
  expect(store.job(jobId)).toBeUndefined();
});

describe("a batch moves forward", () => {
  test("whatever order the news come in", () => {
    const store = open();
    store.recordJobs([{ jobId, block: 7n, terms, spec }]);
    const move = (event: BatchEvent) => store.moveBatch(jobId, 0, event);
    expect(move("failed")).toBe(false);
    expect(move("claimed")).toBe(true);
    expect(move("submitted")).toBe(true);
    expect(move("claimed")).toBe(false);
    expect(move("computed")).toBe(false);
    expect(move("submitted")).toBe(false);
    expect(move("settled")).toBe(true);
    expect(move("failed")).toBe(false);
    expect(store.batch(jobId, 0)?.state).toBe("settled");
  });

  test("and one that was lost can be claimed again", () => {
    const store = open();
    store.recordJobs([{ jobId, block: 7n, terms, spec }]);
    store.moveBatch(jobId, 0, "claimed");
    expect(store.moveBatch(jobId, 0, "expired", { reason: "its deadline was missed" })).toBe(true);
    expect(store.moveBatch(jobId, 0, "claimed")).toBe(true);
    expect(store.batch(jobId, 0)).toMatchObject({ state: "claimed", reason: undefined });
  });
});

test("what was settled up to the block of a withdrawal in its token is paid, and nothing else", () => {
  const store = open();
  const inTokens = { ...terms, token: getAddress(pad("0xab", { size: 20 })) };
  const other = hashTerms(inTokens);
  store.recordJobs([
    { jobId, block: 7n, terms, spec },
    { jobId: other, block: 7n, terms: inTokens, spec },
  ]);
  store.moveBatch(other, 0, "settled", { block: 8n });
  store.moveBatch(jobId, 0, "settled", { block: 8n });
  store.moveBatch(jobId, 1, "settled", { block: 10n });
  store.moveBatch(jobId, 2, "submitted", { block: 8n });
  const withdrawn = () =>
    store.batches("withdrawn").map(({ jobId: of, batch }) => [of, batch] as const);
  store.noteWithdrawn(9n, zeroAddress);
  expect(withdrawn()).toEqual([[jobId, 0]]);
  store.noteWithdrawn(9n, inTokens.token);
  expect(new Set(withdrawn())).toEqual(
    new Set([
      [jobId, 0],
      [other, 0],
    ]),
  );
});

test("the time of the chain makes batches due", () => {
  const store = open();
  store.recordJobs([{ jobId, block: 7n, terms, spec }]);
  store.moveBatch(jobId, 0, "claimed", { deadline: 100 });
  store.moveBatch(jobId, 1, "submitted", { deadline: 100, settleableAt: 200 });
  store.moveBatch(jobId, 2, "submitted");
  const due = (now: number) => store.dueBatches(now).map(({ batch }) => batch);
  expect([due(100), due(101), due(200)]).toEqual([[2], [0, 2], [0, 1, 2]]);
  store.moveBatch(jobId, 2, "questioned");
  expect(due(200)).toEqual([0, 1]);
});

describe("blocks that the chain took back", () => {
  const hashOf = (number: bigint) => pad(toHex(number));
  const blocks = (from: bigint, to: bigint) =>
    Array.from({ length: Number(to - from) + 1 }, (_, i) => from + BigInt(i)).map((number) => ({
      ...{ number, hash: hashOf(number) },
    }));

  test("are kept as far back as a reorganisation may go, and one more", () => {
    const store = openNodeStore(file, identity, { startBlock: 1n, maxReorgDepth: 4 });
    started.add(() => store.close());
    store.noteBlocks([{ number: 3n, hash: hashOf(3n) }], 4n);
    store.noteBlocks(blocks(6n, 9n), 10n);
    expect(store.readBlocks().map(({ number }) => number)).toEqual([9n, 8n, 7n, 6n, 3n]);
    store.noteBlocks(blocks(10n, 12n), 13n);
    expect(store.readBlocks().map(({ number }) => number)).toEqual([12n, 11n, 10n, 9n, 8n]);
    expect(store.nextBlock()).toBe(13n);
  });

  test("take their jobs with them, and leave batches in doubt until the chain is asked", () => {
    const store = open();
    store.recordJobs([{ jobId, block: 7n, terms, spec }]);
    store.noteBlocks(blocks(5n, 9n), 10n);
    store.moveJob(jobId, "fetched");
    store.moveJob(jobId, "tried", { taskMs: 1 });
    store.moveBatch(jobId, 0, "settled", { block: 7n });
    store.moveBatch(jobId, 1, "settled", { block: 9n });
    store.moveBatch(jobId, 2, "claimed", { block: 7n });
    expect(store.rollBack(7n)).toEqual({ jobs: 0, batches: 2 });
    expect(store.nextBlock()).toBe(8n);
    expect(store.readBlocks()[0]?.number).toBe(7n);
    expect(store.batches("settled", "claimed").map(({ batch }) => batch)).toEqual([0]);
    const [one, two] = store.batchesInDoubt();
    expect([one?.batch, two?.batch]).toEqual([1, 2]);

    expect(store.rollBack(6n)).toMatchObject({ jobs: 1 });
    expect(store.job(jobId)).toBeUndefined();
    expect(store.batchesInDoubt()).toEqual([]);
    expect(store.recordJobs([{ jobId, block: 8n, terms, spec }])).toEqual([jobId]);
    expect(store.job(jobId)).toMatchObject({ block: 8n, state: "discovered", taskMs: 1 });

    // What was asked before the second reorganisation says nothing about it.
    if (one === undefined || two === undefined) throw new Error("two batches were in doubt");
    store.placeBatch(one, "claimed");
    expect(store.batchesInDoubt().map(({ batch }) => batch)).toEqual([0, 1, 2]);
    for (const record of store.batchesInDoubt()) store.placeBatch(record, "claimed");
    expect(store.batches("claimed").map(({ batch }) => batch)).toEqual([0, 1, 2]);
  });

  test("take a cancellation with them", () => {
    const store = open();
    store.recordJobs([{ jobId, block: 6n, terms, spec }]);
    store.moveJob(jobId, "closed", { reason: "the requester cancelled it", endedIn: 8n });
    store.rollBack(8n);
    expect(store.job(jobId)?.state).toBe("closed");
    store.rollBack(7n);
    expect(store.job(jobId)?.state).toBe("discovered");
  });
});

test("a block that was replaced before it was read is known by our transaction in it", () => {
  const store = open();
  store.recordJobs([{ jobId, block: 6n, terms, spec }]);
  store.moveBatch(jobId, 0, "submitted", { block: 8n });
  const body = { to: zeroAddress, data: "0x", value: 0n, gas: 1n, action: "submit" } as const;
  const version = { hash: pad("0x1"), raw: "0x02", fees: { maxFeePerGas: 1n } } as const;
  const fees = { ...version.fees, maxPriorityFeePerGas: 1n };
  store.transactions.put({
    ...{ ...body, nonce: 3, versions: [{ ...version, fees }], minedIn: undefined },
  });
  store.transactions.noteMined(3, { number: 8n, hash: pad("0xa") });
  expect(store.noteBlocks([{ number: 7n, hash: pad("0x7") }], 8n)).toBeUndefined();
  expect(store.noteBlocks([{ number: 8n, hash: pad("0xb") }], 9n)).toBe(8n);
  expect(store.transactions.all()).toMatchObject([{ nonce: 3, minedIn: undefined }]);
  expect(store.batchesInDoubt()).toMatchObject([{ batch: 0, state: "submitted" }]);
  expect(store.noteBlocks([{ number: 8n, hash: pad("0xb") }], 9n)).toBeUndefined();
});

test("transactions are there after a restart, to the last digit; mined ones until they are deep", () => {
  const transaction = (nonce: number): StoredTransaction => ({
    ...{ nonce, to: zeroAddress, data: "0x1234", value: 10n ** 20n, gas: 21_000n, action: "claim" },
    versions: [
      {
        ...{ hash: pad("0x1"), raw: "0x02" },
        fees: { maxFeePerGas: 7n, maxPriorityFeePerGas: nonce === 4 ? undefined : 1n },
      },
    ],
    minedIn: undefined,
  });
  const before = open();
  for (const nonce of [5, 4]) before.transactions.put(transaction(nonce));
  before.transactions.noteMined(4, { number: 100n, hash: pad("0xa") });
  before.close();
  const { transactions } = open();
  expect(transactions.all()).toEqual([{ ...transaction(4), minedIn: 100n }, transaction(5)]);
  transactions.noteMined(5, { number: 228n, hash: pad("0xb") });
  expect(transactions.all().map(({ nonce }) => nonce)).toEqual([4, 5]);
  transactions.put(transaction(6));
  transactions.noteMined(6, { number: 229n, hash: pad("0xc") });
  transactions.delete(5);
  expect(transactions.all().map(({ nonce }) => nonce)).toEqual([6]);
});

test.each([
  ["chain", { chainId: 1 }],
  ["the chain with genesis block", { genesis: `0x${"02".repeat(32)}` as const }],
  ["Marketplace", { marketplace: zeroAddress }],
  ["account", { account: zeroAddress }],
])("a database of another %s is refused", (what, other) => {
  open().close();
  expect(() => open({ ...identity, ...other })).toThrow(
    expect.objectContaining({ code: "STORE_MISMATCH", message: expect.stringContaining(what) }),
  );
});

test("a database of a later version is refused and left as it is", () => {
  open().close();
  const database = new SqliteDatabase(file);
  database.pragma("user_version = 99");
  database.close();
  expect(() => open()).toThrow(expect.objectContaining({ code: "STORE_TOO_NEW" }));
});

test("status can be read while the node has the database open", () => {
  const store = open();
  store.recordJobs([{ jobId, block: 7n, terms, spec }]);
  store.noteBlocks([], 9n);
  store.moveBatch(jobId, 0, "claimed");
  expect(readStatus(file)).toEqual({
    ...{ chainId: 31_337, marketplace: identity.marketplace, account: identity.account },
    ...{ nextBlock: 9n, jobs: { discovered: 1 }, batches: { claimed: 1 } },
  });
});
