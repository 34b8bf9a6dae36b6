import { Ground, Ruling } from "@assay/sdk";
import { type Address, keccak256 } from "viem";
import { expect, test } from "vitest";
import { localProofParameters, type TestChain } from "../../../../test/fixtures/chain.ts";
import { disputesOn, leafOf } from "../../../test/disputes.ts";
import { marketForAllTests } from "../../../test/market.ts";
import { next, type Requester } from "../../../test/network.ts";
import { defending, wrongByte } from "../../../test/proof.ts";

let chain: TestChain;
let requester: Requester;
let jury: Address;
let proof: Address;
const started = marketForAllTests((market) => {
  ({ chain, requester, jury, proof } = market);
});
const { client, mineBlocks, post, prepare, start } = disputesOn(() => ({
  ...{ chain, requester, jury, proof, started },
}));
const { clockSeconds } = localProofParameters;

test("an accomplice that challenges in order to lose shields a liar once, and not again", async () => {
  const lies = defending(wrongByte, 0.6);
  const liar = await start({ account: 2, ...lies });
  const submitted = next(liar, "batch submitted");
  const job = await post();
  const { resultRoot } = await submitted;
  await chain.increaseTime(1);
  const accomplice = client(4);
  const challenge = async () => {
    const { leaf, proof: siblings } = await leafOf(requester.market, job, 0);
    const { question, prepared } = await prepare(accomplice, job, {
      ...{ job: job.jobId, batch: 0, position: 0, resultRoot },
      ...{ ground: Ground.wrongResult, answer: keccak256("0x") },
    });
    const begun = next(liar, "move made", ({ move }) => move === "begin");
    await accomplice.challenge({ terms: job.terms, question, leaf, proof: siblings, prepared });
    await begun;
  };
  const lost = next(liar, "dispute resolved");
  await challenge();
  await chain.increaseTime(clockSeconds);
  expect((await lost).ruling).toBe(Ruling.challengeFailed);
  await challenge();

  mineBlocks();
  const auditor = await start({ account: 3, roles: ["auditor"], policy: { auditRate: 1 } });
  const challenged = next(auditor, "batch challenged");
  const stuck = next(liar, "move put off");
  const resolved = next(auditor, "dispute resolved");
  await challenged;
  await Promise.race([stuck, resolved]);
  await chain.increaseTime(clockSeconds);
  expect((await resolved).ruling).toBe(Ruling.workerWrong);
});
