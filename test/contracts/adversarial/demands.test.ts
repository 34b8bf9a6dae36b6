/** M-3, M-4, L-1: hidden leaves, and demands that are to keep out demands. */
import type { Hex } from "viem";
import { beforeEach, expect, it } from "vitest";
import { type Court, FEE, idOf } from "../dispute.ts";
import { BatchStatus, commitmentOf, expectRevert, Ground, parameters, Ruling } from "../market.ts";
import { STAKE, startArena, strangers, weighed } from "./arena.ts";

let court: Court;
beforeEach(async () => {
  court = await startArena();
});

const SLASH = STAKE / 2n;
/** Of who demanded what is not shown: twice the bond of a first demand. */
const SHARE = STAKE / 50n;
const secondsOfBlock = async () => Number((await court.client.getBlock()).timestamp);

it("M-3: one task computed, the rest hidden: a demanded leaf convicts, whatever else is asked meanwhile", async () => {
  const { worker, rival, requester, stranger, arbiter, terms } = court;
  const friends = await strangers(court, 3);
  const outcome = await weighed(court, {
    coalition: [worker, ...friends],
    challenger: [rival],
    requester: [requester],
  });
  await court.demand({ by: rival, position: 40 });
  const deadline = (await secondsOfBlock()) + parameters.responseWindowSeconds;
  // The friends dispute the one good leaf before and after, lose, and show it when it is demanded.
  const disputes = [];
  for (const by of friends) {
    disputes.push(await court.challenge({ by, position: 0, ground: Ground.unavailable }));
  }
  const number = await court.demand({ by: friends[0] ?? rival, position: 0 });
  const { leaf, proof } = court.results.open(0);
  await worker.write.reveal([terms, 0, number, leaf, proof]);
  for (const each of disputes) {
    await arbiter.rule(idOf(each), Ruling.workerRight);
    await worker.write.resolve([terms, each]);
  }
  expect((await court.read.batches([court.job, 0, 1]))[0]?.status).toBe(BatchStatus.questioned);
  await court.at(deadline + 1);
  await stranger.write.forfeit([terms, 0, 0, 1]);

  const { won, withoutGas } = await outcome("M-3: hides 63 of 64 tasks");
  expect(won.coalition).toBeLessThan(-(SLASH + 3n * FEE));
  expect(withoutGas.challenger).toBe(SHARE);
  expect(won.requester).toBe(SLASH - SLASH / 5n - SHARE);
});

it("M-4: ten demands of an accomplice's keep out no honest one, answered in its block or not", async () => {
  const { worker, rival, stranger, terms, demandBond } = court;
  const friends = await strangers(court, 10);
  const outcome = await weighed(court, { coalition: [worker, ...friends], challenger: [rival] });
  const { leaf, proof } = court.results.open(0);
  const asked = court.question({ position: 40, ground: Ground.none });
  await court.prepare(rival, asked);
  // One after the other, each answered at once: the window never ends, and the counter never falls.
  for (const by of friends) {
    const number = await court.demand({ by, position: 0 });
    await worker.write.reveal([terms, 0, number, leaf, proof]);
  }
  // The honest one brings what the eleventh takes, and slack, which comes back.
  await rival.write.demand([terms, asked], { value: 20n * demandBond });
  const deadline = (await secondsOfBlock()) + parameters.responseWindowSeconds;
  expect(await court.creditOf(rival.address)).toBe(19n * demandBond);
  await court.at(deadline + 1);
  await stranger.write.forfeit([terms, 0, 0, 11]);

  const { won, withoutGas } = await outcome("M-4: demands against demands");
  // Half of 1 + 2 + … + 10 demands, and the slash.
  expect(won.coalition).toBeLessThan(-(SLASH + (55n * demandBond) / 2n));
  expect(withoutGas.challenger).toBe(SHARE);
});

it("M-4: questions of one block are all pending, in whatever order they come", async () => {
  const { worker, rival, terms, demandBond, network, client } = court;
  const friends = await strangers(court, 5);
  const askers = [...friends, rival];
  const outcome = await weighed(court, { coalition: [worker, ...friends], challenger: [rival] });
  for (const [position, by] of askers.entries()) {
    await court.prepare(by, court.question({ position, ground: Ground.none }));
  }
  await network.provider.request({ method: "evm_setAutomine", params: [false] });
  const hashes: Hex[] = [];
  for (const [position, by] of askers.entries()) {
    hashes.push(
      await by.write.demand([terms, court.question({ position, ground: Ground.none })], {
        value: 20n * demandBond,
        gas: 500_000n,
        maxFeePerGas: 10n ** 11n,
        maxPriorityFeePerGas: BigInt(askers.length - position) * 10n ** 9n,
      }),
    );
  }
  await network.provider.request({ method: "evm_mine" });
  await network.provider.request({ method: "evm_setAutomine", params: [true] });
  for (const hash of hashes) {
    expect((await client.getTransactionReceipt({ hash })).status).toBe("success");
  }
  const [batch] = await court.read.batches([court.job, 0, 1]);
  expect(batch?.inquiry).toMatchObject({ pending: 6, demands: 6 });
  const deadline = (await secondsOfBlock()) + parameters.responseWindowSeconds;
  await court.at(deadline + 1);
  await rival.write.forfeit([terms, 0, 0, 6]);
  for (const [i, by] of friends.entries()) await by.write.forfeit([terms, 0, 0, i + 1]);
  const { won, withoutGas } = await outcome("M-4: six demands in a block");
  expect(won.coalition).toBeLessThan(-SLASH);
  expect(withoutGas.challenger).toBe(SHARE);
});

it("L-1: a demand that is seen in the mempool cannot be front-run, and to be ready for all tasks costs more than it gives", async () => {
  const { worker, rival, terms, bond, job } = court;
  const [bot] = await strangers(court, 1);
  if (bot === undefined) throw new Error("no account");
  const outcome = await weighed(court, { bot: [bot], challenger: [rival], worker: [worker] });
  const asked = court.question({ position: 40, ground: Ground.none });
  await court.prepare(rival, asked);
  await expectRevert(bot.write.demand([terms, asked]), "Marketplace_NotPrepared", [
    commitmentOf(bot.address, asked),
    0n,
    0n,
  ]);
  for (let position = 0; position < 64; position++) {
    await court.prepare(bot, court.question({ position, ground: Ground.none }));
  }
  // It was ready for this one, and is first by a block.
  await bot.write.demand([terms, asked]);
  const deadline = (await secondsOfBlock()) + parameters.responseWindowSeconds;
  await court.at(deadline + 1);
  await bot.write.forfeit([terms, 0, 0, 1]);
  await rival.write.reclaim([asked, 0, 1]);
  await expectRevert(
    bot.write.reclaim([court.question({ position: 3, ground: Ground.none }), 0, 1]),
    "Marketplace_NotAsked",
    [job, 0, 0, 1],
  );
  const { won, withoutGas } = await outcome("L-1: ready for every task");
  expect(won.bot).toBeLessThan(-(63n * bond - SHARE));
  expect(withoutGas.challenger).toBe(0n);
});

it("L-1: in the smallest batch that keeps a secret, to be ready for both tasks gives nothing", async () => {
  court = await startArena({ taskCount: 2, batchSize: 2 });
  const { worker, rival, terms, bond } = court;
  const [bot] = await strangers(court, 1);
  if (bot === undefined) throw new Error("no account");
  const outcome = await weighed(court, { bot: [bot], challenger: [rival], worker: [worker] });
  const [first, second] = [0, 1].map((position) =>
    court.question({ position, ground: Ground.none }),
  );
  if (first === undefined || second === undefined) throw new Error("no questions");
  const snapshot = await court.network.networkHelpers.takeSnapshot();
  for (const asked of [first, second]) await court.prepare(bot, asked);
  await bot.write.demand([terms, second]);
  const deadline = (await secondsOfBlock()) + parameters.responseWindowSeconds;
  await court.at(deadline + 1);
  await bot.write.forfeit([terms, 0, 0, 1]);
  const { won } = await outcome("L-1: ready for both tasks");
  // What it prepared and did not ask is gone.
  expect(won.bot).toBeLessThan(SHARE - bond);
  await snapshot.restore();

  // So it asks that too, about a leaf that is there: what it wins is what that costs, but for gas.
  const cautious = await weighed(court, { bot: [bot], challenger: [rival], worker: [worker] });
  for (const asked of [first, second]) await court.prepare(bot, asked);
  await bot.write.demand([terms, second]);
  await bot.write.demand([terms, first]);
  const { leaf, proof } = court.results.open(0);
  await worker.write.reveal([terms, 0, 2, leaf, proof]);
  await court.at((await secondsOfBlock()) + parameters.responseWindowSeconds + 1);
  await bot.write.forfeit([terms, 0, 0, 1]);
  const { won: less } = await cautious("L-1: asks both tasks");
  expect(less.bot).toBeLessThan(0n);
});

it("deadline edges: the last second still answers, the next one convicts", async () => {
  const { worker, rival, terms, job, results } = court;
  await court.demand({ by: rival, position: 5 });
  const deadline = (await secondsOfBlock()) + parameters.responseWindowSeconds;
  const { leaf, proof } = results.open(5);
  const snapshot = await court.network.networkHelpers.takeSnapshot();
  await court.at(deadline + 1);
  await worker.write.reveal([terms, 0, 1, leaf, proof]).then(
    () => expect.unreachable("too late"),
    () => {},
  );
  await rival.write.forfeit([terms, 0, 0, 1]);
  await snapshot.restore();
  await court.at(deadline);
  await worker.write.reveal([terms, 0, 1, leaf, proof]);
  await expectRevert(rival.write.forfeit([terms, 0, 0, 1]), "Marketplace_NotAsked", [job, 0, 0, 1]);
});
