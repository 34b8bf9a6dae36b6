import {
  type Content,
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
  localParameters,
  localProofParameters,
  type TestChain,
} from "../../../../../test/fixtures/chain.ts";
import { workBatch } from "../../../../../test/fixtures/market.ts";
import { disputesOn, STAKE } from "../../../../test/disputes.ts";
import { marketForAllTests } from "../../../../test/market.ts";
import { next, type Requester } from "../../../../test/network.ts";

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

test("of a worker that gives nobody anything, a wrong result is convicted by what is on chain", async () => {
  const auditor = await start({ account: 3, roles: ["auditor"], policy: { auditRate: 1 } });
  // Neither its manifest nor its results reach anybody.
  const own = memoryContent();
  const content: Content = { ...requester.peer.content, put: own.put, provide: async () => {} };
  const hider = client(8, { content });
  await hider.deposit({ amount: STAKE });
  const job = await post();
  const sought = next(auditor, "batch not audited yet");
  let entries: ResultEntry[] = [];
  await workBatch(hider, job, 0, async (found) => {
    const lie = Uint8Array.of(66);
    found.fill({ outcome: Outcome.ok, cid: await putBytes(own, lie), byteLength: lie.length });
    entries = [...found];
  });
  await sought;

  const demanded = next(auditor, "leaf demanded");
  await chain.increaseTime(localParameters.minChallengeWindowSeconds / 4);
  mineBlocks();
  const { position } = await demanded;
  const challenged = next(auditor, "batch challenged");
  const entry = entries[position] as ResultEntry;
  const leaves = entries.map((result, at) => resultLeaf(at, result));
  await hider.reveal({
    ...{ terms: job.terms, batch: 0, number: 1, leaf: toResultLeaf(position, entry) },
    proof: merkleProof(leaves, position).map((sibling) => bytesToHex(sibling)),
  });
  const { id } = await challenged;
  // It has nothing to say for its result.
  const resolved = next(auditor, "dispute resolved");
  await chain.increaseTime(localProofParameters.clockSeconds);
  expect(await resolved).toMatchObject({ id, ruling: Ruling.workerWrong });
  expect(await hider.getAccount()).toMatchObject({ slashedBatches: 1 });
});
