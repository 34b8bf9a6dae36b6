import { encodeAbiParameters, type Hex, keccak256, stringToHex, zeroAddress } from "viem";
import { beforeEach, expect, it } from "vitest";
import { FEE, idOf, startCourt } from "./dispute.ts";
import {
  AskedStatus,
  BatchStatus,
  cid,
  ETHER,
  GENESIS,
  Ground,
  hashTerms,
  JobStatus,
  type Market,
  Ruling,
  spec,
  startMarket,
  type Terms,
  termsOf,
} from "./market.ts";
import {
  accountSlot,
  batchSlot,
  creditSlot,
  mapped,
  noncesSlot,
  overwrite,
  packed,
  preparedSlot,
  read,
  rightsSlot,
  standsSlot,
} from "./storage.ts";

// What a job and an account cost is which slots they write, so the layout that `contracts/market/types` documents is tested as it
// lies in storage.

let market: Market;
let terms: Terms;
let job: Hex;

beforeEach(async () => {
  market = await startMarket();
  terms = termsOf(market.requester.address);
  job = hashTerms(terms);
  await market.requester.write.post([terms, spec], { value: terms.rewardPerTask * 10n });
  await market.worker.write.deposit({ value: ETHER });
});

it("a batch nobody puts in question is two slots, and the first batch's first slot has the job's state too", async () => {
  const { worker } = market;
  expect(await read(market, batchSlot(job, 0))).toBe(
    packed([10, 32], [JobStatus.posted, 8], [BatchStatus.open, 8], [0, 40], [0, 160]),
  );
  expect(await read(market, batchSlot(job, 1))).toBe(packed([0, 256]));

  await market.at(GENESIS + 100);
  await worker.write.claim([terms, 0]);
  await market.at(GENESIS + 200);
  await worker.write.claim([terms, 2]);
  const root = keccak256(stringToHex("results"));
  await market.at(GENESIS + 300);
  await worker.write.submit([job, 0, root, cid("results", "dag-cbor")]);

  expect(await read(market, batchSlot(job, 0))).toBe(
    packed(
      [4, 32],
      [JobStatus.posted, 8],
      [BatchStatus.submitted, 8],
      [GENESIS + 300, 40],
      [worker.address, 160],
    ),
  );
  expect(await read(market, batchSlot(job, 0) + 1n)).toBe(root);
  for (let more = 2n; more < 6n; ++more) {
    expect(await read(market, batchSlot(job, 0) + more)).toBe(packed([0, 256]));
  }
  expect(await read(market, batchSlot(job, 2))).toBe(
    packed([BatchStatus.claimed, 8], [GENESIS + 200 + 3600, 40], [worker.address, 160]),
  );
});

it("what is known of the questions about a batch is one slot; a question is one, a challenge two", async () => {
  const court = await startCourt();
  const { job: id, rival, stranger, arbiter } = court;
  const slot = batchSlot(id, 0);
  const dispute = await court.challenge({ at: GENESIS + 2100 });
  await court.demand({ position: 2, by: stranger, at: GENESIS + 2200 });
  expect(await read(court, slot + 2n)).toBe(
    packed([FEE, 80], [0, 40], [GENESIS + 2100, 40], [1, 24], [1, 24], [2, 24], [0, 24]),
  );
  const first = mapped(1, slot + 3n);
  expect(await read(court, first)).toBe(
    packed(
      [AskedStatus.pending, 8],
      [Ground.wrongResult, 8],
      [1, 32],
      [GENESIS + 2100, 40],
      [rival.address, 160],
    ),
  );
  expect(await read(court, first + 1n)).toBe(idOf(dispute));
  const demanded = mapped((1n << 32n) | 1n, slot + 3n);
  expect(await read(court, demanded)).toBe(
    packed(
      [AskedStatus.pending, 8],
      [0, 8],
      [2, 32],
      [GENESIS + 2200, 40],
      [stranger.address, 160],
    ),
  );
  expect(await read(court, demanded + 1n)).toBe(packed([0, 256]));

  // A second challenge is pending when the round ends: its fee is set aside, and the next round is counted anew.
  const other = await court.challenge({ position: 0, by: stranger });
  await arbiter.rule(idOf(dispute), Ruling.workerWrong);
  await court.at(GENESIS + 4000);
  await stranger.write.resolve([court.terms, dispute]);
  expect(await read(court, slot + 2n)).toBe(packed([1, 24]));
  const left = court.terms.stakePerBatch / 2n - court.terms.stakePerBatch / 10n - FEE;
  expect(left).toBeLessThan(FEE);
  expect(await read(court, mapped(0, slot + 4n))).toBe(packed([left, 256]));
  expect(await read(court, mapped(2, slot + 3n) + 1n)).toBe(idOf(other));
  await arbiter.rule(idOf(other), Ruling.workerRight);
  await stranger.write.resolve([court.terms, other]);
  expect(await read(court, mapped(0, slot + 4n))).toBe(packed([0, 256]));
  const leaf = keccak256(
    encodeAbiParameters(
      [{ type: "bytes32" }, { type: "uint32" }, { type: "bytes32" }],
      [id, 0, other.resultLeaf],
    ),
  );
  expect(await read(court, standsSlot(leaf))).toBe(packed([1, 256]));
});

it("time that a window stood still is in the same slot", async () => {
  const court = await startCourt();
  await court.demand({ position: 2, at: GENESIS + 2200 });
  const { leaf, proof } = court.results.open(2);
  await court.at(GENESIS + 2300);
  await court.worker.write.reveal([court.terms, 0, 1, leaf, proof]);
  expect(await read(court, batchSlot(court.job, 0) + 2n)).toBe(
    packed([0, 80], [100, 40], [0, 40], [1, 24], [0, 24], [0, 24], [0, 24]),
  );
});

it("a preparation, a credit, an operator's rights and 256 nonces are one slot each", async () => {
  const { rival, stranger } = market;
  const commitment = keccak256(stringToHex("question"));
  await market.at(GENESIS + 100);
  await rival.write.prepare([commitment], { value: 77n });
  expect(await read(market, preparedSlot(rival.address, commitment))).toBe(
    packed([GENESIS + 100, 40], [77n, 96]),
  );
  await rival.write.addCredit([stranger.address, zeroAddress, 5n], { value: 5n });
  expect(await read(market, creditSlot(stranger.address, zeroAddress))).toBe(packed([5n, 256]));
  await rival.write.setRights([stranger.address, 31n]);
  expect(await read(market, rightsSlot(rival.address, stranger.address))).toBe(packed([31n, 256]));
  await rival.write.useNonces([3n, 1n << 255n]);
  expect(await read(market, noncesSlot(rival.address, 3n))).toBe(packed([1n << 255n, 256]));
});

it("an account is two slots, of which settling needs one", async () => {
  const { worker } = market;
  await market.at(GENESIS + 100);
  await worker.write.unbond([5n]);
  await worker.write.claim([terms, 0]);

  expect(await read(market, accountSlot(worker.address))).toBe(
    packed([0, 8], [0, 16], [0, 24], [0, 16], [terms.stakePerBatch, 96], [ETHER - 5n, 96]),
  );
  expect(await read(market, accountSlot(worker.address) + 1n)).toBe(
    packed([GENESIS + 100 + 86_400, 40], [5n, 96]),
  );
});

it("a record that is full stays full: neither settling nor expiring can get stuck on it", async () => {
  const { worker, stranger } = market;
  const full = {
    settledBatches: 2 ** 24 - 1,
    slashedBatches: 2 ** 16 - 1,
    expiredBatches: 2 ** 8 - 1,
  };
  await overwrite(
    market,
    accountSlot(worker.address),
    packed(
      [full.expiredBatches, 8],
      [full.slashedBatches, 16],
      [full.settledBatches, 24],
      [10_000, 16],
      [0n, 96],
      [ETHER, 96],
    ),
  );
  await market.at(GENESIS + 100);
  await worker.write.claim([terms, 0]);
  await worker.write.claim([terms, 1]);
  await worker.write.submit([job, 0, keccak256("0x"), cid("results", "dag-cbor")]);
  await market.at(GENESIS + 86_400);
  await stranger.write.settle([terms, [0]]);
  await stranger.write.expire([terms, 1]);

  expect(await market.read.account([worker.address])).toMatchObject({
    locked: 0n,
    ...full,
    score: 9000,
  });
});

it("nor can slashing", async () => {
  const court = await startCourt();
  const { worker, stranger, arbiter } = court;
  const slot = accountSlot(worker.address);
  const stored = BigInt(await read(court, slot));
  await overwrite(court, slot, packed([stored | (0xffffn << 232n), 256]));
  const dispute = await court.challenge();
  await arbiter.rule(idOf(dispute), Ruling.workerWrong);
  await stranger.write.resolve([court.terms, dispute]);
  expect(await court.read.account([worker.address])).toMatchObject({
    locked: 0n,
    slashedBatches: 2 ** 16 - 1,
  });
});
