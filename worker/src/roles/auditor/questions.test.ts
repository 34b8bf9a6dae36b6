import { Ground, Outcome, putBytes, resultLeaf } from "@assay/sdk";
import { type Address, bytesToHex } from "viem";
import { beforeEach, expect, test } from "vitest";
import type { TestChain } from "../../../../test/fixtures/chain.ts";
import { workBatch } from "../../../../test/fixtures/market.ts";
import { numbered } from "../../../../test/fixtures/programs.ts";
import { disputesOn, leafOf, STAKE } from "../../../test/disputes.ts";
import { marketForEachTest } from "../../../test/market.ts";
import { next, type Requester } from "../../../test/network.ts";
import type { NodeEvents } from "../../kernel/events.ts";

// Questions of several askers about one batch.

let chain: TestChain;
let requester: Requester;
let jury: Address;
const started = marketForEachTest((market) => {
  ({ chain, requester, jury } = market);
});
beforeEach(() => stakeJurors());

const { client, post, prepare, stakeJurors, start } = disputesOn(() => ({
  ...{ chain, requester, jury, started },
}));

const BOND = STAKE / 10n;

/** A submission of one right result and, second, a wrong one, that everybody can fetch. */
async function submitLie() {
  const liar = client(2);
  await liar.deposit({ amount: STAKE });
  const job = await post();
  await workBatch(liar, job, 0, async (entries, content) => {
    const cid = await putBytes(content, Uint8Array.of(66));
    entries[1] = { outcome: Outcome.ok, cid, byteLength: 1 };
  });
  const { results } = await liar.getSubmission({ jobId: job.jobId, batch: 0 });
  await requester.peer.content.provide(results);
  return { job, shown: await leafOf(liar, job, 1) };
}

/** The leaf that the second task gives. */
async function rightLeaf() {
  const [, input = new Uint8Array()] = numbered(2);
  const cid = await putBytes(requester.peer.content, input);
  return bytesToHex(resultLeaf(1, { outcome: Outcome.ok, cid, byteLength: input.length }));
}

test("what an auditor has prepared comes back when somebody else asks the same first, and is asked no second time", async () => {
  const { job, shown } = await submitLie();
  const { jobId, terms } = job;
  await chain.increaseTime(1);
  const rival = client(4);
  const asked = { job: jobId, batch: 0, position: 1, resultRoot: shown.resultRoot };
  const { question, prepared } = await prepare(rival, job, {
    ...{ ...asked, ground: Ground.wrongResult, answer: await rightLeaf() },
  });

  const auditor = await start({ account: 3, roles: ["auditor"], policy: { auditRate: 1 } });
  const actions: string[] = [];
  auditor.events.on("transaction mined", ({ action }: NodeEvents["transaction mined"]) =>
    actions.push(action),
  );
  await next(auditor, "transaction mined", ({ action }) => action === "prepare");
  const reclaimed = next(auditor, "preparation reclaimed");
  const withdrawn = next(auditor, "credit withdrawn");
  const { id } = await rival.challenge({ terms, question, ...shown, prepared });
  expect(await reclaimed).toEqual({ jobId, batch: 0, position: 1, amountWei: BOND });
  expect((await withdrawn).amountWei).toBe(BOND);
  await chain.mine(1);
  expect(await requester.market.getPendingQuestions({ jobId, batch: 0 })).toMatchObject([
    { number: 1, dispute: id },
  ]);
  expect(actions).toEqual(["prepare", "reclaim", "withdraw"]);
});

test("an auditor asks beside a question that convicts nobody, for four times as much", async () => {
  const { job } = await submitLie();
  const { jobId, terms } = job;
  // The liar's friend disputes what is right, which freezes the window and convicts nobody.
  const friend = client(4);
  const first = await leafOf(client(2), job, 0);
  await chain.increaseTime(1);
  const { question, prepared } = await prepare(friend, job, {
    ...{ job: jobId, batch: 0, position: 0, resultRoot: first.resultRoot },
    ...{ ground: Ground.wrongResult, answer: jobId },
  });
  await friend.challenge({ terms, question, ...first, prepared });

  const auditor = await start({ account: 3, roles: ["auditor"], policy: { auditRate: 1 } });
  const challenged = next(auditor, "batch challenged");
  await next(auditor, "transaction mined", ({ action }) => action === "prepare");
  await chain.increaseTime(1);
  const { position, id } = await challenged;
  expect(position).toBe(1);
  const { market } = requester;
  expect(await market.getPendingQuestions({ jobId, batch: 0 })).toMatchObject([
    { number: 1, position: 0 },
    { number: 2, position: 1, dispute: id },
  ]);
  const toBlock = await market.public.getBlockNumber({ cacheTime: 0 });
  const events = await market.getMarketEvents({ fromBlock: job.blockNumber, toBlock });
  const [, ours] = events.flatMap((event) =>
    event.type === "batchChallenged" ? [event.dispute] : [],
  );
  const fee = ours?.fee ?? 0n;
  expect((ours?.bond ?? 0n) + fee).toBe(4n * (BOND + fee));
});
