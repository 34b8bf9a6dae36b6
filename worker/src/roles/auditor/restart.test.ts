import { marketplaceAbi, Outcome, putBytes } from "@assay/sdk";
import type { Address } from "viem";
import { beforeEach, expect, test } from "vitest";
import type { TestChain } from "../../../../test/fixtures/chain.ts";
import { workBatch } from "../../../../test/fixtures/market.ts";
import { disputesOn, STAKE } from "../../../test/disputes.ts";
import { marketForEachTest } from "../../../test/market.ts";
import {
  type Requester,
  startCli,
  temporaryFolder,
  workerArguments,
} from "../../../test/network.ts";

let chain: TestChain;
let requester: Requester;
let jury: Address;
const started = marketForEachTest((market) => {
  ({ chain, requester, jury } = market);
});
beforeEach(() => stakeJurors());

const { client, post, stakeJurors } = disputesOn(() => ({ chain, requester, jury, started }));

test("an auditor that is killed between the two steps of a challenge makes the second, and pays for neither twice", async () => {
  const dataDir = await temporaryFolder(started);
  const { argv, environment } = workerArguments(chain, requester, { dataDir, account: 3 });
  const roles = ["--roles", "auditor", "--jury", jury];
  const startAuditor = () => startCli([...argv, ...roles], started, environment);
  const liar = client(2);
  await liar.deposit({ amount: STAKE });
  const job = await post();
  await workBatch(liar, job, 0, async (entries, content) => {
    const cid = await putBytes(content, Uint8Array.of(66));
    entries.fill({ outcome: Outcome.ok, cid, byteLength: 1 });
  });
  const { results } = await liar.getSubmission({ jobId: job.jobId, batch: 0 });
  await requester.peer.content.provide(results);
  await chain.increaseTime(1); // in the second of the submission nothing is prepared

  // No block comes by itself, and so the second step has to wait.
  const first = startAuditor();
  await first.line("transaction mined", ({ action }) => action === "prepare");
  first.kill("SIGKILL");
  expect(await first.exit).toBe("SIGKILL");

  const second = startAuditor();
  await second.line("node started");
  await chain.increaseTime(1);
  const { id } = await second.line("batch challenged");
  const { market } = requester;
  const { jobId, blockNumber: fromBlock } = job;
  expect(await market.getBatches({ jobId, count: 1 })).toMatchObject([{ status: "questioned" }]);
  expect(await market.getPendingQuestions({ jobId, batch: 0 })).toMatchObject([
    { demand: false, number: 1, dispute: id },
  ]);
  const toBlock = await market.public.getBlockNumber({ cacheTime: 0 });
  const events = await market.getMarketEvents({ fromBlock, toBlock });
  const ofType = (type: string) => events.filter((event) => event.type === type);
  expect(ofType("questionPrepared")).toHaveLength(1);
  expect(ofType("batchChallenged")).toHaveLength(1);
  await second.line("transaction mined", ({ action }) => action === "challenge");
  const mined = [...first.lines, ...second.lines].filter(({ msg }) => msg === "transaction mined");
  expect(mined.map(({ action }) => action)).toEqual(["prepare", "challenge"]);
  second.kill("SIGTERM");
  expect(await second.exit).toBe(0);
});

test("an auditor that is killed between the two steps of a demand makes the second, and pays for neither twice", async () => {
  const dataDir = await temporaryFolder(started);
  const { argv, environment } = workerArguments(chain, requester, { dataDir, account: 3 });
  const roles = ["--roles", "auditor", "--jury", jury];
  const startAuditor = () => startCli([...argv, ...roles], started, environment);
  const hider = client(2);
  await hider.deposit({ amount: STAKE });
  const { jobId, terms } = await post();
  await hider.claim({ terms, batch: 0 });
  // sha3-256: a CID that nobody can fetch by.
  const results = { prefix: "0x01711620", digest: jobId } as const;
  await hider.wallet?.writeContract({
    ...{ address: hider.marketplace, abi: marketplaceAbi, functionName: "submit" },
    args: [jobId, 0, jobId, results],
  });
  await chain.increaseTime(1);

  const first = startAuditor();
  await first.line("transaction mined", ({ action }) => action === "prepare");
  first.kill("SIGKILL");
  expect(await first.exit).toBe("SIGKILL");

  const second = startAuditor();
  await second.line("node started");
  await chain.increaseTime(1);
  await second.line("leaf demanded");
  expect(await requester.market.getPendingQuestions({ jobId, batch: 0 })).toMatchObject([
    { demand: true, number: 1 },
  ]);
  // What was prepared beyond the bond comes back.
  const withdrawn = await second.line("credit withdrawn");
  expect(withdrawn.amountWei).toBe(String(STAKE / 10n - STAKE / 100n));
  const mined = [...first.lines, ...second.lines].filter(({ msg }) => msg === "transaction mined");
  expect(mined.map(({ action }) => action)).toEqual(["prepare", "demand", "withdraw"]);
  second.kill("SIGTERM");
  expect(await second.exit).toBe(0);
});
