/** M-1, M-2: who comes first with a question, and what that is worth. */
import { beforeEach, expect, it } from "vitest";
import { answerTo, type Court, disputeIn, FEE, idOf, manifest } from "../dispute.ts";
import { commitmentOf, expectRevert, Ground, parameters, Ruling } from "../market.ts";
import { STAKE, startArena, strangers, weighed } from "./arena.ts";

let court: Court;
beforeEach(async () => {
  court = await startArena();
});

const positions = Array.from({ length: 64 }, (_, position) => position);
const slash = STAKE / 2n;
const share = (fee: bigint) => ((slash * 8n) / 10n - fee) / 4n;

/** The honest challenge of task 1, and the ruling that it is right. */
async function convict(): Promise<void> {
  const dispute = await court.challenge({ position: 1 });
  await court.arbiter.rule(idOf(dispute), Ruling.workerWrong);
  await court.rival.write.resolve([court.terms, dispute]);
}

it("M-1: a copy of a challenge that is seen in the mempool comes too late, with its answer and all", async () => {
  const { rival, network, client, bond, terms, results, question } = court;
  const [bot] = await strangers(court, 1);
  if (bot === undefined) throw new Error("no account");
  const outcome = await weighed(court, { bot: [bot], challenger: [rival], worker: [court.worker] });
  await court.prepare(rival, question());

  await network.provider.request({ method: "evm_setAutomine", params: [false] });
  const { leaf, proof } = results.open(1);
  const ask = [terms, question(), leaf, proof] as const;
  const fast = { maxFeePerGas: 20n * 10n ** 9n, maxPriorityFeePerGas: 10n ** 10n, gas: 600_000n };
  const slow = { ...fast, maxPriorityFeePerGas: 10n ** 9n };
  const hashes = [
    await bot.write.prepare([commitmentOf(bot.address, question())], { ...fast, value: bond }),
    await bot.write.challenge(ask, { ...fast, value: FEE }),
    await rival.write.challenge(ask, { ...slow, value: FEE }),
  ];
  await network.provider.request({ method: "evm_mine" });
  await network.provider.request({ method: "evm_setAutomine", params: [true] });
  const receipts = await Promise.all(hashes.map((hash) => client.getTransactionReceipt({ hash })));
  expect(receipts.map(({ status }) => status)).toEqual(["success", "reverted", "success"]);

  // Later it is only the second question, and the first one convicts.
  const [pending] = await court.read.pendingQuestions([court.job, 0, 1n]);
  expect(pending?.asked.asker).toBe(rival.address);
  await bot.write.reclaim([question(), 0, 1]);
  const { events } = await court.receipt(Promise.resolve(hashes[2] ?? "0x"));
  const dispute = disputeIn(events);
  await court.arbiter.rule(idOf(dispute), Ruling.workerWrong);
  await rival.write.resolve([terms, dispute]);

  const { won, withoutGas } = await outcome("M-1: copies a challenge out of the mempool");
  expect(won.bot).toBeLessThan(0n);
  expect(withoutGas.challenger).toBe(share(FEE));
});

it("M-1: a bot that prepares every task of a batch loses a bond for each", async () => {
  const { rival, bond, terms, job, results, question } = court;
  const [bot] = await strangers(court, 1);
  if (bot === undefined) throw new Error("no account");
  const outcome = await weighed(court, { bot: [bot], challenger: [rival], worker: [court.worker] });
  // It cannot know an answer without the work; that a result is missing, or wrong in some way, it can guess.
  const guesses = positions.map((position) => question({ position, ground: Ground.unavailable }));
  for (const each of guesses) await court.prepare(bot, each);
  await court.prepare(rival, question());

  // What the mempool now shows is another question than any of its own.
  const { leaf, proof } = results.open(1);
  await expectRevert(
    bot.write.challenge([terms, question(), leaf, proof], { value: bond + FEE }),
    "Marketplace_NotPrepared",
    [commitmentOf(bot.address, question()), 0n, 0n],
  );
  const { events } = await court.receipt(
    rival.write.challenge([terms, question(), leaf, proof], { value: FEE }),
  );
  const dispute = disputeIn(events);
  await court.arbiter.rule(idOf(dispute), Ruling.workerWrong);
  await rival.write.resolve([terms, dispute]);
  for (const each of guesses.slice(0, 3)) {
    await expectRevert(bot.write.reclaim([each, 0, 1]), "Marketplace_NotAsked", [job, 0, 0, 1]);
  }

  const { won, withoutGas } = await outcome("M-1: prepares every task");
  expect(won.bot).toBeLessThan(-64n * bond);
  expect(withoutGas.challenger).toBe(share(FEE));
});

it("M-1: a preparation from before the submission is worth nothing", async () => {
  const { worker, rival, bond, terms } = court;
  const [bot] = await strangers(court, 1);
  if (bot === undefined) throw new Error("no account");
  await convict();
  const outcome = await weighed(court, { bot: [bot], worker: [worker], challenger: [rival] });
  // The batch is open again; a worker that is deterministic will commit to the same root.
  const early = court.question({ position: 2 });
  await court.prepare(bot, early);
  await worker.write.claim([terms, 0]);
  await worker.write.submit([court.job, 0, court.results.root, manifest]);
  const { leaf, proof } = court.results.open(2);
  const { preparedAt } = await court.read.prepared([bot.address, commitmentOf(bot.address, early)]);
  await expectRevert(
    bot.write.challenge([terms, early, leaf, proof], { value: FEE }),
    "Marketplace_NotPrepared",
    [commitmentOf(bot.address, early), BigInt(preparedAt), bond],
  );
  await court.prepare(rival, early);
  await rival.write.challenge([terms, early, leaf, proof], { value: FEE });
  await bot.write.reclaim([early, 1, 1]);
  const { won } = await outcome("M-1: prepares before the submission");
  expect(won.bot).toBeLessThan(0n);
});

it("M-2: a cheat whose accomplice is first still loses four fifths of the slash", async () => {
  const { worker, rival, terms, results } = court;
  const accomplices = await strangers(court, 4);
  const [first] = accomplices;
  if (first === undefined) throw new Error("no account");
  const outcome = await weighed(court, {
    coalition: [worker, ...accomplices],
    challenger: [rival],
    requester: [court.requester],
  });
  // All of them know the wrong task, and are ready; the honest challenger prepares, and is a block too late.
  for (const by of accomplices) await court.prepare(by, court.question());
  await court.prepare(rival, court.question());
  const { leaf, proof } = results.open(1);
  const { events } = await court.receipt(
    first.write.challenge([terms, court.question(), leaf, proof], { value: FEE }),
  );
  const dispute = disputeIn(events);
  await court.arbiter.rule(idOf(dispute), Ruling.workerWrong);
  await rival.write.resolve([terms, dispute]);
  for (const by of [rival, ...accomplices.slice(1)]) {
    await by.write.reclaim([court.question(), 0, 1]);
  }

  const { won, withoutGas } = await outcome("M-2: the accomplice is first");
  expect(won.coalition).toBeLessThan(-(slash - share(FEE)));
  expect(won.coalition).toBeLessThan(-(STAKE * 4n) / 10n);
  expect(won.requester).toBe((slash * 8n) / 10n - FEE - share(FEE));
  // Who was second has lost nothing but gas.
  expect(withoutGas.challenger).toBe(0n);
});

it("M-2: an accomplice that loses on purpose costs more than it saves, and acquits nobody", async () => {
  const { worker, rival, terms, arbiter } = court;
  const [friend] = await strangers(court, 1);
  if (friend === undefined) throw new Error("no account");
  const outcome = await weighed(court, { coalition: [worker, friend], challenger: [rival] });
  // Wrong answers to the wrong leaf, in parallel with the honest challenge: BothWrong would convict, ChallengeFailed says nothing.
  const lost = await court.challenge({ by: friend, answer: answerTo(99) });
  const honest = await court.challenge({ by: rival });
  await arbiter.rule(idOf(lost), Ruling.challengeFailed);
  await worker.write.resolve([terms, lost]);
  expect(await court.read.stands([court.job, 1, lost.resultLeaf])).toBe(false);
  await arbiter.rule(idOf(honest), Ruling.workerWrong);
  await rival.write.resolve([terms, honest]);
  const { won, withoutGas } = await outcome("M-2: ChallengeFailed as a shield");
  expect(won.coalition).toBeLessThan(-(slash + lost.bond / 2n));
  expect(withoutGas.challenger).toBe(share(honest.fee));
});

it("BothWrong: an accomplice or a thief that guesses an answer pays its bond", async () => {
  const { worker, terms, arbiter } = court;
  const [thief] = await strangers(court, 1);
  if (thief === undefined) throw new Error("no account");
  const outcome = await weighed(court, { thief: [thief], worker: [worker] });
  const dispute = await court.challenge({ by: thief, answer: answerTo(1234) });
  await arbiter.rule(idOf(dispute), Ruling.bothWrong);
  await thief.write.resolve([terms, dispute]);
  const { won } = await outcome("BothWrong: guesses");
  expect(won.thief).toBeLessThan(-(dispute.bond + dispute.fee));
  expect(won.worker).toBe(-slash);
});

it("reclaim: a coalition that prepares everything and asks for itself gets back less than it pays", async () => {
  const { worker, bond, terms, arbiter, question } = court;
  const [a, b] = await strangers(court, 2);
  if (a === undefined || b === undefined) throw new Error("no accounts");
  const outcome = await weighed(court, { coalition: [a, b], worker: [worker] });
  const tasks = positions.slice(0, 4);
  const ground = Ground.unavailable;
  for (const position of tasks) await court.prepare(a, question({ position, ground }));
  const disputes = [];
  for (const position of tasks) disputes.push(await court.challenge({ by: b, position, ground }));
  for (const position of tasks) {
    await a.write.reclaim([question({ position, ground }), 0, position + 1]);
  }
  for (const dispute of disputes) {
    await arbiter.rule(idOf(dispute), Ruling.workerRight);
    await b.write.resolve([terms, dispute]);
  }
  const { won } = await outcome("reclaim: asks for itself");
  expect(won.coalition).toBeLessThan(-(4n * bond));
  expect(won.worker).toBeGreaterThan(0n);
});

it("void rounds: a round that is ended on purpose gives back no bond of a challenge that was wrong", async () => {
  const { worker, terms, arbiter } = court;
  const friends = await strangers(court, 3);
  const outcome = await weighed(court, {
    coalition: [worker, ...friends],
    requester: [court.requester],
  });
  const disputes = [];
  for (const [position, by] of friends.entries()) {
    disputes.push(await court.challenge({ by, position }));
  }
  const [first, second, third] = disputes;
  if (first === undefined || second === undefined || third === undefined) throw new Error("none");
  await arbiter.rule(idOf(first), Ruling.workerWrong);
  await worker.write.resolve([terms, first]);
  for (const each of [second, third]) {
    await arbiter.rule(idOf(each), Ruling.workerRight);
    await worker.write.resolve([terms, each]);
  }
  const { won } = await outcome("void rounds");
  const halves = (second.bond + third.bond) / 2n;
  const left = (slash * 4n) / 5n - 3n * FEE;
  expect(won.coalition).toBeLessThan(-(slash + 2n * FEE + halves - left / 4n));
  // What was set aside for their fees is the requester's.
  expect(won.requester).toBe(left - left / 4n + 2n * FEE);
});

it("the faster conviction: a cheat whose friend's demand goes unanswered takes no wei from the challenger that was right", async () => {
  const { worker, rival, stranger, terms, arbiter, client } = court;
  const [friend] = await strangers(court, 1);
  if (friend === undefined) throw new Error("no account");
  const outcome = await weighed(court, { coalition: [worker, friend], challenger: [rival] });
  const honest = await court.challenge({ by: rival });
  // Days before the jury has ruled.
  await court.demand({ by: friend, position: 3 });
  const { timestamp } = await client.getBlock();
  await court.at(Number(timestamp) + parameters.responseWindowSeconds + 1);
  await stranger.write.forfeit([terms, 0, 0, 1]);
  await arbiter.rule(idOf(honest), Ruling.workerWrong);
  await stranger.write.resolve([terms, honest]);
  const { won, withoutGas } = await outcome("a conviction that is faster than the jury");
  expect(won.coalition).toBeLessThan(-(slash - share(FEE)));
  // Bond and fee are back: what is gone is gas.
  expect(withoutGas.challenger).toBe(0n);
  expect(await court.creditOf(rival.address)).toBe(honest.bond + honest.fee);
});
