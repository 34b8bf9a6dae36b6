import { toHex, zeroAddress, zeroHash } from "viem";
import { beforeEach, describe, expect, it } from "vitest";
import { idOf, manifest, startCourt } from "./dispute.ts";
import {
  BatchStatus,
  ETHER,
  emptyBatch,
  GENESIS,
  Ground,
  hashTerms,
  type Market,
  noInquiry,
  Ruling,
  spec,
  startMarket,
  termsOf,
} from "./market.ts";

const MOST = 2 ** 32 - 1;
const open = emptyBatch(BatchStatus.open);

describe("batches", () => {
  it("are read in pages, also beyond the last batch and none at all", async () => {
    const { read, requester, worker, at } = await startMarket();
    const terms = termsOf(requester.address);
    const job = hashTerms(terms);
    await requester.write.post([terms, spec], { value: terms.rewardPerTask * 10n });
    await worker.write.deposit({ value: ETHER });
    await at(GENESIS + 100);
    await worker.write.claim([terms, 1]);
    const claimed = {
      worker: worker.address,
      timestamp: GENESIS + 100 + terms.submitWindowSeconds,
      status: BatchStatus.claimed,
      resultRoot: zeroHash,
      inquiry: noInquiry,
    };

    expect(await read.batches([job, 0, 0])).toEqual([]);
    expect(await read.batches([job, 1, 1])).toEqual([claimed]);
    expect(await read.batches([job, 0, 5])).toEqual([open, claimed, open, open, open]);
    expect(await read.batches([toHex(1n, { size: 32 }), 0, 2])).toEqual([open, open]);
  });

  it("end where a job's last batch can be, however many are asked for", async () => {
    const { read } = await startMarket();
    expect(await read.batches([zeroHash, MOST - 2, 2])).toEqual([open, open]);
    expect(await read.batches([zeroHash, MOST - 2, MOST])).toEqual([open, open]);
    expect(await read.batches([zeroHash, MOST - 1, 1])).toEqual([open]);
    expect(await read.batches([zeroHash, MOST - 1, MOST])).toEqual([open]);
    for (const count of [0, 1, MOST]) {
      expect(await read.batches([zeroHash, MOST, count])).toEqual([]);
    }
  });
});

describe("a job of as many batches as there can be", () => {
  const LAST = MOST - 1;
  let market: Market;
  const post = async () => {
    market = await startMarket();
    const { requester, worker } = market;
    const terms = termsOf(requester.address, { taskCount: MOST, batchSize: 1, rewardPerTask: 1n });
    await requester.write.post([terms, spec], { value: BigInt(MOST) });
    await worker.write.deposit({ value: ETHER });
    return { terms, job: hashTerms(terms) };
  };

  it("lets its last batch be claimed, submitted, read and settled like any other", async () => {
    const { terms, job } = await post();
    const { worker, stranger, read } = market;
    await worker.write.claim([terms, LAST]);
    expect((await read.job([job]))[1]).toBe(MOST - 1);
    await market.at(GENESIS + 1000);
    await worker.write.submit([job, LAST, toHex(7n, { size: 32 }), manifest]);
    expect(await read.batches([job, LAST - 1, 3])).toEqual([
      open,
      {
        worker: worker.address,
        timestamp: GENESIS + 1000,
        status: BatchStatus.submitted,
        resultRoot: toHex(7n, { size: 32 }),
        inquiry: noInquiry,
      },
    ]);
    await market.at(GENESIS + 1600);
    await stranger.write.settle([terms, [LAST]]);
    expect(await read.credit([worker.address, zeroAddress])).toBe(1n);
  });

  it("ends there", async () => {
    const { terms, job } = await post();
    await expect(market.worker.write.claim([terms, MOST])).rejects.toThrow(
      "Marketplace_NoSuchBatch",
    );
    await market.requester.write.cancel([terms]);
    expect(await market.read.credit([market.requester.address, zeroAddress])).toBe(BigInt(MOST));
    expect((await market.read.job([job]))[1]).toBe(0);
  });
});

describe("pendingQuestions", () => {
  let court: Awaited<ReturnType<typeof startCourt>>;
  beforeEach(async () => {
    court = await startCourt();
  });
  /** As pairs of kind and number. */
  const pending = async (most = 100n) =>
    (await court.read.pendingQuestions([court.job, 0, most])).map(({ demand, number }) => [
      demand ? "demand" : "challenge",
      number,
    ]);

  it("are none of a batch that nobody asked about, and of one that there is not", async () => {
    expect(await court.read.pendingQuestions([court.job, 0, 10n])).toEqual([]);
    expect(await court.read.pendingQuestions([court.job, 9, 10n])).toEqual([]);
  });

  it("are told whole, challenges first, and no more than was asked for", async () => {
    const { job, rival, stranger, read, arbiter, terms } = court;
    await court.demand({ position: 0, by: stranger });
    const first = await court.challenge({ position: 1 });
    await court.demand({ position: 2 });
    const { openedAt } = await court.challenge({ position: 3, by: stranger });

    expect(await pending()).toEqual([
      ["challenge", 1],
      ["challenge", 2],
      ["demand", 1],
      ["demand", 2],
    ]);
    expect(await pending(3n)).toEqual([
      ["challenge", 1],
      ["challenge", 2],
      ["demand", 1],
    ]);
    expect(await pending(0n)).toEqual([]);
    expect(await pending(2n ** 256n - 1n)).toHaveLength(4);
    for (const [demand, number, at] of [
      [false, 1, 0],
      [false, 2, 1],
      [true, 1, 2],
      [true, 2, 3],
    ] as const) {
      const [view] = (await read.pendingQuestions([job, 0, 4n])).slice(at);
      expect(view).toEqual({
        demand,
        number,
        asked: await read.asked([job, 0, 0, number, demand]),
      });
    }
    expect((await read.asked([job, 0, 0, 2, false])).askedAt).toBe(openedAt);
    expect(await read.asked([job, 0, 0, 2, true])).toMatchObject({
      asker: rival.address,
      position: 2,
      ground: Ground.none,
      dispute: zeroHash,
    });

    // What ends leaves a gap, which is passed over.
    const { leaf, proof } = court.results.open(0);
    await stranger.write.reveal([terms, 0, 1, leaf, proof]);
    await arbiter.rule(idOf(first), Ruling.workerRight);
    await stranger.write.resolve([terms, first]);
    expect(await pending()).toEqual([
      ["challenge", 2],
      ["demand", 2],
    ]);
    expect(await pending(1n)).toEqual([["challenge", 2]]);
  });

  it("of an earlier round are no longer told: they are void", async () => {
    const { arbiter, terms, stranger } = court;
    const dispute = await court.challenge();
    await court.demand({ position: 2 });
    await arbiter.rule(idOf(dispute), Ruling.workerWrong);
    await stranger.write.resolve([terms, dispute]);
    expect(await pending()).toEqual([]);
  });
});
