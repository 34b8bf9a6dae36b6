import {
  type Content,
  ContentNotFoundError,
  createJuryClient,
  type JobHandle,
  type MarketClient,
  marketplaceAbi,
  memoryContent,
  merkleProof,
  Outcome,
  putBytes,
  type ResultEntry,
  Ruling,
  resultLeaf,
  toResultLeaf,
} from "@assay/sdk";
import { type Address, bytesToHex } from "viem";
import { expect, test } from "vitest";
import {
  localJuryParameters,
  localParameters,
  type TestChain,
} from "../../../../test/fixtures/chain.ts";
import { workBatch } from "../../../../test/fixtures/market.ts";
import { changed } from "../../../../test/fixtures/programs.ts";
import { disputesOn, STAKE } from "../../../test/disputes.ts";
import { marketForEachTest } from "../../../test/market.ts";
import { next, type Requester } from "../../../test/network.ts";

let chain: TestChain;
let requester: Requester;
let jury: Address;
const forTest = marketForEachTest((market) => {
  ({ chain, requester, jury } = market);
});

// A chain for each: jurors would attend to the disputes that another test left open.
const { client, mineBlocks, post, stakeJurors, start, startJurors } = disputesOn(() => ({
  ...{ chain, requester, jury, started: forTest },
}));

const WINDOW = localParameters.minChallengeWindowSeconds;
/** The default share of the window for which an auditor looks. */
const PATIENCE = WINDOW / 4;
/** What a demander gets of a slash, beyond its bond: twice that bond, by the rule for demands. */
const SHARE = (2n * STAKE) / 100n;

/** Wei of credit that an account has taken out of the Marketplace. */
async function withdrawnBy(account: Address, fromBlock: bigint): Promise<bigint> {
  const { market } = requester;
  const toBlock = await market.public.getBlockNumber({ cacheTime: 0 });
  const events = await market.getMarketEvents({ fromBlock, toBlock });
  return events.reduce(
    (sum, event) =>
      event.type === "creditWithdrawn" && event.account === account ? sum + event.amount : sum,
    0n,
  );
}

/** A worker that reads what everybody reads, and writes what nobody will. */
async function startHider(account: number): Promise<MarketClient> {
  const network = requester.peer.content;
  const own = memoryContent();
  const content: Content = { ...network, put: own.put, provide: async () => {} };
  const hider = client(account, { content });
  await hider.deposit({ amount: 4n * STAKE });
  return hider;
}

/** What the worker says it found, which it keeps to itself. */
async function workHidden(
  worker: MarketClient,
  job: JobHandle,
  batch: number,
  lie?: Uint8Array,
): Promise<ResultEntry[]> {
  let kept: ResultEntry[] = [];
  await workBatch(worker, job, batch, async (entries, content) => {
    if (lie !== undefined) {
      const cid = await putBytes(content, lie);
      entries.fill({ outcome: Outcome.ok, cid, byteLength: lie.length });
    }
    kept = [...entries];
  });
  return kept;
}

test("a worker that hides its manifest is asked for a leaf: one that is silent is slashed, one that shows a wrong one is challenged", async () => {
  await stakeJurors();
  const auditor = await start({ account: 3, roles: ["auditor"] });
  const [silent, wrong] = [await startHider(2), await startHider(4)];
  const job = await post({ batches: 2 });
  const { jobId, terms } = job;
  const soughtFor = [0, 1].map((batch) =>
    next(auditor, "batch not audited yet", (event) => event.batch === batch),
  );
  const demands = [0, 1].map((batch) =>
    next(auditor, "leaf demanded", (event) => event.batch === batch),
  );
  await workHidden(silent, job, 0);
  const entries = await workHidden(wrong, job, 1, Uint8Array.of(66));
  await Promise.all(soughtFor);
  const { market } = requester;
  const statuses = async () =>
    (await market.getBatches({ jobId, count: 2 })).map(({ status }) => status);
  // It may be a worker that has just gone offline: that is no reason to ask yet.
  expect(await statuses()).toEqual(["submitted", "submitted"]);

  await chain.increaseTime(PATIENCE);
  mineBlocks();
  const asked = await Promise.all(demands);
  expect(asked.map(({ worker, bondWei }) => [worker, bondWei])).toEqual(
    [silent, wrong].map(({ wallet }) => [wallet?.account.address, STAKE / 100n]),
  );
  expect(await statuses()).toEqual(["questioned", "questioned"]);

  // The second shows what it committed to.
  const position = asked[1]?.position ?? 0;
  const [entry = { outcome: Outcome.trap }] = entries.slice(position - 2);
  const leaves = entries.map((result, i) => resultLeaf(2 + i, result));
  const shown = next(auditor, "leaf shown");
  const found = next(auditor, "wrong result found");
  const challenged = next(auditor, "batch challenged");
  await wrong.reveal({
    ...{ terms, batch: 1, number: 1, leaf: toResultLeaf(position, entry) },
    proof: merkleProof(leaves, position - 2).map((sibling) => bytesToHex(sibling)),
  });
  expect(await shown).toMatchObject({ batch: 1, position });
  expect(await found).toMatchObject({ batch: 1, position });
  expect(await challenged).toMatchObject({ batch: 1, position });

  // The first says nothing.
  const forfeited = next(auditor, "demand forfeited");
  await chain.increaseTime(localParameters.responseWindowSeconds + 1);
  expect(await forfeited).toMatchObject({ jobId, batch: 0, worker: asked[0]?.worker });
  expect(await statuses()).toEqual(["open", "questioned"]);
  expect(await silent.getAccount()).toMatchObject({ slashedBatches: 1 });
  // A demand is prepared with a challenge's bond: of both, what is more than theirs came back when they were made.
  const bonds = { challenge: STAKE / 10n, demand: STAKE / 100n };
  await expect
    .poll(() => withdrawnBy(auditor.address, job.blockNumber))
    .toBe(2n * (bonds.challenge - bonds.demand) + bonds.demand + SHARE);
});

test("a worker that submits what is no CID is asked for a leaf at once", async () => {
  await stakeJurors();
  mineBlocks();
  const auditor = await start({ account: 3, roles: ["auditor"] });
  const worker = await startHider(2);
  const demanded = next(auditor, "leaf demanded");
  const job = await post();
  const { jobId, terms } = job;
  await worker.claim({ terms, batch: 0 });
  // sha3-256: a well-formed CID for the chain, and none that anybody can check.
  const results = { prefix: "0x01711620", digest: jobId } as const;
  await worker.wallet?.writeContract({
    ...{ address: worker.marketplace, abi: marketplaceAbi, functionName: "submit" },
    args: [jobId, 0, jobId, results],
  });
  expect(await demanded).toMatchObject({ jobId, batch: 0 });
  const { market } = requester;
  expect(await market.getBatches({ jobId, count: 1 })).toMatchObject([{ status: "questioned" }]);
  const forfeited = next(auditor, "demand forfeited");
  await chain.increaseTime(localParameters.responseWindowSeconds + 1);
  await forfeited;
});

test("a worker that hides one result is challenged for it, and loses before jurors who look for it in vain", async () => {
  const jurors = await startJurors([5, 6, 7]);
  const begun = jurors.map((juror) => next(juror, "judgment begun"));
  const revealed = jurors.map((juror) => next(juror, "verdict revealed"));
  const auditor = await start({ account: 3, roles: ["auditor"], policy: { auditRate: 1 } });
  const withheld = next(auditor, "result withheld");
  const challenged = next(auditor, "batch challenged");
  const network = requester.peer.content;
  const own = memoryContent();
  // Everything is given but the second task's result.
  let puts = 0;
  const content: Content = {
    ...network,
    put: (bytes, options) => (++puts === 2 ? own : network).put(bytes, options),
  };
  const hider = client(8, { content });
  await hider.deposit({ amount: STAKE });
  const job = await post({ program: changed.wasm });
  const { jobId } = job;
  const sought = next(auditor, "batch not audited yet");
  await workBatch(hider, job, 0);
  const { results } = await hider.getSubmission({ jobId, batch: 0 });
  await network.provide(results);
  expect((await sought).error).toContain("No provider");

  await chain.increaseTime(PATIENCE);
  mineBlocks();
  expect(await withheld).toMatchObject({ jobId, batch: 0, position: 1 });
  const { id } = await challenged;
  await Promise.all(begun);
  await chain.increaseTime(localJuryParameters.commitSeconds / 2);
  expect((await Promise.all(revealed)).map(({ verdict }) => verdict)).toEqual(
    jurors.map(() => Ruling.workerWrong),
  );
  const resolved = next(auditor, "dispute resolved");
  const standing = createJuryClient(requester.market, jury);
  expect(await standing.getStanding({ id })).toMatchObject({ stage: "appealable" });
  await chain.increaseTime(localJuryParameters.appealSeconds);
  expect(await resolved).toMatchObject({ id, ruling: Ruling.workerWrong });
  expect(await hider.getAccount()).toMatchObject({ slashedBatches: 1 });
});

test("a result that comes late, but before the auditor's patience ends, is no ground", async () => {
  await stakeJurors();
  const auditor = await start({ account: 3, roles: ["auditor"], policy: { auditRate: 1 } });
  const network = requester.peer.content;
  const late = new Map<string, Uint8Array>();
  const content: Content = {
    ...network,
    async put(bytes, options) {
      const cid = await memoryContent().put(bytes, options);
      late.set(String(cid), bytes);
      return cid;
    },
    async get(cid, options) {
      const bytes = late.get(String(cid));
      if (bytes === undefined) return network.get(cid, options);
      throw new ContentNotFoundError(cid);
    },
  };
  const worker = client(9, { content });
  await worker.deposit({ amount: STAKE });
  const job = await post();
  const sought = next(auditor, "batch not audited yet");
  const audited = next(auditor, "batch audited");
  await workBatch(worker, job, 0);
  await sought;
  for (const bytes of late.values()) await network.put(bytes);
  for (const bytes of late.values()) await network.put(bytes, { codec: "dag-cbor" });
  const { results } = await worker.getSubmission({ jobId: job.jobId, batch: 0 });
  await network.provide(results);
  expect(await audited).toMatchObject({ batch: 0, tasks: 2 });
});
