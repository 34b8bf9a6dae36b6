/** Attacks on challenges and demands, each test named after its attack. */
import { keccak256 } from "viem";
import { beforeEach, expect, it } from "vitest";
import { type Court, FEE, idOf, manifest, SUBMITTED_AT, startCourt } from "../dispute.ts";
import { BatchStatus, commitmentOf, DAY, ETHER, expectRevert, Ground, Ruling } from "../market.ts";
import { batchSlot, overwrite, setScore } from "../storage.ts";

let court: Court;
beforeEach(async () => {
  court = await startCourt();
});

/** What an account has in the Marketplace: stake and credit, in wei. */
async function worth(owner: `0x${string}`): Promise<bigint> {
  const { stake, unbonding } = await court.read.account([owner]);
  return stake + unbonding + (await court.creditOf(owner));
}

const NOBODY = "0x000000000000000000000000000000000000dEaD";

const challengeBy = (who: "rival" | "stranger") => {
  const { leaf, proof } = court.results.open(1);
  return court[who].write.challenge([court.terms, court.question(), leaf, proof], { value: FEE });
};

it("copied commitment: bringing another's gives nothing to the copyist and takes nothing from its owner", async () => {
  const { rival, stranger, bond } = court;
  const commitment = commitmentOf(rival.address, court.question());
  // The thief is faster with the very same commitment: it is kept under its own name, and opens nothing.
  await stranger.write.prepare([commitment], { value: bond });
  await rival.write.prepare([commitment], { value: bond });
  await expectRevert(challengeBy("stranger"), "Marketplace_NotPrepared", [
    commitmentOf(stranger.address, court.question()),
    0n,
    0n,
  ]);
  await challengeBy("rival");
});

it("never reveal: a worker that hides its leaves loses its stake, not its challenger's time", async () => {
  const { worker, rival, stranger, terms, demandBond } = court;
  await court.demand({ position: 2 });
  await court.at(SUBMITTED_AT + DAY);
  await stranger.write.forfeit([terms, 0, 0, 1]);
  expect((await court.read.account([worker.address])).stake).toBe(ETHER - terms.stakePerBatch / 2n);
  expect(await court.creditOf(rival.address)).toBeGreaterThan(demandBond);
});

it("self-challenge for profit: whoever plays worker, challenger and requester at once loses the burned part", async () => {
  const { worker, rival, requester, stranger, terms, arbiter, bond } = court;
  const parties = [worker, rival, requester];
  const sum = async () => {
    const all = await Promise.all(parties.map(({ address }) => worth(address)));
    return all.reduce((a, b) => a + b);
  };
  const before = await sum();
  const dispute = await court.challenge();
  await arbiter.rule(idOf(dispute), Ruling.workerWrong);
  await stranger.write.resolve([terms, dispute]);
  const burned = terms.stakePerBatch / 2n / 5n;
  // Paid in: bond and fee. What comes back is all but the burned part and the fee.
  expect(await sum()).toBe(before + bond - burned);
  expect(await sum()).toBeLessThan(before + bond + FEE);
});

it("self-challenge for profit: worker and challenger without the requester lose more", async () => {
  const { worker, rival, stranger, terms, arbiter, bond } = court;
  const before = (await worth(worker.address)) + (await worth(rival.address));
  const dispute = await court.challenge();
  await arbiter.rule(idOf(dispute), Ruling.workerWrong);
  await stranger.write.resolve([terms, dispute]);
  const after = (await worth(worker.address)) + (await worth(rival.address));
  const slashed = terms.stakePerBatch / 2n;
  const lost = before + bond + FEE - after;
  expect(lost).toBeGreaterThanOrEqual((slashed * 4n) / 10n);
});

it("burning the window: a worker's challenge of itself leaves the honest challenger all of its time", async () => {
  const { worker, rival, stranger, terms, job, arbiter, bond } = court;
  // Its accomplice challenges a right result, and the ruling takes a day: far longer than the window.
  const bogus = await court.challenge({ by: stranger, position: 0, at: SUBMITTED_AT + 500 });
  await arbiter.rule(idOf(bogus), Ruling.workerRight);
  await court.at(SUBMITTED_AT + DAY);
  await stranger.write.resolve([terms, bogus]);
  expect(await court.creditOf(worker.address)).toBe(bond / 2n);

  await court.challenge({ by: rival, at: SUBMITTED_AT + DAY + 99 });
  await court.at(SUBMITTED_AT + DAY + 100);
  await expectRevert(worker.write.settle([terms, [0]]), "Marketplace_WrongStatus", [
    job,
    0,
    BatchStatus.questioned,
    BatchStatus.submitted,
  ]);
});

it("shielding by demands: a worker that demands of itself cannot keep a challenge out", async () => {
  const { worker, rival, job } = court;
  await court.prepare(rival, court.question());
  await court.demand({ by: worker, position: 0 });
  await challengeBy("rival");
  expect((await court.read.batches([job, 0, 1]))[0]).toMatchObject({
    status: BatchStatus.questioned,
    inquiry: { pending: 2 },
  });
});

it("withdraw before slash: stake that answers for a batch cannot leave, whatever is tried", async () => {
  const { worker, stranger, terms, job, read } = court;
  const free = ETHER - terms.stakePerBatch;
  await worker.write.unbond([free]);
  for (const step of ["submitted", "demanded"] as const) {
    if (step === "demanded") await court.demand({ position: 2 });
    await expectRevert(worker.write.unbond([1n]), "Marketplace_InsufficientStake", [
      worker.address,
      0n,
      1n,
    ]);
  }
  await court.at(SUBMITTED_AT + 2 * DAY);
  await worker.write.withdrawStake([worker.address]);
  expect(await read.account([worker.address])).toMatchObject({
    stake: terms.stakePerBatch,
    locked: terms.stakePerBatch,
  });
  await stranger.write.forfeit([terms, 0, 0, 1]);
  expect(await read.account([worker.address])).toMatchObject({
    stake: terms.stakePerBatch - terms.stakePerBatch / 2n,
    locked: 0n,
  });
  expect((await read.batches([job, 0, 1]))[0]?.status).toBe(BatchStatus.open);
});

it("reputation shortcut: the highest score buys out of no check", async () => {
  const { worker, read } = court;
  await setScore(court, worker.address, 10_000);
  expect((await read.account([worker.address])).score).toBe(10_000);
  const dispute = await court.challenge();
  await court.arbiter.rule(idOf(dispute), Ruling.workerWrong);
  await court.stranger.write.resolve([court.terms, dispute]);
  expect(await read.account([worker.address])).toMatchObject({
    stake: ETHER - court.terms.stakePerBatch / 2n,
    score: 2500,
  });
});

it("reorg replay: what was signed for one submission never hits another", async () => {
  const { rival, stranger, terms, job, results } = court;
  const asked = court.question({ position: 2, ground: Ground.none });
  const demand = () => rival.write.demand([terms, asked]);
  await court.prepare(rival, asked);
  await court.prepare(rival, court.question());
  // The chain forgets the submission, and the batch comes to another worker, with another root.
  const snapshot = await court.network.networkHelpers.takeSnapshot();
  await demand();
  await snapshot.restore();
  await overwrite(court, batchSlot(job, 0) + 1n, keccak256("0x1234"));
  for (const ask of [demand, () => challengeBy("rival")]) {
    await expectRevert(ask(), "Marketplace_WrongRoot", [job, 0, keccak256("0x1234"), results.root]);
  }
  await expectRevert(
    stranger.write.submit([job, 0, results.root, manifest]),
    "Marketplace_WrongStatus",
    [job, 0, BatchStatus.submitted, BatchStatus.claimed],
  );
});

it("expired-clock arithmetic: every limit long past, all calls still end the batch", async () => {
  const { rival, stranger, worker, terms, results, arbiter, requester } = court;
  await court.demand({ position: 2 });
  await court.at(SUBMITTED_AT + 500);
  await worker.write.reveal([terms, 0, 1, results.open(2).leaf, results.open(2).proof]);
  const dispute = await court.challenge();
  // Thirty years on: the dispute ends, the window is moved on by thirty years, and the batch is settled after it.
  const late = SUBMITTED_AT + 30 * 365 * DAY;
  await arbiter.rule(idOf(dispute), Ruling.workerRight);
  await court.at(late);
  await stranger.write.resolve([terms, dispute]);
  await court.at(late + 600);
  await stranger.write.settle([terms, [0]]);
  await requester.write.cancel([terms]);
  const all = [worker.address, requester.address, rival.address, NOBODY] as const;
  const worths = await Promise.all(all.map((owner) => worth(owner)));
  expect(await court.balance()).toBe(worths.reduce((a, b) => a + b));
});
