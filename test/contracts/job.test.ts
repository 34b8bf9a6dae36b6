import {
  bytesToHex,
  encodeFunctionData,
  hexToBytes,
  keccak256,
  stringToHex,
  zeroAddress,
  zeroHash,
} from "viem";
import { beforeEach, describe, expect, it } from "vitest";
import { marketplaceAbi } from "../../sdk/src/generated/marketplaceAbi.ts";
import {
  BatchStatus,
  DAY,
  ETHER,
  emptyBatch,
  expectRevert,
  GENESIS,
  hashSpec,
  hashTerms,
  JobStatus,
  type Market,
  type Spec,
  spec,
  startMarket,
  type Terms,
  termsOf,
} from "./market.ts";

let market: Market;
beforeEach(async () => {
  market = await startMarket();
});

const escrowOf = (terms: Terms) => terms.rewardPerTask * BigInt(terms.taskCount);
const post = (terms: Terms, value = escrowOf(terms)) =>
  market.requester.write.post([terms, spec], { value });

describe("jobId", () => {
  it("is keccak256(abi.encode(terms)), each field counting", async () => {
    const terms = termsOf(market.requester.address);
    const changed: Terms[] = [
      terms,
      { ...terms, requester: market.stranger.address },
      { ...terms, token: market.stranger.address },
      { ...terms, arbiter: market.stranger.address },
      { ...terms, taskCount: 2 ** 32 - 1 },
      { ...terms, batchSize: 0 },
      { ...terms, rewardPerTask: 2n ** 96n - 1n },
      { ...terms, stakePerBatch: 2n ** 96n - 1n },
      { ...terms, claimUntil: 2 ** 40 - 1 },
      { ...terms, submitWindowSeconds: 2 ** 32 - 1 },
      { ...terms, challengeWindowSeconds: 2 ** 32 - 1 },
      { ...terms, salt: 2n ** 64n - 1n },
      { ...terms, specHash: zeroHash },
    ];
    const ids = await Promise.all(changed.map((each) => market.read.jobId([each])));

    expect(ids).toEqual(changed.map(hashTerms));
    expect(new Set(ids).size).toBe(changed.length);
  });
});

describe("post", () => {
  it("holds the escrow, opens every batch and tells the whole of terms and spec", async () => {
    const { requester, read } = market;
    const terms = termsOf(requester.address);
    const job = hashTerms(terms);
    expect(await read.job([job])).toEqual([JobStatus.none, 0]);

    const { events } = await market.receipt(post(terms));

    expect(events).toEqual([
      { eventName: "JobPosted", args: { job, requester: requester.address, terms, spec } },
    ]);
    expect(await read.job([job])).toEqual([JobStatus.posted, 10]);
    expect(await read.batches([job, 0, 3])).toEqual(Array(3).fill(emptyBatch(BatchStatus.open)));
    expect(await market.balance()).toBe(escrowOf(terms));
  });

  it("takes terms at the edge of every bound", async () => {
    const { requester } = market;
    await market.network.networkHelpers.setBalance(requester.address, 2n ** 130n);
    const least: Partial<Terms> = {
      taskCount: 1,
      batchSize: 1,
      rewardPerTask: 1n,
      stakePerBatch: 10n ** 15n,
      minScore: 0,
      claimUntil: GENESIS + 101,
      submitWindowSeconds: 1,
      challengeWindowSeconds: 600,
    };
    const most: Partial<Terms> = {
      taskCount: 2 ** 32 - 1,
      batchSize: 2 ** 32 - 1,
      rewardPerTask: 2n ** 96n - 1n,
      stakePerBatch: 2n ** 96n - 1n,
      minScore: 10_000,
      claimUntil: GENESIS + 200 + 365 * DAY,
      submitWindowSeconds: 7 * DAY,
      challengeWindowSeconds: 7 * DAY,
    };
    await market.at(GENESIS + 100);
    await post(termsOf(requester.address, least));
    await market.at(GENESIS + 200);
    const terms = termsOf(requester.address, most);
    await post(terms);

    expect(await market.read.job([hashTerms(terms)])).toEqual([JobStatus.posted, 2 ** 32 - 1]);
    expect(await market.balance()).toBe(1n + (2n ** 32n - 1n) * (2n ** 96n - 1n));
  });

  it.each<[keyof Terms & string, number | bigint, bigint, bigint]>([
    ["taskCount", 0, 1n, 2n ** 32n - 1n],
    ["batchSize", 0, 1n, 10n],
    ["batchSize", 11, 1n, 10n],
    ["rewardPerTask", 0n, 1n, 2n ** 96n - 1n],
    ["stakePerBatch", 10n ** 15n - 1n, 10n ** 15n, 2n ** 96n - 1n],
    ["minScore", 10_001, 0n, 10_000n],
    ["claimUntil", GENESIS + 100, BigInt(GENESIS + 101), BigInt(GENESIS + 100 + 365 * DAY)],
    [
      "claimUntil",
      GENESIS + 101 + 365 * DAY,
      BigInt(GENESIS + 101),
      BigInt(GENESIS + 100 + 365 * DAY),
    ],
    ["submitWindowSeconds", 0, 1n, BigInt(7 * DAY)],
    ["submitWindowSeconds", 7 * DAY + 1, 1n, BigInt(7 * DAY)],
    ["challengeWindowSeconds", 599, 600n, BigInt(7 * DAY)],
    ["challengeWindowSeconds", 7 * DAY + 1, 600n, BigInt(7 * DAY)],
  ])("refuses %s = %s", async (field, value, least, most) => {
    await market.at(GENESIS + 100);
    await expectRevert(
      post(termsOf(market.requester.address, { [field]: value })),
      "Marketplace_OutOfBounds",
      [stringToHex(field, { size: 32 }), BigInt(value), least, most],
    );
  });

  it.each(["program", "manifest"] as const)("refuses a %s that is no CID", async (field) => {
    const { digest } = spec.program;
    const malformed: Spec["program"][] = [
      { prefix: "0x00551e20", digest },
      { prefix: "0x02551e20", digest },
      { prefix: "0x01551e1f", digest },
      { prefix: "0x01551e21", digest },
      { prefix: "0x01d51e20", digest },
      { prefix: "0x01559e20", digest },
      { prefix: "0x00000000", digest },
      { prefix: "0x01551e20", digest: zeroHash },
    ];
    for (const cid of malformed) {
      const broken = { ...spec, [field]: cid };
      const terms = termsOf(market.requester.address, { specHash: hashSpec(broken) });
      await expectRevert(
        market.requester.write.post([terms, broken], { value: escrowOf(terms) }),
        "Marketplace_MalformedCid",
        [cid.prefix, cid.digest],
      );
    }
  });

  it("takes a job that cannot be proved: without a machine", async () => {
    const plain: Spec = { ...spec, machineRoot: zeroHash };
    const terms = termsOf(market.requester.address, { specHash: hashSpec(plain) });
    await market.requester.write.post([terms, plain], { value: escrowOf(terms) });
  });

  it("takes sha2-256 CIDs too", async () => {
    const other: Spec = {
      ...spec,
      program: { ...spec.program, prefix: "0x01551220" },
      manifest: { ...spec.manifest, prefix: "0x01711220" },
    };
    const terms = termsOf(market.requester.address, { specHash: hashSpec(other) });
    await market.requester.write.post([terms, other], { value: escrowOf(terms) });
  });

  it("refuses a spec that is not the one the terms name", async () => {
    const { requester } = market;
    const terms = termsOf(requester.address);
    const changed: Spec[] = [
      { ...spec, program: { ...spec.program, prefix: "0x01551220" } },
      { ...spec, manifest: { ...spec.manifest, digest: spec.program.digest } },
      { ...spec, inputRoot: zeroHash },
      { ...spec, memoryPages: 257 },
      { ...spec, maxResultBytes: 1 },
      { ...spec, maxSteps: 0n },
      { ...spec, machineRoot: zeroHash },
    ];
    for (const other of changed) {
      await expectRevert(
        requester.write.post([terms, other], { value: escrowOf(terms) }),
        "Marketplace_SpecMismatch",
        [terms.specHash, hashSpec(other)],
      );
    }
  });

  it.each([-1n, 1n])("wants the escrow to the wei, not %s beside it", async (off) => {
    const terms = termsOf(market.requester.address);
    const value = escrowOf(terms) + off;
    await expectRevert(post(terms, value), "Marketplace_WrongEscrow", [
      hashTerms(terms),
      value,
      escrowOf(terms),
    ]);
  });

  it("is the requester's own act", async () => {
    const { requester, stranger } = market;
    const terms = termsOf(requester.address);
    await expectRevert(
      stranger.write.post([terms, spec], { value: escrowOf(terms) }),
      "Marketplace_NotRequester",
      [hashTerms(terms), stranger.address, requester.address],
    );
  });

  it("happens once to the same terms, cancelled or not; another salt makes another job", async () => {
    const { requester } = market;
    const terms = termsOf(requester.address);
    const job = hashTerms(terms);
    await post(terms);
    await expectRevert(post(terms), "Marketplace_AlreadyPosted", [job]);
    await requester.write.cancel([terms]);
    await expectRevert(post(terms), "Marketplace_AlreadyPosted", [job]);

    await post({ ...terms, salt: terms.salt + 1n });
  });

  it("refuses calldata with a bit set above a field: a job has one encoding, so one name", async () => {
    const { requester, network, read } = market;
    const wallet = await network.viem.getWalletClient(requester.address);
    const terms = termsOf(requester.address);
    const data = hexToBytes(
      encodeFunctionData({ abi: marketplaceAbi, functionName: "post", args: [terms, spec] }),
    );
    const send = (calldata: Uint8Array) =>
      wallet.sendTransaction({
        to: market.address,
        data: bytesToHex(calldata),
        value: escrowOf(terms),
      });
    const word = (index: number) => 4 + 32 * index;

    // Every word that its field does not fill: twelve numbers and addresses of the terms and three numbers of the spec, whose
    // first byte is spare, and two prefixes, whose last is. The terms name the hash of the spec as it is sent.
    const spareBytes = [
      ...[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 18, 19, 20].map(word),
      ...[13, 15].map((index) => word(index) + 31),
    ];
    for (const at of spareBytes) {
      const dirty = Uint8Array.from(data);
      dirty[at] = 1;
      dirty.set(keccak256(dirty.subarray(word(13)), "bytes"), word(12));
      await expect(send(dirty), `byte ${at}`).rejects.toThrow("reverted without a reason");
    }
    expect(await market.balance()).toBe(0n);

    await send(data);
    expect(await read.job([hashTerms(terms)])).toEqual([JobStatus.posted, 10]);
  });
});

describe("cancel", () => {
  it("credits the requester with the escrow of open tasks, and closes them", async () => {
    const { requester, worker, read } = market;
    const terms = termsOf(requester.address);
    const job = hashTerms(terms);
    await post(terms);
    await worker.write.deposit({ value: ETHER });
    await worker.write.claim([terms, 1]);
    const { events } = await market.receipt(requester.write.cancel([terms]));

    const refund = 6n * terms.rewardPerTask;
    expect(events).toEqual([{ eventName: "JobCancelled", args: { job, refund } }]);
    expect(await read.job([job])).toEqual([JobStatus.cancelled, 0]);
    expect(await read.credit([requester.address, zeroAddress])).toBe(refund);
    await expectRevert(worker.write.claim([terms, 0]), "Marketplace_Cancelled", [job]);
  });

  it("leaves claimed batches to their workers: first and last alike", async () => {
    const { requester, worker, read } = market;
    const terms = termsOf(requester.address);
    const job = hashTerms(terms);
    await post(terms);
    await worker.write.deposit({ value: ETHER });
    await worker.write.claim([terms, 0]);
    await worker.write.claim([terms, 2]);
    await requester.write.cancel([terms]);

    expect(await read.credit([requester.address, zeroAddress])).toBe(4n * terms.rewardPerTask);
    const views = await read.batches([job, 0, 3]);
    expect(views.map(({ status }) => status)).toEqual([
      BatchStatus.claimed,
      BatchStatus.open,
      BatchStatus.claimed,
    ]);
    expect(views[0]?.worker).toBe(worker.address);
  });

  it("may come after claiming has closed", async () => {
    const { requester, read } = market;
    const terms = termsOf(requester.address);
    await post(terms);
    await market.at(terms.claimUntil + DAY);
    await requester.write.cancel([terms]);

    expect(await read.credit([requester.address, zeroAddress])).toBe(escrowOf(terms));
  });

  it("is the requester's alone", async () => {
    const { requester, stranger } = market;
    const terms = termsOf(requester.address);
    await post(terms);
    await expectRevert(stranger.write.cancel([terms]), "Marketplace_NotRequester", [
      hashTerms(terms),
      stranger.address,
      requester.address,
    ]);
  });

  it("refuses what was never posted, and what is cancelled", async () => {
    const { requester } = market;
    const terms = termsOf(requester.address);
    const job = hashTerms(terms);
    await expectRevert(requester.write.cancel([terms]), "Marketplace_NotPosted", [job]);
    await post(terms);
    await requester.write.cancel([terms]);
    await expectRevert(requester.write.cancel([terms]), "Marketplace_Cancelled", [job]);
  });

  it("is possible while nothing is open: what comes back later is refunded then", async () => {
    const { requester, worker, read } = market;
    const terms = termsOf(requester.address, { batchSize: 10 });
    const job = hashTerms(terms);
    await post(terms);
    await worker.write.deposit({ value: ETHER });
    await worker.write.claim([terms, 0]);
    const { events } = await market.receipt(requester.write.cancel([terms]));
    expect(events).toEqual([{ eventName: "JobCancelled", args: { job, refund: 0n } }]);
    expect(await read.job([job])).toEqual([JobStatus.cancelled, 0]);

    await worker.write.release([terms, 0]);
    expect(await read.credit([requester.address, zeroAddress])).toBe(escrowOf(terms));
    expect(await read.batches([job, 0, 1])).toEqual([emptyBatch(BatchStatus.void)]);
  });
});

describe("postFromCredit", () => {
  /** Gives the requester credit by a job that it cancels. */
  async function earn(amount: bigint): Promise<void> {
    const terms = termsOf(market.requester.address, {
      taskCount: 1,
      batchSize: 1,
      rewardPerTask: amount,
      salt: 1n,
    });
    await post(terms);
    await market.requester.write.cancel([terms]);
  }

  it("pays from the requester's credit, and needs no value", async () => {
    const { requester, read } = market;
    const terms = termsOf(requester.address);
    const job = hashTerms(terms);
    await earn(escrowOf(terms) + 5n);
    const before = await market.balance();
    const { events } = await market.receipt(requester.write.postFromCredit([terms, spec]));

    expect(events).toEqual([
      { eventName: "JobPosted", args: { job, requester: requester.address, terms, spec } },
    ]);
    expect(await read.job([job])).toEqual([JobStatus.posted, 10]);
    expect(await read.credit([requester.address, zeroAddress])).toBe(5n);
    expect(await market.balance()).toBe(before);
    await requester.write.cancel([terms]);
    expect(await read.credit([requester.address, zeroAddress])).toBe(escrowOf(terms) + 5n);
  });

  it("needs credit for all of it, of the requester's own, in the job's own token", async () => {
    const { requester, stranger, rival, read } = market;
    const terms = termsOf(requester.address);
    await earn(escrowOf(terms) - 1n);
    await expectRevert(
      requester.write.postFromCredit([terms, spec]),
      "Marketplace_InsufficientCredit",
      [requester.address, zeroAddress, escrowOf(terms) - 1n, escrowOf(terms)],
    );
    expect(await read.job([hashTerms(terms)])).toEqual([JobStatus.none, 0]);
    await expectRevert(stranger.write.postFromCredit([terms, spec]), "Marketplace_NotRequester", [
      hashTerms(terms),
      stranger.address,
      requester.address,
    ]);
    const foreign = { ...terms, token: rival.address };
    await expectRevert(
      requester.write.postFromCredit([foreign, spec]),
      "Marketplace_InsufficientCredit",
      [requester.address, rival.address, 0n, escrowOf(terms)],
    );
    await market.stranger.write.addCredit([requester.address, zeroAddress, 1n], { value: 1n });
    await requester.write.postFromCredit([terms, spec]);
    expect(await read.credit([requester.address, zeroAddress])).toBe(0n);
  });

  it("checks the terms like any other posting", async () => {
    const { requester } = market;
    const terms = termsOf(requester.address);
    await earn(3n * escrowOf(terms));
    await requester.write.postFromCredit([terms, spec]);
    await expectRevert(requester.write.postFromCredit([terms, spec]), "Marketplace_AlreadyPosted", [
      hashTerms(terms),
    ]);
    const other = { ...terms, specHash: zeroHash };
    await expectRevert(requester.write.postFromCredit([other, spec]), "Marketplace_SpecMismatch", [
      zeroHash,
      hashSpec(spec),
    ]);
  });
});
