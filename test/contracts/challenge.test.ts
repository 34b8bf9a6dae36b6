import { type Hex, zeroAddress, zeroHash } from "viem";
import { beforeEach, describe, expect, it } from "vitest";
import {
  answerTo,
  type Court,
  disputeIn,
  FEE,
  idOf,
  manifest,
  type QuestionOptions,
  SUBMITTED_AT,
  startCourt,
} from "./dispute.ts";
import {
  AskedStatus,
  BatchStatus,
  DAY,
  ETHER,
  expectRevert,
  Ground,
  hashSpec,
  hashTerms,
  Manner,
  noInquiry,
  spec,
  type Terms,
} from "./market.ts";
import { type Leaf, resultsOf } from "./results.ts";

const WINDOW_END = SUBMITTED_AT + 600;

let court: Court;
beforeEach(async () => {
  court = await startCourt();
});

interface CallOptions extends QuestionOptions {
  by?: Court["rival"];
  terms?: Terms;
  leaf?: Leaf;
  proof?: readonly Hex[];
  value?: bigint;
}

/** The call itself, well-formed but for the changes; what was prepared for is a first challenge. */
function call({
  by = court.rival,
  terms = court.terms,
  value = FEE,
  ...options
}: CallOptions = {}) {
  const question = court.question(options);
  const tree = resultsOf(court.terms, question.batch);
  const opened = tree.open(options.leaf?.position ?? question.position);
  const { leaf = opened.leaf, proof = opened.proof } = options;
  return by.write.challenge([terms, question, leaf, proof], { value });
}

const prepare = (options?: QuestionOptions) => court.prepare(court.rival, court.question(options));

describe("challenge", () => {
  it("puts one task to the arbiter, who is paid; the batch waits", async () => {
    const { rival, worker, requester, arbiter, terms, job, results, bond, read } = court;
    await prepare();
    await court.at(SUBMITTED_AT + 300);
    const { events } = await court.receipt(call());

    const dispute = {
      job,
      specHash: hashSpec(spec),
      batch: 0,
      round: 0,
      number: 1,
      position: 1,
      ground: Ground.wrongResult,
      requester: requester.address,
      worker: worker.address,
      challenger: rival.address,
      resultRoot: results.root,
      resultLeaf: results.open(1).hash,
      answer: answerTo(1),
      openedAt: SUBMITTED_AT + 300,
      bond,
      fee: FEE,
    };
    const id = idOf(dispute);
    expect(events).toEqual([
      {
        eventName: "BatchChallenged",
        args: { job, batch: 0, id, dispute, leaf: results.open(1).leaf },
      },
    ]);
    expect(await read.batches([job, 0, 1])).toEqual([
      {
        worker: worker.address,
        timestamp: SUBMITTED_AT,
        status: BatchStatus.questioned,
        resultRoot: results.root,
        inquiry: {
          ...noInquiry,
          pending: 1,
          challenges: 1,
          frozenAt: SUBMITTED_AT + 300,
          fees: FEE,
        },
      },
    ]);
    expect(await read.asked([job, 0, 0, 1, false])).toEqual({
      asker: rival.address,
      askedAt: SUBMITTED_AT + 300,
      position: 1,
      ground: Ground.wrongResult,
      status: AskedStatus.pending,
      dispute: id,
    });
    expect(await arbiter.opened(id)).toBe(true);
    expect(await arbiter.balance()).toBe(FEE);
    expect(await court.balance()).toBe(10n * terms.rewardPerTask + ETHER + bond);
  });

  it("freezes that batch, and no other", async () => {
    const { worker, stranger, terms, job, requester } = court;
    await worker.write.claim([terms, 1]);
    await worker.write.submit([job, 1, resultsOf(terms, 1).root, manifest]);
    await court.challenge();
    await court.at(SUBMITTED_AT + DAY);
    await expectRevert(stranger.write.settle([terms, [0]]), "Marketplace_WrongStatus", [
      job,
      0,
      BatchStatus.questioned,
      BatchStatus.submitted,
    ]);
    await stranger.write.settle([terms, [1]]);
    await requester.write.cancel([terms]);
  });

  it("is for submitted batches alone", async () => {
    const { worker, stranger, terms, job } = court;
    const options = { batch: 1, position: 5 };
    await prepare(options);
    const refused = (status: number) =>
      expectRevert(call(options), "Marketplace_WrongStatus", [
        job,
        1,
        status,
        BatchStatus.submitted,
      ]);
    await refused(BatchStatus.open);
    await worker.write.claim([terms, 1]);
    await refused(BatchStatus.claimed);
    await worker.write.submit([job, 1, resultsOf(terms, 1).root, manifest]);
    await court.at(WINDOW_END + 600);
    await stranger.write.settle([terms, [1]]);
    await refused(BatchStatus.settled);
  });

  it("is possible until the window ends, and no second longer", async () => {
    const { job } = court;
    await prepare();
    await court.at(WINDOW_END);
    await expectRevert(call(), "Marketplace_ChallengeWindowOver", [job, 0, BigInt(WINDOW_END)]);
    const early = await startCourt();
    await early.challenge({ at: WINDOW_END - 1 });
  });

  it("refuses an arbiter's fee beyond 80 bits, and fees that are beyond them together", async () => {
    const { network, rival, bond } = court;
    await network.networkHelpers.setBalance(rival.address, 2n ** 90n);
    await prepare();
    await court.arbiter.charge(2n ** 80n);
    await expectRevert(call(), "SafeCastOverflowedUintDowncast", [80, 2n ** 80n]);
    const most = 2n ** 80n - 1n;
    await court.arbiter.charge(most);
    await call({ value: most });
    await prepare({ position: 2 });
    await court.arbiter.charge(1n);
    await expect(call({ position: 2, value: 3n * bond + 4n })).rejects.toThrow("overflow");
  });

  it("needs an arbiter", async () => {
    const bare = await startCourt({ arbiter: zeroAddress });
    const { leaf, proof } = bare.results.open(1);
    await expectRevert(
      bare.rival.write.challenge([bare.terms, bare.question(), leaf, proof]),
      "Marketplace_NoArbiter",
      [bare.job],
    );
    await expectRevert(
      bare.rival.write.demand([bare.terms, bare.question({ ground: Ground.none })]),
      "Marketplace_NoArbiter",
      [bare.job],
    );
  });

  it("names a ground that fits, and an answer where there is one", async () => {
    const right = court.results.open(1).hash;
    const wrong: [QuestionOptions, outcome: number][] = [
      [{ ground: Ground.none, answer: zeroHash }, 1],
      [{ ground: Ground.none, answer: answerTo(1) }, 1],
      [{ answer: zeroHash }, 1],
      [{ answer: right }, 1],
      [{ ground: Ground.unavailable, answer: answerTo(1) }, 1],
      // A trap has no content that could be missing.
      [{ ground: Ground.unavailable, position: 3 }, 2],
    ];
    for (const [options, outcome] of wrong) {
      await prepare(options);
      const { ground, answer } = court.question(options);
      await expectRevert(call(options), "Marketplace_WrongGround", [ground, outcome, answer]);
    }
    const dispute = await court.challenge({ position: 0, ground: Ground.unavailable });
    expect(dispute).toMatchObject({ ground: Ground.unavailable, answer: zeroHash });
    const trap = await startCourt();
    await trap.challenge({ position: 3 });
  });

  it("means this very job and this very root", async () => {
    const { terms, job, results } = court;
    await prepare();
    const other = { ...terms, salt: 1n };
    await expectRevert(call({ terms: other }), "Marketplace_WrongJob", [hashTerms(other), job]);
    await expectRevert(call({ resultRoot: zeroHash }), "Marketplace_WrongRoot", [
      job,
      0,
      results.root,
      zeroHash,
    ]);
  });

  it("brings the leaf that the worker committed to, at its own place", async () => {
    const { job, results } = court;
    const { leaf, proof } = results.open(1);
    const wrong: [Leaf, readonly Hex[]][] = [
      [{ ...leaf, byteLength: leaf.byteLength + 1 }, proof],
      [{ ...leaf, outcome: 3 }, proof],
      [leaf, proof.slice(1)],
      [leaf, results.open(2).proof],
    ];
    await prepare();
    for (const [each, siblings] of wrong) {
      await expectRevert(call({ leaf: each, proof: siblings }), "Marketplace_WrongLeaf", [
        job,
        0,
        1,
      ]);
    }
    // A leaf that is there, but not of the task in question.
    await expectRevert(call({ leaf: results.open(2).leaf }), "Marketplace_WrongLeaf", [job, 0, 2]);
  });

  it("is about a task of the batch: the last, smaller one and its first too", async () => {
    const { worker, terms, job, rival } = court;
    const last = resultsOf(terms, 2);
    await worker.write.claim([terms, 2]);
    await worker.write.submit([job, 2, last.root, manifest]);
    const { leaf, proof } = last.open(8);
    for (const [batch, position] of [
      [0, 4],
      [0, 2 ** 32 - 1],
      [2, 7],
      [2, 10],
    ] as const) {
      const question = court.question({ batch, position });
      await expectRevert(
        rival.write.challenge([terms, question, { ...leaf, position }, proof]),
        "Marketplace_NoSuchTask",
        [job, batch, position],
      );
    }
    expect((await court.challenge({ batch: 2, position: 8 })).position).toBe(8);
  });

  it("does not happen when the arbiter refuses it", async () => {
    const { job, read, rival, bond } = court;
    const commitment = await prepare();
    await court.arbiter.behave(Manner.reverting);
    await expect(call()).rejects.toThrow("open refused");
    expect((await read.batches([job, 0, 1]))[0]?.status).toBe(BatchStatus.submitted);
    expect(await read.prepared([rival.address, commitment])).toMatchObject({ amount: bond });
    await court.arbiter.behave(Manner.proper);
    expect(disputeIn((await court.receipt(call())).events).number).toBe(1);
  });
});

it("a batch of one task has a tree of one leaf", async () => {
  const single = await startCourt({ batchSize: 1 });
  expect(single.results.open(0).proof).toEqual([]);
  const dispute = await single.challenge({ position: 0 });
  expect(dispute.resultLeaf).toBe(single.results.root);
});
