import { type Hex, zeroHash } from "viem";
import { beforeEach, describe, expect, it } from "vitest";
import {
  answerTo,
  type Court,
  FEE,
  idOf,
  manifest,
  type QuestionOptions,
  SUBMITTED_AT,
  startCourt,
} from "./dispute.ts";
import {
  type Actor,
  commitmentOf,
  ETHER,
  expectRevert,
  Ground,
  parameters,
  type Question,
  Ruling,
} from "./market.ts";
import { resultsOf } from "./results.ts";

const PREPARED_AT = SUBMITTED_AT + 100;

let court: Court;
let question: Question;
beforeEach(async () => {
  court = await startCourt();
  question = court.question();
});

const nothing = { amount: 0n, preparedAt: 0 };
const preparedBy = (asker: Actor, of: Question) =>
  court.read.prepared([asker.address, commitmentOf(asker.address, of)]);

/** Brings the question to the contract: a demand, if it has no ground. */
function ask(asked = question, { by = court.rival, value = FEE } = {}): Promise<Hex> {
  const { terms, results } = court;
  if (asked.ground === Ground.none) return by.write.demand([terms, asked], { value });
  const { leaf, proof } = results.open(asked.position);
  return by.write.challenge([terms, asked, leaf, proof], { value });
}

/** Asks in the same block as what comes before it. */
async function inOneBlock(...calls: (() => Promise<Hex>)[]) {
  const { network, client } = court;
  const automine = (on: boolean) =>
    network.provider.request({ method: "evm_setAutomine", params: [on] });
  await automine(false);
  const hashes: Hex[] = [];
  for (const each of calls) hashes.push(await each());
  await network.provider.request({ method: "evm_mine" });
  await automine(true);
  return Promise.all(hashes.map((hash) => client.getTransactionReceipt({ hash })));
}

const notPrepared = (call: Promise<Hex>, commitment: Hex, preparedAt: number, amount: bigint) =>
  expectRevert(call, "Marketplace_NotPrepared", [commitment, BigInt(preparedAt), amount]);

describe("prepare", () => {
  it("keeps what lies behind a commitment, and since when", async () => {
    const { rival, bond } = court;
    const commitment = commitmentOf(rival.address, question);
    expect(await preparedBy(rival, question)).toEqual(nothing);
    await court.at(PREPARED_AT);
    const before = await court.balance();
    const { events } = await court.receipt(rival.write.prepare([commitment], { value: bond }));

    expect(events).toEqual([
      { eventName: "QuestionPrepared", args: { asker: rival.address, commitment, amount: bond } },
    ]);
    expect(await preparedBy(rival, question)).toEqual({ amount: bond, preparedAt: PREPARED_AT });
    expect(await court.balance()).toBe(before + bond);
  });

  it("is for money, once", async () => {
    const { rival, stranger, bond } = court;
    const commitment = commitmentOf(rival.address, question);
    await expectRevert(rival.write.prepare([commitment]), "Marketplace_ZeroAmount");
    await court.at(PREPARED_AT);
    await rival.write.prepare([commitment], { value: 1n });
    await expectRevert(
      rival.write.prepare([commitment], { value: bond }),
      "Marketplace_AlreadyPrepared",
      [commitment, BigInt(PREPARED_AT)],
    );
    // Under another's name the same words are another preparation, and take nothing from this one.
    await stranger.write.prepare([commitment], { value: bond });
    expect(await preparedBy(rival, question)).toEqual({ amount: 1n, preparedAt: PREPARED_AT });
  });

  it("refuses more than 96 bits hold", async () => {
    const { rival, network } = court;
    await network.networkHelpers.setBalance(rival.address, 2n ** 97n);
    const commitment = commitmentOf(rival.address, question);
    await expectRevert(
      rival.write.prepare([commitment], { value: 2n ** 96n }),
      "SafeCastOverflowedUintDowncast",
      [96, 2n ** 96n],
    );
    await rival.write.prepare([commitment], { value: 2n ** 96n - 1n });
  });
});

describe.each([
  ["challenge", Ground.wrongResult],
  ["demand", Ground.none],
] as const)("a %s", (kind, ground) => {
  // A demand is prepared like a challenge, so that it does not pay to prepare one of every task.
  let least: bigint;
  let needed: bigint;
  /** What is still to be paid when the question is asked. */
  let rest: bigint;
  beforeEach(() => {
    question = court.question({ ground });
    least = court.bond;
    needed = kind === "demand" ? court.demandBond : court.bond + FEE;
    rest = kind === "demand" ? 0n : FEE;
  });

  it("needs a preparation", async () => {
    await notPrepared(ask(), commitmentOf(court.rival.address, question), 0, 0n);
  });

  it("is too early in the second of its preparation, and good in the next", async () => {
    const { rival } = court;
    await court.at(PREPARED_AT);
    const [prepared, asked] = await inOneBlock(
      () => rival.write.prepare([commitmentOf(rival.address, question)], { value: least }),
      () => {
        const { leaf, proof } = court.results.open(1);
        const options = { value: rest, gas: 600_000n };
        return kind === "demand"
          ? rival.write.demand([court.terms, question], options)
          : rival.write.challenge([court.terms, question, leaf, proof], options);
      },
    );
    expect([prepared?.status, asked?.status]).toEqual(["success", "reverted"]);
    expect(prepared?.blockNumber).toBe(asked?.blockNumber);
    expect(await preparedBy(rival, question)).toEqual({ amount: least, preparedAt: PREPARED_AT });
    await court.at(PREPARED_AT + 1);
    await ask(question, { value: rest });
  });

  it("is good for the whole of the response window, and no second longer", async () => {
    const { rival } = court;
    await court.at(PREPARED_AT);
    const commitment = await court.prepare(rival, question, 2n * least);
    // Another question keeps the challenge window open meanwhile.
    await court.challenge({ position: 0, by: court.stranger });
    const lapsed = PREPARED_AT + parameters.responseWindowSeconds + 1;
    await court.at(lapsed);
    await notPrepared(ask(), commitment, PREPARED_AT, 2n * least);

    const other = await startCourt();
    const { rival: asker } = other;
    await other.at(PREPARED_AT);
    await other.prepare(asker, question);
    await other.challenge({ position: 0, by: other.stranger });
    await other.at(lapsed - 1);
    const options = { value: ETHER };
    if (kind === "demand") await asker.write.demand([other.terms, question], options);
    else {
      const { leaf, proof } = other.results.open(1);
      await asker.write.challenge([other.terms, question, leaf, proof], options);
    }
  });

  it("has the bond of a first challenge behind it, whatever is sent along", async () => {
    const { rival } = court;
    await court.at(PREPARED_AT);
    const commitment = await court.prepare(rival, question, least - 1n);
    await notPrepared(ask(question, { value: needed }), commitment, PREPARED_AT, least - 1n);
    const other = { ...question, salt: commitment };
    await court.prepare(rival, other);
    await ask(other, { value: rest });
  });

  it("is the very one that was prepared, asked by the one who did", async () => {
    const { rival, stranger, results } = court;
    await court.prepare(rival, question);
    const others: QuestionOptions[] = [
      { position: 2 },
      { salt: results.root },
      ...(kind === "demand"
        ? [{ ground: Ground.wrongResult }]
        : [{ answer: answerTo(2) }, { ground: Ground.unavailable }, { ground: Ground.none }]),
    ];
    for (const options of others) {
      const other = court.question({ ground, ...options });
      await notPrepared(ask(other), commitmentOf(rival.address, other), 0, 0n);
    }
    await notPrepared(
      ask(question, { by: stranger }),
      commitmentOf(stranger.address, question),
      0,
      0n,
    );
    // Prepared for another root: the question that the batch admits is not the one that was prepared.
    const elsewhere = { ...question, resultRoot: answerTo(9), salt: answerTo(9) };
    await court.prepare(rival, elsewhere);
    await expectRevert(ask(elsewhere), "Marketplace_WrongRoot", [
      court.job,
      0,
      results.root,
      answerTo(9),
    ]);
    const here = { ...elsewhere, resultRoot: results.root };
    await notPrepared(ask(here), commitmentOf(rival.address, here), 0, 0n);
  });

  it("uses its preparation up", async () => {
    const { rival } = court;
    const commitment = await court.prepare(rival, question);
    await ask();
    expect(await preparedBy(rival, question)).toEqual(nothing);
    await notPrepared(ask(), commitment, 0, 0n);
    await court.prepare(rival, question);
  });

  it("takes what is short with it, and gives back what is too much", async () => {
    // Here demands are as dear as challenges, so that a second one takes more than has to be prepared.
    court = await startCourt({}, { demandBondBps: parameters.challengeBondBps });
    const { rival, bond, creditOf } = court;
    await court[kind]({ position: 0 });
    const second = kind === "demand" ? 2n * bond : 4n * (bond + FEE);
    await court.prepare(rival, question);
    for (const value of [0n, second - bond - 1n]) {
      await expectRevert(ask(question, { value }), "Marketplace_WrongValue", [
        bond + value,
        second,
      ]);
    }
    await ask(question, { value: second - bond + 7n });
    expect(await creditOf(rival.address)).toBe(7n);
  });

  it("credits all that a question does not take", async () => {
    const { rival, creditOf } = court;
    await court.prepare(rival, question, 3n * least);
    await ask(question, { value: rest });
    expect(await creditOf(rival.address)).toBe(3n * least + rest - needed);
  });
});

describe("a preparation", () => {
  it("from before the submission is none, and neither is one of the same second", async () => {
    const { worker, rival, terms, job, bond } = court;
    const asked = court.question({ batch: 1, position: 5 });
    const later = { ...asked, salt: answerTo(0) };
    await worker.write.claim([terms, 1]);
    await court.at(PREPARED_AT);
    const early = await court.prepare(rival, asked);
    await court.at(PREPARED_AT + 10);
    const same = commitmentOf(rival.address, later);
    const receipts = await inOneBlock(
      () => worker.write.submit([job, 1, asked.resultRoot, manifest]),
      () => rival.write.prepare([same], { value: bond }),
    );
    expect(receipts.map(({ status }) => status)).toEqual(["success", "success"]);

    const { leaf, proof } = resultsOf(terms, 1).open(5);
    const challenge = (each: Question) =>
      rival.write.challenge([terms, each, leaf, proof], { value: FEE });
    await notPrepared(challenge(asked), early, PREPARED_AT, bond);
    await notPrepared(challenge(later), same, PREPARED_AT + 10, bond);
    const good = { ...asked, salt: answerTo(1) };
    await court.at(PREPARED_AT + 20);
    await court.prepare(rival, good);
    await challenge(good);
  });

  it("outlasts a freeze: what it has to be younger than is the submission itself", async () => {
    const { rival, arbiter, stranger, terms } = court;
    await court.at(SUBMITTED_AT + 1);
    await court.prepare(rival, question);
    const other = await court.challenge({ position: 0, by: stranger, at: SUBMITTED_AT + 100 });
    await arbiter.rule(idOf(other), Ruling.workerRight);
    await court.at(SUBMITTED_AT + 400);
    await stranger.write.resolve([terms, other]);
    expect((await court.read.batches([court.job, 0, 1]))[0]?.timestamp).toBe(SUBMITTED_AT + 300);
    // The second challenge of the round.
    await ask(question, { value: 3n * court.bond + 4n * FEE });
  });
});

describe("reclaim", () => {
  /** Somebody else's question about the same task, on the same ground. */
  const asked = (options: QuestionOptions & { at?: number } = {}) =>
    court.challenge({ by: court.stranger, answer: answerTo(7), ...options });
  const reclaim = (of = question, { round = 0, number = 1 } = {}) =>
    court.rival.write.reclaim([of, round, number]);
  const notAsked = (call: Promise<Hex>, round = 0, number = 1) =>
    expectRevert(call, "Marketplace_NotAsked", [court.job, 0, round, number]);

  it("gives the money back, once, if somebody else asked about the same task", async () => {
    const { rival, bond, creditOf } = court;
    const commitment = await court.prepare(rival, question, bond + 5n);
    await asked();
    const { events } = await court.receipt(reclaim());

    expect(events).toEqual([
      {
        eventName: "PreparationReclaimed",
        args: { asker: rival.address, commitment, amount: bond + 5n },
      },
    ]);
    expect(await creditOf(rival.address)).toBe(bond + 5n);
    expect(await preparedBy(rival, question)).toEqual(nothing);
    await notPrepared(reclaim(), commitment, 0, 0n);
    expect(await creditOf(rival.address)).toBe(bond + 5n);
  });

  it("is of a demand too, counted among demands", async () => {
    const { rival, stranger, bond, creditOf } = court;
    question = court.question({ ground: Ground.none });
    await court.prepare(rival, question);
    await court.challenge({ by: stranger });
    await notAsked(reclaim());
    await court.demand({ by: stranger });
    await reclaim();
    expect(await creditOf(rival.address)).toBe(bond);
  });

  it("is good if the other asked in the very second of the preparation, and not before", async () => {
    const { rival, stranger, bond, terms, results } = court;
    const theirs = court.question({ salt: answerTo(7) });
    await court.prepare(stranger, theirs);
    await court.at(PREPARED_AT);
    const { leaf, proof } = results.open(1);
    const receipts = await inOneBlock(
      () => stranger.write.challenge([terms, theirs, leaf, proof], { value: FEE, gas: 600_000n }),
      () => rival.write.prepare([commitmentOf(rival.address, question)], { value: bond }),
    );
    expect(receipts.map(({ status }) => status)).toEqual(["success", "success"]);
    await reclaim();

    const late = { ...question, salt: answerTo(8) };
    await court.prepare(rival, late);
    await notAsked(reclaim(late));
  });

  it("is good long after the preparation has lapsed, the question has ended, and the round too", async () => {
    const { rival, stranger, terms, arbiter, bond, creditOf } = court;
    await court.prepare(rival, question);
    const dispute = await asked();
    await arbiter.rule(idOf(dispute), Ruling.workerWrong);
    await court.at(PREPARED_AT + 10 * parameters.responseWindowSeconds);
    await stranger.write.resolve([terms, dispute]);
    await notAsked(reclaim(question, { round: 1 }), 1);
    await reclaim();
    expect(await creditOf(rival.address)).toBe(bond);
  });

  it("needs a preparation of the caller", async () => {
    const { rival, stranger } = court;
    await court.prepare(rival, question);
    await asked();
    await notPrepared(
      stranger.write.reclaim([question, 0, 1]),
      commitmentOf(stranger.address, question),
      0,
      0n,
    );
    const other = { ...question, salt: answerTo(1) };
    await notPrepared(reclaim(other), commitmentOf(rival.address, other), 0, 0n);
  });

  it("needs a question by somebody else, about this task, on this ground", async () => {
    const { rival } = court;
    await court.prepare(rival, question);
    await notAsked(reclaim());
    await asked({ position: 2 });
    await notAsked(reclaim());
    await asked({ ground: Ground.unavailable, answer: zeroHash });
    await notAsked(reclaim(question, { number: 2 }), 0, 2);
    await court.challenge({ by: rival, salt: answerTo(2) });
    await notAsked(reclaim(question, { number: 3 }), 0, 3);
    await notAsked(reclaim(question, { number: 4 }), 0, 4);
    await asked({ salt: answerTo(3) });
    await reclaim(question, { number: 4 });
  });

  it("needs a question about this batch, and this job", async () => {
    const { rival, job } = court;
    const elsewhere = court.question({ batch: 1, position: 5 });
    await court.prepare(rival, elsewhere);
    await asked();
    await expectRevert(reclaim(elsewhere), "Marketplace_NotAsked", [job, 1, 0, 1]);
    const other = { ...question, job: answerTo(4) };
    await court.prepare(rival, other);
    await expectRevert(reclaim(other), "Marketplace_NotAsked", [answerTo(4), 0, 0, 1]);
  });
});
