import { zeroAddress, zeroHash } from "viem";
import { beforeAll, describe, expect, onTestFailed, test } from "vitest";
import { seededRandom } from "../../fixtures/random.ts";
import { cid } from "../market.ts";
import {
  CLOCK_SECONDS,
  deploy,
  disputes,
  FEE,
  honest,
  type KnownTask,
  knownTask,
  lastOf,
  lyingFrom,
  openDispute,
  POSTED,
  play,
  Ruling,
  rulingOf,
  type Table,
  wrongLeaf,
} from "./players.ts";

let known: KnownTask;
beforeAll(async () => {
  known = await knownTask();
});

describe("one honest party is enough", () => {
  const seeded = () => {
    const random = seededRandom();
    onTestFailed(() => console.error(`SEED=${random.seed}`));
    return random;
  };

  test("an honest worker keeps its stake, wherever the challenger begins to lie", async () => {
    const random = seeded();
    const table = await deploy();
    const steps = [
      0,
      1,
      known.proofs.length - 1,
      known.proofs.length,
      random.below(known.proofs.length),
    ];
    for (const first of steps) {
      const challenger = lyingFrom(known, first, lastOf(wrongLeaf));
      const { ruling } = await play(table, known, {
        entry: known.rightLeaf,
        worker: honest(known),
        challenger,
      });
      expect([first, ruling]).toEqual([first, Ruling.challengeFailed]);
    }
  });

  test("a worker that lies loses to an honest challenger, wherever its lie begins", async () => {
    const random = seeded();
    const table = await deploy();
    const steps = [
      1,
      2,
      known.proofs.length - 1,
      known.proofs.length,
      random.below(known.proofs.length) + 1,
    ];
    for (const first of steps) {
      const worker = lyingFrom(known, first, lastOf(wrongLeaf));
      const { ruling, moves, gas } = await play(table, known, {
        ...{ entry: wrongLeaf, worker, challenger: honest(known) },
      });
      expect([first, ruling]).toEqual([first, Ruling.workerWrong]);
      expect(moves).toBeLessThanOrEqual(12);
      if (first === steps.at(-1)) console.log(`${moves} moves, ${gas} gas for both`);
    }
  });

  test("the fee is a right worker's, and the requester's where a right challenger has it back from the marketplace", async () => {
    const table = await deploy();
    const { worker, challenger, requester } = table;
    const credits = () =>
      Promise.all(
        [worker, challenger, requester].map(({ account }) =>
          table.read("credit", [account.address]),
        ),
      );
    const liar = lyingFrom(known, 5, lastOf(wrongLeaf));
    await play(table, known, { entry: wrongLeaf, worker: liar, challenger: honest(known) });
    expect(await credits()).toEqual([0n, 0n, FEE]);
    await play(table, known, {
      ...{ entry: known.rightLeaf, worker: honest(known), challenger: liar },
    });
    expect(await credits()).toEqual([FEE, 0n, FEE]);
    const { address } = requester.account;
    await expect(table.send(requester, "withdraw", [zeroAddress])).rejects.toThrow("ZeroRecipient");
    await table.send(requester, "withdraw", [address]);
    await expect(table.send(requester, "withdraw", [address])).rejects.toThrow("NoCredit");
  });
});

describe("clocks", () => {
  test("a worker that does not begin loses, and not before its time is over", async () => {
    const table = await deploy();
    const { dispute, beginning } = await openDispute(table, known, known.rightLeaf);
    const timeOut = () => table.send(table.stranger, "timeOut", [dispute]);
    await expect(timeOut()).rejects.toThrow("TimeIsLeft");
    await table.passTime(CLOCK_SECONDS);
    const posted = Array.from({ length: POSTED }, () => honest(known)(1_000_000));
    const late = table.send(table.worker, "begin", [dispute, beginning, posted]);
    await expect(late).rejects.toThrow("TimeIsUp");
    await timeOut();
    expect(await rulingOf(table, dispute)).toBe(Ruling.workerWrong);
    await expect(timeOut()).rejects.toThrow("WrongStage");
  });

  test("a challenger that does not answer loses", async () => {
    const table = await deploy();
    const { ruling } = await play(table, known, {
      entry: known.rightLeaf,
      worker: honest(known),
      challenger: honest(known),
    });
    expect(ruling).toBe(Ruling.challengeFailed);
  });
});

describe("what is refused", () => {
  test("a beginning that is not this task's, and moves of others or about other hashes", async () => {
    const table = await deploy();
    const { dispute, beginning } = await openDispute(table, known, known.rightLeaf);
    const posted = Array.from({ length: POSTED }, () => honest(known)(1_000_000));
    const begin = (by: Table["worker"], changes: object, hashes = posted) =>
      table.send(by, "begin", [dispute, { ...beginning, ...changes }, hashes]);
    await expect(begin(table.stranger, {})).rejects.toThrow("NotYourTurn");
    await expect(begin(table.challenger, {})).rejects.toThrow("NotYourTurn");
    const wrong = [
      { inputLength: 13n },
      { input: cid("another input") },
      { inputProof: [zeroHash] },
      { result: { ...beginning.result, byteLength: 9 } },
      { machine: { ...beginning.machine, slack: 0n } },
      { spec: { ...beginning.spec, maxSteps: 7n } },
      { terms: { ...beginning.terms, taskCount: 2 } },
    ];
    for (const changes of wrong) {
      await expect(begin(table.worker, changes)).rejects.toThrow("WrongPart");
    }
    const otherEnd = [...posted.slice(1), zeroHash];
    await expect(begin(table.worker, {}, otherEnd)).rejects.toThrow("WrongPart");
    await begin(table.worker, {});
    await expect(begin(table.worker, {})).rejects.toThrow("WrongStage");

    const move = (by: Table["worker"], index: number, seen = posted, own = posted) =>
      table.send(by, "move", [dispute, seen, index, own]);
    await expect(move(table.worker, 0)).rejects.toThrow("NotYourTurn");
    await expect(move(table.challenger, 3)).rejects.toThrow("SameHash");
    await expect(move(table.challenger, 16, posted, otherEnd)).rejects.toThrow("WrongPart");
    await expect(move(table.challenger, 0, otherEnd, otherEnd)).rejects.toThrow("WrongPart");
  });

  test("disputes of nobody, unpaid, opened twice, or on another ground", async () => {
    const table = await deploy();
    const { dispute } = await openDispute(table, known, known.rightLeaf);
    const other = { ...dispute, number: disputes + 1 };
    await expect(table.send(table.worker, "open", [other], FEE)).rejects.toThrow("NotMarketplace");
    await expect(table.open(other, 0n)).rejects.toThrow("WrongFee");
    await expect(table.open({ ...other, ground: 0 })).rejects.toThrow("WrongGround");
    await expect(table.open(dispute)).rejects.toThrow("AlreadyOpen");
  });
});
