import { Ground } from "@assay/sdk";
import { type Address, getAddress, keccak256 } from "viem";
import { expect, test } from "vitest";
import { localProofParameters, type TestChain } from "../../../test/fixtures/chain.ts";
import { disputesOn, leafOf } from "../../../worker/test/disputes.ts";
import { marketForAllTests } from "../../../worker/test/market.ts";
import { next, type Requester } from "../../../worker/test/network.ts";
import { callCli, devEnvironment, jsonLines } from "../../test/callCli.ts";

let chain: TestChain;
let requester: Requester;
let jury: Address;
let proof: Address;
const started = marketForAllTests((market) => {
  ({ chain, requester, jury, proof } = market);
});
const { client, post, prepare, start } = disputesOn(() => ({
  ...{ chain, requester, jury, proof, started },
}));

test("a game before a proof arbiter is drawn, while it is played and when it is over", async () => {
  const worker = await start({ account: 2 });
  const submitted = next(worker, "batch submitted");
  const job = await post();
  const { resultRoot } = await submitted;
  await chain.increaseTime(1);
  const challenger = client(4);
  const { leaf, proof: siblings } = await leafOf(requester.market, job, 0);
  const begun = next(worker, "move made");
  const { question, prepared } = await prepare(challenger, job, {
    ...{ job: job.jobId, batch: 0, position: 0, resultRoot },
    ...{ ground: Ground.wrongResult, answer: keccak256("0x") },
  });
  await challenger.challenge({ terms: job.terms, question, leaf, proof: siblings, prepared });
  await begun;

  const env = devEnvironment(chain, requester);
  const show = (...more: string[]) => callCli(["dispute", "show", job.jobId, "0", ...more], env);
  const [{ questions = [] } = {}] = jsonLines(await show("--json")) as { questions?: object[] }[];
  expect(questions).toMatchObject([
    {
      game: {
        ...{ arbiter: getAddress(proof), stage: "playing", toMove: "challenger" },
        clocks: {
          worker: { account: worker.address },
          challenger: { leftSeconds: expect.any(Number) },
        },
        moves: [{ party: "worker", kind: "begin", fromStep: "0" }],
      },
    },
  ]);
  const { stdout } = await show();
  expect(stdout).toMatch(/challenger +0x\w+ +\d+ s left +to move until 20/);
  expect(stdout).toMatch(/1 +worker +begins: states from step 0 to [\d,]+, each [\d,]+/);
  expect(stdout).toContain("if the challenger does, its bond of");

  const over = next(worker, "dispute resolved");
  await chain.increaseTime(localProofParameters.clockSeconds);
  await over;
  expect((await show()).stdout).toContain(`challengeFailed: ${worker.address} has won, without`);
});
