/** Attacks on money, each test named after its attack. */
import {
  encodeFunctionData,
  getAddress,
  type Hex,
  keccak256,
  parseAbi,
  stringToHex,
  toFunctionSelector,
  zeroAddress,
} from "viem";
import { beforeEach, describe, expect, it } from "vitest";
import { marketplaceAbi } from "../../../sdk/src/generated/marketplaceAbi.ts";
import { answerTo, salt } from "../dispute.ts";
import {
  cid,
  commitmentOf,
  DAY,
  ETHER,
  expectRevert,
  GENESIS,
  Ground,
  hashTerms,
  type Market,
  parameters,
  type Question,
  spec,
  startMarket,
  type Terms,
  termsOf,
} from "../market.ts";
import { resultsOf } from "../results.ts";
import { deployToken, TokenManner } from "../tokens.ts";

let market: Market;
beforeEach(async () => {
  market = await startMarket();
});

const escrowOf = (terms: Terms) => BigInt(terms.taskCount) * terms.rewardPerTask;
const REENTRANT = toFunctionSelector("ReentrancyGuardReentrantCall()");

async function settle(terms: Terms): Promise<void> {
  const { worker, stranger } = market;
  const job = hashTerms(terms);
  await worker.write.claim([terms, 0]);
  await worker.write.submit([job, 0, keccak256(stringToHex("root")), cid("r", "dag-cbor")]);
  await market.at(GENESIS + 5 * DAY);
  await stranger.write.settle([terms, [0]]);
}

describe("reentrancy (ERC-777-like)", () => {
  it("a token that calls back while it is taken posts nothing in between", async () => {
    const { requester, address, read } = market;
    const token = await deployToken(market, "HostileToken");
    const terms = termsOf(requester.address, { token: token.address });
    await token.fund(2n * escrowOf(terms));
    // The token is itself a requester, and would have its own posting counted by the same balance.
    const own = termsOf(token.address, { token: token.address });
    for (const data of [
      encodeFunctionData({ abi: marketplaceAbi, functionName: "post", args: [own, spec] }),
      encodeFunctionData({
        abi: marketplaceAbi,
        functionName: "withdraw",
        args: [token.address, token.address],
      }),
    ]) {
      await token.write.callBack([address, data]);
      await token.write.behave([TokenManner.callingBack]);
      const each = { ...terms, salt: BigInt(data.length) };
      await requester.write.post([each, spec]);
      expect(await token.read.calledBack()).toBe(false);
      expect(await token.read.answer()).toBe(REENTRANT);
      expect((await read.job([hashTerms(each)]))[1]).toBe(10);
    }
    expect((await read.job([hashTerms(own)]))[0]).toBe(0);
    expect(await token.balanceOf(address)).toBe(2n * escrowOf(terms));
  });

  it("a token that calls back while it is paid out pays once", async () => {
    const { requester, address, read } = market;
    const token = await deployToken(market, "HostileToken");
    const terms = termsOf(requester.address, { token: token.address });
    await token.fund(escrowOf(terms));
    await requester.write.post([terms, spec]);
    await requester.write.cancel([terms]);
    await token.write.callBack([
      address,
      encodeFunctionData({
        abi: marketplaceAbi,
        functionName: "withdraw",
        args: [token.address, token.address],
      }),
    ]);
    await token.write.behave([TokenManner.callingBack]);
    await requester.write.withdraw([token.address, requester.address]);
    expect(await token.read.answer()).toBe(REENTRANT);
    expect(await token.balanceOf(requester.address)).toBe(escrowOf(terms));
    expect(await read.credit([requester.address, token.address])).toBe(0n);
  });
});

it("reentrancy (arbiter): an arbiter that calls back while a dispute is opened moves nothing", async () => {
  const { network, requester, worker, rival, stranger, client, read } = market;
  const { address: arbiter } = await network.viem.deployContract("CallingArbiter");
  const terms = termsOf(requester.address, { arbiter, stakePerBatch: 10n ** 16n });
  const job = hashTerms(terms);
  const results = resultsOf(terms, 0);
  await requester.write.post([terms, spec], { value: escrowOf(terms) });
  await worker.write.deposit({ value: ETHER });
  await worker.write.claim([terms, 0]);
  await worker.write.submit([job, 0, results.root, cid("r", "dag-cbor")]);

  const { leaf, proof } = results.open(1);
  const bond = (terms.stakePerBatch * BigInt(parameters.challengeBondBps)) / 10_000n;
  const question: Question = {
    job,
    batch: 0,
    position: 1,
    ground: Ground.wrongResult,
    resultRoot: results.root,
    answer: answerTo(1),
    salt,
  };
  const args = [terms, question, leaf, proof] as const;
  const calls: [Hex, Hex][] = [
    [encodeFunctionData({ abi: marketplaceAbi, functionName: "challenge", args }), REENTRANT],
    [
      encodeFunctionData({
        abi: marketplaceAbi,
        functionName: "withdraw",
        args: [zeroAddress, arbiter],
      }),
      REENTRANT,
    ],
    [
      encodeFunctionData({ abi: marketplaceAbi, functionName: "settle", args: [terms, [0]] }),
      toFunctionSelector("Marketplace_WrongStatus(bytes32,uint32,uint8,uint8)"),
    ],
    [
      encodeFunctionData({ abi: marketplaceAbi, functionName: "forfeit", args: [terms, 0, 0, 1] }),
      toFunctionSelector("Marketplace_NotAsked(bytes32,uint32,uint32,uint32)"),
    ],
    [
      // It acts for itself, never for whoever asks.
      encodeFunctionData({
        abi: marketplaceAbi,
        functionName: "callFor",
        args: [
          rival.address,
          encodeFunctionData({
            abi: marketplaceAbi,
            functionName: "withdraw",
            args: [zeroAddress, arbiter],
          }),
        ],
      }),
      toFunctionSelector("Marketplace_NoRight(address,address,uint256)"),
    ],
  ];
  const abi = parseAbi([
    "function callBack(bytes[] payloads)",
    "function answers(uint256 index) view returns (bytes4)",
  ]);
  const wallet = await network.viem.getWalletClient(stranger.address);
  await wallet.writeContract({
    address: arbiter,
    abi,
    functionName: "callBack",
    args: [calls.map(([data]) => data)],
  });
  await rival.write.prepare([commitmentOf(rival.address, question)], { value: bond });
  await rival.write.challenge(args, { value: 1n });

  for (const [index, [, expected]] of calls.entries()) {
    const answer = await client.readContract({
      address: arbiter,
      abi,
      functionName: "answers",
      args: [BigInt(index)],
    });
    expect(answer).toBe(expected);
  }
  expect((await read.account([worker.address])).locked).toBe(terms.stakePerBatch);
  expect(await market.balance()).toBe(escrowOf(terms) + ETHER + bond);
});

it("push-payment griefing: a recipient that refuses its money holds up nobody but itself", async () => {
  const { network, requester, worker, read } = market;
  // The Marketplace itself refuses plain transfers; so does any contract without a receive function.
  const { address: deaf } = await network.viem.deployContract("CodecHarness");
  const terms = termsOf(requester.address, { batchSize: 10 });
  await requester.write.post([terms, spec], { value: escrowOf(terms) });
  await worker.write.deposit({ value: ETHER });
  await settle(terms);
  await expectRevert(worker.write.withdraw([zeroAddress, deaf]), "FailedCall");
  expect(await read.credit([worker.address, zeroAddress])).toBe(escrowOf(terms));
  await worker.write.withdraw([zeroAddress, worker.address]);
});

it("hostile tokens: a token that rebases downwards robs those who use it, and nobody else", async () => {
  const { requester, worker, rival, read, address } = market;
  await worker.write.deposit({ value: ETHER });
  const shrinking = await deployToken(market, "HostileToken");
  const honest = await deployToken(market, "PlainToken");
  const paidIn = (token: `0x${string}`) =>
    termsOf(requester.address, { token, batchSize: 10, claimUntil: GENESIS + 100 * DAY });
  for (const token of [shrinking, honest]) {
    await token.fund(escrowOf(paidIn(token.address)));
    await requester.write.post([paidIn(token.address), spec]);
  }
  await settle(paidIn(shrinking.address));
  await shrinking.write.rebase([5n]);

  await expect(worker.write.withdraw([shrinking.address, worker.address])).rejects.toThrow();
  expect(await read.credit([worker.address, shrinking.address])).toBe(
    escrowOf(paidIn(shrinking.address)),
  );
  await requester.write.cancel([paidIn(honest.address)]);
  await requester.write.withdraw([honest.address, rival.address]);
  expect(await honest.balanceOf(rival.address)).toBe(escrowOf(paidIn(honest.address)));
  expect(await honest.balanceOf(address)).toBe(0n);
  // Somebody makes good what is missing, and the credit is worth its face again.
  await shrinking.write.rebase([10n]);
  await worker.write.withdraw([shrinking.address, worker.address]);
});

it("dust and zero amounts: nothing is free, nothing rounds in the caller's favour", async () => {
  const dusty = await startMarket({ minStakePerBatch: 1n });
  const { requester, worker, stranger, read } = dusty;
  const terms = termsOf(requester.address, {
    rewardPerTask: 1n,
    stakePerBatch: 1n,
    arbiter: stranger.address,
  });
  const job = hashTerms(terms);
  await requester.write.post([terms, spec], { value: 10n });
  await worker.write.deposit({ value: 1n });
  await worker.write.claim([terms, 0]);
  // The penalty of a stake of one wei rounds down to nothing: the books still balance.
  await dusty.at(GENESIS + 5 * DAY);
  await stranger.write.expire([terms, 0]);
  expect(await read.account([worker.address])).toMatchObject({ stake: 1n, locked: 0n });
  expect(await read.credit([stranger.address, zeroAddress])).toBe(0n);
  await expectRevert(
    stranger.write.withdraw([zeroAddress, stranger.address]),
    "Marketplace_NoCredit",
    [stranger.address, zeroAddress],
  );
  for (const call of [
    worker.write.deposit({ value: 0n }),
    worker.write.unbond([0n]),
    worker.write.rebond([0n]),
  ]) {
    await expectRevert(call, "Marketplace_ZeroAmount");
  }
  await requester.write.cancel([terms]);
  expect(await read.credit([requester.address, zeroAddress])).toBe(10n);
  expect((await read.job([job]))[1]).toBe(0);
});

it("tx.origin traps: a contract that a user calls can do nothing in the user's name", async () => {
  const { network, requester, worker, client } = market;
  const { address } = await network.viem.deployContract("Relay");
  const relay = getAddress(address);
  const terms = termsOf(requester.address);
  await requester.write.post([terms, spec], { value: escrowOf(terms) });
  await worker.write.deposit({ value: ETHER });
  await worker.write.claim([terms, 0]);
  const through = async (who: `0x${string}`, data: Hex) => {
    const wallet = await network.viem.getWalletClient(who);
    return wallet.writeContract({
      address: relay,
      abi: parseAbi(["function relay(address target, bytes data) payable"]),
      functionName: "relay",
      args: [market.address, data],
    });
  };
  const encode = { abi: marketplaceAbi } as const;
  const root = keccak256("0x12");
  const job = hashTerms(terms);
  await expectRevert(
    through(
      requester.address,
      encodeFunctionData({ ...encode, functionName: "cancel", args: [terms] }),
    ),
    "Marketplace_NotRequester",
    [job, relay, requester.address],
  );
  for (const data of [
    encodeFunctionData({
      ...encode,
      functionName: "submit",
      args: [job, 0, root, cid("r", "dag-cbor")],
    }),
    encodeFunctionData({ ...encode, functionName: "release", args: [terms, 0] }),
    encodeFunctionData({ ...encode, functionName: "unbond", args: [1n] }),
    encodeFunctionData({ ...encode, functionName: "withdraw", args: [zeroAddress, relay] }),
  ]) {
    await expect(through(worker.address, data)).rejects.toThrow();
  }
  expect(await client.getBalance({ address: market.address })).toBe(escrowOf(terms) + ETHER);
});

it("unbounded loops: a job of four thousand million tasks costs no more than one of ten", async () => {
  const { requester, network } = market;
  await network.networkHelpers.setBalance(requester.address, 2n ** 100n);
  const gas = async (taskCount: number) => {
    const terms = termsOf(requester.address, { taskCount, batchSize: 1, rewardPerTask: 1n });
    const value = BigInt(taskCount);
    const posted = await market.receipt(requester.write.post([terms, spec], { value }));
    const cancelled = await market.receipt(requester.write.cancel([terms]));
    return posted.gasUsed + cancelled.gasUsed;
  };
  await gas(1);
  const small = await gas(10);
  const large = await gas(2 ** 32 - 1);
  // More calldata bytes that are not zero, and no more.
  expect(large - small).toBeLessThan(1000n);
});
