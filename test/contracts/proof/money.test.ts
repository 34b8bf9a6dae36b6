import { getContract, type Hex, zeroAddress, zeroHash } from "viem";
import { expect, test } from "vitest";
import { proofArbiterAbi } from "../../../sdk/src/generated/proofArbiterAbi.ts";
import { answerTo, type DisputeTuple, disputeIn, manifest, part, salt } from "../dispute.ts";
import {
  type Actor,
  commitmentOf,
  ETHER,
  GENESIS,
  Ground,
  hashTerms,
  parameters,
  spec,
  startMarket,
  termsOf,
} from "../market.ts";
import { resultsOf } from "../results.ts";

// The real Marketplace with the real ProofArbiter: whose the fee is, at the end of every way that a dispute can take. Here who loses does so
// by time: the other tests play the games.

const FEE = 300_000_000_000_001n;
const CLOCK_SECONDS = 3_600;

/** A submitted batch of four tasks, whose arbiter is a ProofArbiter. */
async function startTable({ fee = FEE } = {}) {
  const market = await startMarket();
  const { network, client, requester, worker, rival, stranger, read } = market;
  const { viem, networkHelpers } = network;
  const [instructions, hostSteps] = [
    await viem.deployContract("InstructionVerifier"),
    await viem.deployContract("HostStepVerifier"),
  ];
  const rules = {
    ...{ marketplace: market.address, instructionVerifier: instructions.address },
    ...{ hostStepVerifier: hostSteps.address, feeWei: fee, clockSeconds: CLOCK_SECONDS },
  };
  const { address } = await viem.deployContract("ProofArbiter", [rules]);
  const proofOf = async (by: Actor) => {
    const wallet = await viem.getWalletClient(by.address);
    return getContract({ abi: proofArbiterAbi, address, client: { public: client, wallet } });
  };
  const terms = termsOf(requester.address, { arbiter: address });
  const job = hashTerms(terms);
  const results = resultsOf(terms, 0);
  await requester.write.post([terms, spec], {
    value: terms.rewardPerTask * BigInt(terms.taskCount),
  });
  await worker.write.deposit({ value: ETHER });
  await worker.write.claim([terms, 0]);
  await market.at(GENESIS + 2_000);
  await worker.write.submit([job, 0, results.root, manifest]);

  const bond = part(terms, parameters.challengeBondBps);
  /** On the ground of an unavailable result it is the challenger who moves first, on that of a wrong one the worker. */
  const challenge = async (
    by: Actor,
    number: bigint,
    ground: number = Ground.wrongResult,
  ): Promise<DisputeTuple> => {
    const question = {
      ...{ job, batch: 0, position: 1, ground, resultRoot: results.root, salt },
      answer: ground === Ground.wrongResult ? answerTo(1) : zeroHash,
    };
    const value = number * number * (bond + fee);
    await by.write.prepare([commitmentOf(by.address, question)], { value });
    const { leaf, proof } = results.open(1);
    const sent = by.write.challenge([terms, question, leaf, proof]);
    const dispute = disputeIn((await market.receipt(sent)).events);
    expect(dispute.number).toBe(Number(number));
    return dispute;
  };
  const later = async (seconds: number) => {
    await networkHelpers.time.increase(seconds);
  };
  return {
    ...{
      ...market,
      terms,
      job,
      results,
      bond,
      fee,
      challenge,
      later,
      proofOf,
      rules,
      proof: address,
    },
    /** The party to move has let its time pass. */
    async timeOut(dispute: DisputeTuple) {
      const anyone = await proofOf(stranger);
      await anyone.write.timeOut([dispute]);
    },
    resolve: (dispute: DisputeTuple) => stranger.write.resolve([terms, dispute]),
    /** What an account may withdraw from both. */
    async owned({ address: owner }: { address: Hex }) {
      const contract = await proofOf(stranger);
      return {
        market: await read.credit([owner, zeroAddress]),
        proof: await contract.read.credit([owner]),
      };
    },
    /** All of the fees leave the ProofArbiter again. */
    async empty() {
      for (const one of [requester, worker, rival, stranger]) {
        const contract = await proofOf(one);
        const credit = await contract.read.credit([one.address]);
        if (credit > 0n) await contract.write.withdraw([one.address]);
      }
      expect(await client.getBalance({ address })).toBe(0n);
    },
  };
}

type Table = Awaited<ReturnType<typeof startTable>>;

/** What a slash leaves, behind its burned part. */
const slashLeft = ({ terms }: Table) => {
  const slashed = part(terms, parameters.slashBps);
  return slashed - (slashed * BigInt(parameters.burnBps)) / 10_000n;
};
/** Of the rest, the asker's. */
const shareOf = (left: bigint) => (left * BigInt(parameters.challengerShareBps)) / 10_000n;

test("a right challenger has its fee back once, and the requester loses nothing by it", async () => {
  const table = await startTable();
  const { requester, worker, rival, bond, fee } = table;
  const dispute = await table.challenge(rival, 1n);
  await table.later(CLOCK_SECONDS);
  await table.timeOut(dispute);
  await table.resolve(dispute);
  const left = slashLeft(table) - fee;
  expect(await table.owned(rival)).toEqual({ market: bond + fee + shareOf(left), proof: 0n });
  expect(await table.owned(requester)).toEqual({ market: left - shareOf(left), proof: fee });
  expect(await table.owned(worker)).toEqual({ market: 0n, proof: 0n });
  await table.empty();
});

test("a challenger that fails pays its worker", async () => {
  const table = await startTable();
  const { requester, worker, rival, bond, fee } = table;
  const dispute = await table.challenge(rival, 1n, Ground.unavailable);
  await table.later(CLOCK_SECONDS);
  await table.timeOut(dispute);
  await table.resolve(dispute);
  expect(await table.owned(worker)).toEqual({ market: bond / 2n, proof: fee });
  expect(await table.owned(rival)).toEqual({ market: 0n, proof: 0n });
  expect(await table.owned(requester)).toEqual({ market: 0n, proof: 0n });
  await table.empty();
});

test("an accomplice that loses first shields nothing, and its fee is no loss to the requester", async () => {
  const table = await startTable();
  const { requester, worker, rival, stranger, bond, fee } = table;
  // The worker's friend asks for nothing; somebody honest challenges the same leaf meanwhile.
  const sham = await table.challenge(stranger, 1n, Ground.unavailable);
  const honest = await table.challenge(rival, 2n);
  await table.later(CLOCK_SECONDS);
  await table.timeOut(sham);
  await table.timeOut(honest);
  await table.resolve(sham);
  await table.resolve(honest);
  const left = slashLeft(table) - fee;
  expect(await table.owned(rival)).toEqual({
    market: 4n * (bond + fee) + shareOf(left),
    proof: 0n,
  });
  expect(await table.owned(requester)).toEqual({ market: left - shareOf(left), proof: fee });
  // What the worker has of its friend is what the friend has paid, less what burned.
  expect(await table.owned(worker)).toEqual({ market: bond / 2n, proof: fee });
  await table.empty();
});

test("several right challengers of a round have their fees back, once each", async () => {
  const table = await startTable();
  const { requester, rival, stranger, bond, fee } = table;
  const first = await table.challenge(rival, 1n);
  const second = await table.challenge(stranger, 2n);
  await table.later(CLOCK_SECONDS);
  await table.timeOut(first);
  await table.resolve(first);
  await table.timeOut(second);
  await table.resolve(second);
  const left = slashLeft(table) - 2n * fee;
  expect(await table.owned(rival)).toEqual({ market: bond + fee + shareOf(left), proof: 0n });
  expect(await table.owned(stranger)).toEqual({ market: 4n * (bond + fee), proof: 0n });
  expect(await table.owned(requester)).toEqual({ market: left - shareOf(left), proof: 2n * fee });
  await table.empty();
});

test("a fee that was set aside for a challenger that fails is the requester's, and the fee itself the worker's", async () => {
  const table = await startTable();
  const { requester, worker, rival, stranger, bond, fee } = table;
  const right = await table.challenge(rival, 1n);
  const wrong = await table.challenge(stranger, 2n, Ground.unavailable);
  await table.later(CLOCK_SECONDS);
  await table.timeOut(right);
  await table.resolve(right);
  await table.timeOut(wrong);
  await table.resolve(wrong);
  const left = slashLeft(table) - 2n * fee;
  expect(await table.owned(requester)).toEqual({ market: left - shareOf(left) + fee, proof: fee });
  const secondBond = 4n * (bond + fee) - fee;
  expect(await table.owned(worker)).toEqual({ market: secondBond / 2n, proof: fee });
  expect(await table.owned(stranger)).toEqual({ market: 0n, proof: 0n });
  await table.empty();
});

test("a batch that a demand took from its worker in the middle of a game changes nothing about the fee", async () => {
  const table = await startTable();
  const { requester, rival, stranger, bond, fee, terms, job, results } = table;
  const dispute = await table.challenge(rival, 1n);
  const demanded = {
    ...{ job, batch: 0, position: 2, ground: Ground.none, resultRoot: results.root },
    ...{ answer: zeroHash, salt },
  };
  await stranger.write.prepare([commitmentOf(stranger.address, demanded)], { value: bond });
  await stranger.write.demand([terms, demanded]);
  await table.later(parameters.responseWindowSeconds + 1);
  await stranger.write.forfeit([terms, 0, 0, 1]);
  await table.later(CLOCK_SECONDS);
  await table.timeOut(dispute);
  await table.resolve(dispute);
  expect(await table.owned(rival)).toEqual({ market: bond + fee, proof: 0n });
  const left = slashLeft(table) - fee;
  const most = 2n * part(terms, parameters.demandBondBps);
  const share = shareOf(left) < most ? shareOf(left) : most;
  expect(await table.owned(requester)).toEqual({ market: left - share, proof: fee });
  await table.empty();
});

test("a fee above what the slash leaves comes back as far as it reaches, and nothing of it stays here", async () => {
  const fee = 5n * 10n ** 15n;
  const table = await startTable({ fee });
  const { requester, rival, bond } = table;
  const dispute = await table.challenge(rival, 1n);
  await table.later(CLOCK_SECONDS);
  await table.timeOut(dispute);
  await table.resolve(dispute);
  expect(await table.owned(rival)).toEqual({ market: bond + slashLeft(table), proof: 0n });
  expect(await table.owned(requester)).toEqual({ market: 0n, proof: fee });
  await table.empty();
});

test("a ruling that comes when the marketplace has stopped waiting moves the fee all the same", async () => {
  const table = await startTable();
  const { requester, rival, bond, fee } = table;
  const dispute = await table.challenge(rival, 1n);
  await table.later(parameters.disputeTimeoutSeconds + 1);
  await table.resolve(dispute);
  expect(await table.owned(rival)).toEqual({ market: bond / 2n, proof: 0n });
  await table.timeOut(dispute);
  expect(await table.owned(requester)).toEqual({ market: 0n, proof: fee });
  await expect(table.resolve(dispute)).rejects.toThrow("NotAsked");
  await table.empty();
});

test("the time-out is due in the very second in which the move is too late", async () => {
  const table = await startTable();
  const dispute = await table.challenge(table.rival, 1n, Ground.unavailable);
  const { leaf } = table.results.open(1);
  const challenger = await table.proofOf(table.rival);
  await table.at(Number(dispute.openedAt) + CLOCK_SECONDS - 1);
  await expect(table.timeOut(dispute)).rejects.toThrow("TimeIsLeft");
  await table.at(Number(dispute.openedAt) + CLOCK_SECONDS);
  await expect(challenger.write.ask([dispute, leaf, [0]])).rejects.toThrow("TimeIsUp");
  await table.at(Number(dispute.openedAt) + CLOCK_SECONDS + 1);
  await table.timeOut(dispute);
});

test("the constructor refuses addresses without a contract, and no time", async () => {
  const { network, rules } = await startTable();
  const deploy = (changes: object) =>
    network.viem.deployContract("ProofArbiter", [{ ...rules, ...changes }]);
  for (const name of ["marketplace", "instructionVerifier", "hostStepVerifier"]) {
    for (const given of [zeroAddress, "0x000000000000000000000000000000000000dEaD"]) {
      await expect(deploy({ [name]: given })).rejects.toThrow("NoContract");
    }
  }
  await expect(deploy({ clockSeconds: 0 })).rejects.toThrow("ZeroClock");
});
