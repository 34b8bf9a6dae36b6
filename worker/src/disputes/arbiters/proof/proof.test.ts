import { BATCH_GAS, createProofClient, Ground, Ruling } from "@assay/sdk";
import { type Address, parseEther } from "viem";
import { expect, test } from "vitest";
import { localProofParameters, type TestChain } from "../../../../../test/fixtures/chain.ts";
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
  executorThat,
  killAtEachTransaction,
  wrongByte,
} from "../../../../test/proof.ts";
import { WORKER_GAS } from "./stakes.ts";

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

const lies = defending(wrongByte, 0.6);

test("a worker that defends a lie to the last step is slashed", async () => {
  mineBlocks();
  const liar = await start({ account: 2, ...lies });
  const slashed = next(liar, "stake slashed");
  const auditor = await start({ account: 3, roles: ["auditor"], policy: { auditRate: 1 } });
  const resolved = next(auditor, "dispute resolved");
  const moves: string[] = [];
  for (const node of [liar, auditor]) node.events.on("move made", ({ move }) => moves.push(move));
  // It may have to prove what is not so: then it lets its time run out.
  const stuck = next(liar, "move put off");
  const { jobId } = await post();
  await Promise.race([stuck, resolved]);
  await chain.increaseTime(clockSeconds);
  expect(await resolved).toMatchObject({ jobId, batch: 0, ruling: Ruling.workerWrong });
  expect(await slashed).toMatchObject({ slashedWei: STAKE / 2n });
  expect(moves.slice(0, 3)).toEqual(["begin", "move", "move"]);
  const { chain: status } = await auditor.status();
  expect(status?.games).toEqual([]);
});

test("a worker that finds itself wrong pays no gas for its defence", async () => {
  mineBlocks();
  const liar = await start({ account: 2, createExecutor: executorThat(wrongByte) });
  const givenUp = next(liar, "game given up");
  const auditor = await start({ account: 3, roles: ["auditor"], policy: { auditRate: 1 } });
  const resolved = next(auditor, "dispute resolved");
  await post();
  expect((await givenUp).reason).toContain("does not end as we have said");
  const { chain: status } = await liar.status();
  expect(status?.games).toMatchObject([{ party: "worker", stage: "opened", isOurTurn: true }]);
  await chain.increaseTime(clockSeconds);
  expect(await resolved).toMatchObject({ ruling: Ruling.workerWrong });
});

test("a worker that could not pay for a defence claims no work; once it can, it does", async () => {
  const worker = await start({ account: 2 });
  const { market } = requester;
  const { reserveFeePerGas } = await market.getFees();
  // Enough for some batches, and for half of a dispute.
  const halfWei = (WORKER_GAS / 2n) * (await market.public.getGasPrice());
  await chain.setBalance(worker.address, 2n * BATCH_GAS * reserveFeePerGas + halfWei);
  const short = next(worker, "gas is short");
  const job = await post();
  const { neededWei, availableWei } = await short;
  expect(availableWei).toBeLessThan(neededWei);
  expect((await job.status()).batches.open).toBe(1);
  const submitted = next(worker, "batch submitted");
  await chain.setBalance(worker.address, parseEther("1"));
  await chain.mine(1);
  await submitted;
});

test("a worker that is right wins, though it is killed with its transactions under way", async () => {
  const dataDir = await temporaryFolder(forTest);
  const { argv, environment } = workerArguments(chain, requester, { dataDir });
  const options = ["--proof", proof, "--max-gas-share", "any"];
  const startWorker = () => startCli([...argv, ...options], forTest, environment);
  const node = startWorker();
  await node.line("node started");
  const job = await post();
  await node.line("batch submitted");
  const stopMining = mineBlocks();
  const challenger = await start({ account: 3, roles: ["auditor"], ...lies });
  const { id } = await next(challenger, "batch challenged");
  stopMining();
  const games = createProofClient(requester.market, proof);
  const isOver = async () => (await games.getGame({ id })).stage === "over";
  const account = chain.accounts[2]?.address ?? "0x";
  const stuck = next(challenger, "move put off").then(() => chain.increaseTime(clockSeconds));
  const killed = await killAtEachTransaction(
    { chain, reader: requester.market },
    { account, node, start: startWorker, isOver, atMost: 2 },
  );
  expect(killed).toBe(2);
  expect((await games.getGame({ id })).ruling).toBe(Ruling.challengeFailed);
  void stuck;
  // What it has won with the arbiter is paid out.
  await expect.poll(() => games.getCredit({ account })).toBe(0n);
  await expect
    .poll(async () => (await job.status()).batches)
    .toMatchObject({ submitted: 1, questioned: 0 });
});

test("a result that is said to be withheld is shown by its worker", async () => {
  mineBlocks();
  const worker = await start({ account: 2 });
  const submitted = next(worker, "batch submitted");
  const job = await post();
  const { resultRoot } = await submitted;
  await chain.increaseTime(1);
  const challenger = client(3);
  const { leaf, proof: siblings } = await leafOf(requester.market, job, 0);
  const { question, prepared } = await prepare(challenger, job, {
    ...{ job: job.jobId, batch: 0, position: 0, resultRoot, ground: Ground.unavailable },
  });
  const shown = next(worker, "move made");
  const { id, dispute } = await challenger.challenge({
    ...{ terms: job.terms, question, leaf, proof: siblings, prepared },
  });
  const games = createProofClient(challenger, proof);
  const paid = next(worker, "proof credit withdrawn");
  await games.ask({ dispute, result: leaf, chunks: [0] });
  expect(await shown).toMatchObject({ id, move: "show" });
  expect((await games.getGame({ id })).ruling).toBe(Ruling.challengeFailed);
  expect(await paid).toEqual({ amountWei: feeWei });
});
