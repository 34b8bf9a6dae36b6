import {
  concat,
  encodeAbiParameters,
  type Hex,
  keccak256,
  numberToHex,
  pad,
  stringToHex,
} from "viem";
import { beforeEach, expect, it } from "vitest";
import {
  BatchStatus,
  cid,
  ETHER,
  GENESIS,
  hashTerms,
  JobStatus,
  type Market,
  spec,
  startMarket,
  type Terms,
  termsOf,
} from "./market.ts";

// What a job and an account cost is which slots they write, so the layout that `contracts/market/types/Batch.sol` documents is tested as it lies
// in storage. The ledger's three mappings are slots 0 (batches), 1 (accounts) and 2 (credits).

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

const mappingSlot = (key: Hex | number, slot: bigint) =>
  BigInt(
    keccak256(encodeAbiParameters([{ type: "uint256" }, { type: "uint256" }], [BigInt(key), slot])),
  );
const batchSlot = (batch: number) => mappingSlot(batch, mappingSlot(job, 0n));
const accountSlot = (owner: Hex) => mappingSlot(owner, 1n);

const read = (slot: bigint) =>
  market.client.getStorageAt({ address: market.address, slot: numberToHex(slot, { size: 32 }) });

/** One slot, from its highest bits to its lowest. */
function packed(...fields: [value: number | bigint | Hex, bits: number][]): Hex {
  const bytes = fields.map(([value, bits]) => numberToHex(BigInt(value), { size: bits / 8 }));
  return pad(concat(bytes), { size: 32 });
}

it("a batch nobody puts in question is two slots, and the first batch's first slot has the job's state too", async () => {
  const { worker } = market;
  expect(await read(batchSlot(0))).toBe(
    packed([10, 32], [JobStatus.posted, 8], [BatchStatus.open, 8], [0, 40], [0, 160]),
  );
  expect(await read(batchSlot(1))).toBe(packed([0, 256]));

  await market.at(GENESIS + 100);
  await worker.write.claim([terms, 0]);
  await market.at(GENESIS + 200);
  await worker.write.claim([terms, 2]);
  const root = keccak256(stringToHex("results"));
  await market.at(GENESIS + 300);
  await worker.write.submit([job, 0, root, cid("results", "dag-cbor")]);

  expect(await read(batchSlot(0))).toBe(
    packed(
      [4, 32],
      [JobStatus.posted, 8],
      [BatchStatus.submitted, 8],
      [GENESIS + 300, 40],
      [worker.address, 160],
    ),
  );
  expect(await read(batchSlot(0) + 1n)).toBe(root);
  expect(await read(batchSlot(2))).toBe(
    packed([BatchStatus.claimed, 8], [GENESIS + 200 + 3600, 40], [worker.address, 160]),
  );
});

it("an account is two slots, of which settling needs one", async () => {
  const { worker } = market;
  await market.at(GENESIS + 100);
  await worker.write.unbond([5n]);
  await worker.write.claim([terms, 0]);

  expect(await read(accountSlot(worker.address))).toBe(
    packed([0, 8], [0, 16], [0, 24], [0, 16], [terms.stakePerBatch, 96], [ETHER - 5n, 96]),
  );
  expect(await read(accountSlot(worker.address) + 1n)).toBe(
    packed([GENESIS + 100 + 86_400, 40], [5n, 96]),
  );
});

it("a record that is full stays full: neither settling nor expiring can get stuck on it", async () => {
  const { worker, stranger, network } = market;
  const full = {
    settledBatches: 2 ** 24 - 1,
    slashedBatches: 2 ** 16 - 1,
    expiredBatches: 2 ** 8 - 1,
  };
  await network.networkHelpers.setStorageAt(
    market.address,
    numberToHex(accountSlot(worker.address), { size: 32 }),
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
