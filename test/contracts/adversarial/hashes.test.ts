/** Attacks on what names and proves, each test named after its attack. */
import { concat, type Hex, keccak256, pad, toHex, zeroHash } from "viem";
import { beforeEach, expect, it } from "vitest";
import { type Court, FEE, startCourt } from "../dispute.ts";
import { expectRevert, hashTerms, spec, termsOf } from "../market.ts";
import { hashLeaf, type Leaf, noCid } from "../results.ts";

let court: Court;
beforeEach(async () => {
  court = await startCourt();
});

/** Makes every question another one. */
let asked = 0;

async function challenge(position: number, leaf: Leaf, proof: Hex[]): Promise<Hex> {
  const { rival, terms } = court;
  const question = court.question({ position, salt: pad(toHex(++asked)) });
  await court.prepare(rival, question);
  return rival.write.challenge([terms, question, leaf, proof], { value: FEE });
}

it("hash collisions of terms: every field counts, and no two neighbours can trade bytes", async () => {
  const { requester, stranger, read } = court;
  const terms = termsOf(requester.address);
  const others = [
    { ...terms, taskCount: terms.batchSize, batchSize: terms.taskCount },
    { ...terms, rewardPerTask: terms.stakePerBatch, stakePerBatch: terms.rewardPerTask },
    { ...terms, token: stranger.address },
    { ...terms, arbiter: stranger.address },
    { ...terms, minScore: 1 },
    { ...terms, salt: terms.salt + 1n },
    { ...terms, taskCount: 1, batchSize: 0x0a04 },
  ];
  const names = await Promise.all([terms, ...others].map((each) => read.jobId([each])));
  expect(new Set(names).size).toBe(others.length + 1);
  expect(names[0]).toBe(hashTerms(terms));
  await requester.write.post([terms, spec], { value: terms.rewardPerTask * 10n });
  for (const [index, each] of others.entries()) {
    await expectRevert(requester.write.cancel([each]), "Marketplace_NotPosted", [names[index + 1]]);
  }
});

it("Merkle second preimages: an inner node is no leaf, whatever its tree is said to be", async () => {
  const { terms, job, results } = court;
  const [a, b, c, d] = [0, 1, 2, 3].map((position) => results.open(position).hash);
  if (!a || !b || !c || !d) throw new Error("A batch of four has four leaves");
  const right = keccak256(concat(["0x01", c, d]));
  expect(keccak256(concat(["0x01", keccak256(concat(["0x01", a, b])), right]))).toBe(results.root);
  // A proof one level shorter leads from the inner node to the root, but a leaf is hashed from words, and the depth is known.
  await expectRevert(challenge(0, results.open(0).leaf, [right]), "Marketplace_WrongLeaf", [
    job,
    0,
    0,
  ]);
  expect(terms.batchSize).toBe(4);
});

it("Merkle odd counts: what pads the tree is no task, and the last leaf is not there twice", async () => {
  const odd = await startCourt({ taskCount: 10, batchSize: 3 });
  court = odd;
  const last = odd.results.open(2);
  const padded: Leaf = { position: 3, outcome: 0, cid: noCid, byteLength: 0 };
  for (const leaf of [padded, { ...last.leaf, position: 3 }]) {
    await expectRevert(
      challenge(3, leaf, [last.hash, ...last.proof.slice(1)]),
      "Marketplace_NoSuchTask",
      [odd.job, 0, 3],
    );
  }
  expect(last.proof[0]).toBe(zeroHash);
  expect(hashLeaf(padded)).not.toBe(zeroHash);
  await challenge(2, last.leaf, last.proof);
});

it("Merkle index malleability: a leaf is proved at its own place alone", async () => {
  const { job, results } = court;
  const { leaf, proof } = results.open(1);
  for (const position of [0, 2, 3]) {
    await expectRevert(
      challenge(position, { ...leaf, position }, results.open(position).proof),
      "Marketplace_WrongLeaf",
      [job, 0, position],
    );
    await expectRevert(challenge(position, { ...leaf, position }, proof), "Marketplace_WrongLeaf", [
      job,
      0,
      position,
    ]);
  }
  // 1 and 1 + 4 have the same low bits.
  await expectRevert(challenge(5, { ...leaf, position: 5 }, proof), "Marketplace_NoSuchTask", [
    job,
    0,
    5,
  ]);
});
