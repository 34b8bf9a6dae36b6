import { createPeer, type Peer } from "@assay/network";
import {
  createMarketClient,
  Ground,
  hashSpec,
  type JobHandle,
  type MarketClient,
  putBytes,
  Ruling,
  writeInputManifest,
} from "@assay/sdk";
import { type Address, getAddress, http } from "viem";
import { expect, test } from "vitest";
import { localJuryParameters, type TestChain } from "../../../test/fixtures/chain.ts";
import { echo, numbered } from "../../../test/fixtures/programs.ts";
import { disputesOn, leafOf, STAKE } from "../../test/disputes.ts";
import { marketForEachTest } from "../../test/market.ts";
import { accountOf, next, type Requester } from "../../test/network.ts";

// A requester that goes offline once it has what it wants, or lets nobody have all that a batch needs.

let chain: TestChain;
/** Others enter the network by its peer, which stays. */
let entry: Requester;
let jury: Address;
const started = marketForEachTest((market) => {
  ({ chain, requester: entry, jury } = market);
});

const { mineBlocks, prepare, stakeJurors, start, startJurors } = disputesOn(() => ({
  ...{ chain, requester: entry, jury, started },
}));

/** A peer of the requester's own, which has its job's contents and nobody else's. */
async function startOwnPeer(): Promise<{
  peer: Peer;
  market: MarketClient;
  post: () => Promise<JobHandle>;
}> {
  const peer = await createPeer({
    ...{ memory: true, network: "local", bootstrap: entry.peer.multiaddrs },
    ...{ chainId: chain.chain.id, marketplace: chain.marketplace },
  });
  started.add(() => peer.stop());
  const market = createMarketClient({
    ...{ chain: chain.chain, transport: http(chain.rpcUrl), marketplace: chain.marketplace },
    ...{ account: accountOf(chain, 1), content: peer.content, announcer: peer.announcer },
    pollingIntervalMs: 20,
  });
  return {
    ...{ peer, market },
    post: () =>
      market.submitJob({
        ...{ program: echo.wasm, inputs: numbered(2), rewardPerTask: 1000n, batchSize: 2 },
        ...{ stakePerBatch: STAKE, arbiter: jury },
      }),
  };
}

test("what a batch is recomputed from is had from its worker, when its requester has gone and disputes it: the worker is paid, and the requester loses its bond", async () => {
  const jurors = await startJurors([5, 6, 7]);
  const worker = await start({ account: 2 });
  const submitted = next(worker, "batch submitted");
  const own = await startOwnPeer();
  const job = await own.post();
  const { jobId, terms } = job;
  const { resultRoot } = await submitted;
  await own.peer.stop();

  // It says that the first task gives nothing of the kind, and has gone with program and inputs.
  const { market } = entry;
  const shown = await leafOf(market, job, 0);
  await chain.increaseTime(1);
  const { question, prepared } = await prepare(market, job, {
    ...{ job: jobId, batch: 0, position: 0, resultRoot },
    ...{ ground: Ground.wrongResult, answer: jobId },
  });
  const revealed = jurors.map((juror) => next(juror, "verdict revealed"));
  const resolved = next(worker, "dispute resolved");
  mineBlocks();
  const { dispute } = await market.challenge({ terms, question, ...shown, prepared });
  expect((await Promise.all(revealed)).map(({ verdict }) => verdict)).toEqual(
    jurors.map(() => Ruling.workerRight),
  );
  await chain.increaseTime(localJuryParameters.appealSeconds);
  expect(await resolved).toMatchObject({ jobId, batch: 0, ruling: Ruling.workerRight });

  const settled = next(worker, "batch settled");
  await chain.increaseTime(terms.challengeWindowSeconds);
  expect(await settled).toMatchObject({ rewardWei: 2000n });
  expect(dispute.bond).toBe(STAKE / 10n);
  expect(await market.getCredit({ account: dispute.challenger })).toBe(0n);
  expect(await market.getAccount({ account: worker.address })).toMatchObject({
    slashedBatches: 0,
  });
});

test("a batch of which an input is not what the manifest says is not claimed, however well its first task does", async () => {
  const { market } = entry;
  const { content } = entry.peer;
  const inputs = numbered(2);
  const entries = await Promise.all(
    inputs.map(async (input, i) => ({
      cid: await putBytes(content, input),
      byteLength: input.length + i, // the second is said to be longer than it is
    })),
  );
  const manifest = await writeInputManifest(content, entries);
  // One whose program and terms are the same, and which is over before the node starts.
  const good = await market.submitJob({
    ...{ program: echo.wasm, inputs, rewardPerTask: 1000n, batchSize: 2, stakePerBatch: STAKE },
  });
  await market.cancel({ terms: good.terms });
  await content.provide(manifest.cid);
  const spec = { ...good.spec, manifest: manifest.cid, inputRoot: manifest.root };
  const terms = { ...good.terms, salt: 7n, specHash: hashSpec(spec) };
  const worker = await start({ account: 2 });
  const ready = next(worker, "job ready");
  const refused = next(worker, "job refused");
  const { jobId } = await market.postJob({ terms, spec });
  await ready;
  const { reason } = await refused;
  expect(reason).toContain("bytes instead of");
  expect(await market.getBatches({ jobId, count: 1 })).toMatchObject([{ status: "open" }]);
  expect((await worker.status()).chain?.holds).toEqual([]);
});

test("while nobody could rule on a dispute, nothing is claimed, and the node says why; then it is", async () => {
  const worker = await start({ account: 2 });
  const held = next(worker, "arbiter cannot decide");
  const { market } = entry;
  const job = await market.submitJob({
    ...{ program: echo.wasm, inputs: numbered(2), rewardPerTask: 1000n, batchSize: 2 },
    ...{ stakePerBatch: STAKE, arbiter: jury, allowUndecidable: true },
  });
  const { jobId } = job;
  expect(await held).toMatchObject({ jobId, arbiter: getAddress(jury) });
  expect((await worker.status()).chain?.holds).toEqual([
    { jobId, reason: "its arbiter could not decide a dispute" },
  ]);
  expect(await market.getBatches({ jobId, count: 1 })).toMatchObject([{ status: "open" }]);
  const submitted = next(worker, "batch submitted");
  await stakeJurors();
  expect(await submitted).toMatchObject({ jobId, batch: 0 });
  expect((await worker.status()).chain?.holds).toEqual([]);
});
