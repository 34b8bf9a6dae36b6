import { decodeAbiParameters, type Hex, zeroAddress, zeroHash } from "viem";
import { beforeEach, describe, expect, it } from "vitest";
import { marketplaceAbi } from "../../sdk/src/generated/marketplaceAbi.ts";
import { answerTo, type Court, FEE, idOf, manifest, SUBMITTED_AT, startCourt } from "./dispute.ts";
import {
  type Actor,
  BatchStatus,
  cid,
  commitmentOf,
  DAY,
  ETHER,
  expectRevert,
  Ground,
  hashTerms,
  JobStatus,
  spec,
} from "./market.ts";
import { resultsOf } from "./results.ts";
import { ALL_RIGHTS, encode, Right } from "./seam.ts";
import { deployToken, signPermit } from "./tokens.ts";

let court: Court;
let operator: Actor;
beforeEach(async () => {
  court = await startCourt();
  operator = court.stranger;
});

describe("setRights", () => {
  it("keeps for each account and operator what is allowed, and tells of it", async () => {
    const { rival, worker, read } = court;
    const { events } = await court.receipt(
      rival.write.setRights([operator.address, Right.work | Right.payout]),
    );
    expect(events).toEqual([
      {
        eventName: "RightsSet",
        args: { account: rival.address, operator: operator.address, rights: 18n },
      },
    ]);
    expect(await read.rightsOf([rival.address, operator.address])).toBe(18n);
    expect(await read.rightsOf([operator.address, rival.address])).toBe(0n);
    expect(await read.rightsOf([worker.address, operator.address])).toBe(0n);
    // It says what is allowed from now on, not what is allowed too.
    await rival.write.setRights([operator.address, Right.stake]);
    expect(await read.rightsOf([rival.address, operator.address])).toBe(Right.stake);
  });

  it("knows no right beyond those that there are", async () => {
    const { rival, read } = court;
    const { events } = await court.receipt(
      rival.write.setRights([operator.address, 2n ** 256n - 1n]),
    );
    expect(events[0]?.args).toMatchObject({ rights: ALL_RIGHTS });
    expect(await read.rightsOf([rival.address, operator.address])).toBe(ALL_RIGHTS);
  });
});

/** Refused with every other right, done with this one alone, refused when that is taken back. */
async function onlyWith(right: bigint, account: Actor, data: Hex, value = 0n) {
  const call = () => operator.write.callFor([account.address, data], { value });
  const refused = [account.address, operator.address, right];
  await account.write.setRights([operator.address, ALL_RIGHTS & ~right]);
  await expectRevert(call(), "Marketplace_NoRight", refused);
  await account.write.setRights([operator.address, right]);
  const receipt = await court.receipt(call());
  await account.write.setRights([operator.address, 0n]);
  await expectRevert(call(), "Marketplace_NoRight", refused);
  return receipt.events;
}

describe("an operator", () => {
  it("with the right to request posts and cancels: with the value sent, the requester's tokens or its credit", async () => {
    const { requester, read, terms } = court;
    const allowed = (data: Hex, value?: bigint) => onlyWith(Right.request, requester, data, value);
    const escrow = terms.rewardPerTask * 10n;
    const native = { ...terms, salt: 1n };
    const [posted] = await allowed(encode("post", [native, spec]), escrow);
    expect(posted?.args).toMatchObject({ job: hashTerms(native), requester: requester.address });
    const [cancelled] = await allowed(encode("cancel", [native]));
    expect(cancelled?.args).toEqual({ job: hashTerms(native), refund: escrow });
    expect(await read.credit([requester.address, zeroAddress])).toBe(escrow);

    const again = { ...terms, salt: 2n };
    await allowed(encode("postFromCredit", [again, spec]));
    expect(await read.credit([requester.address, zeroAddress])).toBe(0n);
    expect(await read.job([hashTerms(again)])).toEqual([JobStatus.posted, 10]);

    const token = await deployToken(court, "PlainToken");
    await token.write.mint([requester.address, escrow]);
    const paid = { ...terms, token: token.address };
    const permit = await signPermit(court, token, escrow, BigInt(SUBMITTED_AT + DAY));
    await allowed(encode("postWithPermit", [paid, spec, permit]));
    expect(await token.balanceOf(requester.address)).toBe(0n);
    expect(await read.job([hashTerms(paid)])).toEqual([JobStatus.posted, 10]);
  });

  it("with the right to request makes credit of approved tokens, and gives credit away", async () => {
    const { requester, rival, read } = court;
    const token = await deployToken(court, "PlainToken");
    await token.fund(7n);
    const allowed = (data: Hex) => onlyWith(Right.request, requester, data);
    await allowed(encode("addCredit", [requester.address, token.address, 7n]));
    expect(await read.credit([requester.address, token.address])).toBe(7n);
    const [given] = await allowed(encode("giveCredit", [rival.address, token.address, 5n]));
    expect(given?.args).toEqual({
      ...{ from: requester.address, token: token.address, to: rival.address, amount: 5n },
    });
    expect(await read.credit([requester.address, token.address])).toBe(2n);
    expect(await read.credit([rival.address, token.address])).toBe(5n);
    await expectRevert(
      requester.write.giveCredit([rival.address, token.address, 3n]),
      "Marketplace_InsufficientCredit",
      [requester.address, token.address, 2n, 3n],
    );
    await expectRevert(
      requester.write.giveCredit([zeroAddress, token.address, 1n]),
      "Marketplace_ZeroRecipient",
    );
  });

  it("with the right to work claims, submits and gives back, with the account's stake", async () => {
    const { worker, terms, job, read } = court;
    const allowed = (data: Hex) => onlyWith(Right.work, worker, data);
    const { root } = resultsOf(terms, 1);
    const [claimed] = await allowed(encode("claim", [terms, 1]));
    expect(claimed?.args).toMatchObject({ batch: 1, worker: worker.address });
    expect((await read.account([worker.address])).locked).toBe(2n * terms.stakePerBatch);
    const [submitted] = await allowed(encode("submit", [job, 1, root, manifest]));
    expect(submitted?.args).toMatchObject({ batch: 1, worker: worker.address, resultRoot: root });
    await worker.write.claim([terms, 2]);
    const [released] = await allowed(encode("release", [terms, 2]));
    expect(released?.args).toMatchObject({ batch: 2, worker: worker.address });
    expect((await read.account([operator.address])).locked).toBe(0n);
  });

  it("with the right to question prepares, asks and reclaims, with the value sent", async () => {
    const { rival, requester, terms, bond, demandBond, results, read, creditOf } = court;
    const allowed = (data: Hex, value?: bigint) => onlyWith(Right.question, rival, data, value);
    const question = court.question();
    const [prepared] = await allowed(
      encode("prepare", [commitmentOf(rival.address, question)]),
      bond + 1n,
    );
    expect(prepared?.args).toMatchObject({ asker: rival.address, amount: bond + 1n });
    const { leaf, proof } = results.open(1);
    const [challenged] = await allowed(encode("challenge", [terms, question, leaf, proof]), FEE);
    expect(challenged?.args).toMatchObject({ dispute: { challenger: rival.address, bond } });
    expect(await creditOf(rival.address)).toBe(1n);

    const demanded = court.question({ ground: Ground.none });
    await court.prepare(rival, demanded);
    const [asked] = await allowed(encode("demand", [terms, demanded]));
    expect(asked?.args).toMatchObject({ asker: rival.address, bond: demandBond });
    const spared = bond - demandBond;

    const late = court.question({ position: 2, salt: answerTo(2) });
    const commitment = await court.prepare(rival, late, bond);
    await court.challenge({ position: 2, by: requester });
    const [reclaimed] = await allowed(encode("reclaim", [late, 0, 2]));
    expect(reclaimed?.args).toEqual({ asker: rival.address, commitment, amount: bond });
    expect(await creditOf(rival.address)).toBe(bond + spared + 1n);
    expect(await read.credit([operator.address, zeroAddress])).toBe(0n);
  });

  it("with the right to the stake adds to it, unbonds and rebonds, and cannot take it out", async () => {
    const { rival, read } = court;
    const allowed = (data: Hex, value?: bigint) => onlyWith(Right.stake, rival, data, value);
    const [deposited] = await allowed(encode("deposit", []), ETHER);
    expect(deposited?.args).toEqual({ account: rival.address, amount: ETHER });
    await allowed(encode("unbond", [7n]));
    await allowed(encode("rebond", [3n]));
    expect(await read.account([rival.address])).toMatchObject({
      stake: ETHER - 4n,
      unbonding: 4n,
    });
    expect((await read.account([operator.address])).stake).toBe(0n);
  });

  it("with the right to payouts sends stake and credit to wherever it says", async () => {
    const { rival, requester, arbiter, terms, client, creditOf } = court;
    const allowed = (data: Hex) => onlyWith(Right.payout, rival, data);
    const to = "0x00000000000000000000000000000000000A11cE";
    const dispute = await court.challenge();
    await arbiter.rule(idOf(dispute), 3);
    await requester.write.resolve([terms, dispute]);
    const credit = await creditOf(rival.address);
    await rival.write.deposit({ value: 5n });
    await rival.write.unbond([5n]);
    await court.at(SUBMITTED_AT + 3 * DAY);
    const [withdrawn] = await allowed(encode("withdraw", [zeroAddress, to]));
    expect(withdrawn?.args).toEqual({
      account: rival.address,
      token: zeroAddress,
      to,
      amount: credit,
    });
    const [paid] = await allowed(encode("withdrawStake", [to]));
    expect(paid?.args).toEqual({ account: rival.address, to, amount: 5n });
    expect(await client.getBalance({ address: to })).toBe(credit + 5n);
  });

  it("has no right for what an account does itself alone, or what is for nobody", async () => {
    const { rival, terms, job, results, bond } = court;
    const { leaf, proof } = results.open(1);
    await rival.write.setRights([operator.address, ALL_RIGHTS]);
    const dispute = await court.challenge();
    const inner = encode("deposit", []);
    const call = { account: rival.address, data: inner, value: 0n, nonce: 0n, deadline: 0n };
    for (const data of [
      encode("setRights", [operator.address, ALL_RIGHTS]),
      encode("useNonces", [0n, 1n]),
      encode("callFor", [rival.address, inner]),
      encode("callSigned", [call, "0x"]),
      encode("settle", [terms, [0]]),
      encode("expire", [terms, 0]),
      encode("resolve", [terms, dispute]),
      encode("reveal", [terms, 0, 1, leaf, proof]),
      encode("forfeit", [terms, 0, 0, 1]),
      encode("job", [job]),
      encode("parameters", []),
      "0x",
      "0xd0",
      "0x00000000",
    ] as Hex[]) {
      await expectRevert(
        operator.write.callFor([rival.address, data], { value: bond }),
        "Marketplace_NoRight",
        [rival.address, operator.address, 0n],
      );
    }
  });

  it("needs a right for itself too: the plain call is there for that", async () => {
    await expectRevert(
      operator.write.callFor([operator.address, encode("deposit", [])], { value: 1n }),
      "Marketplace_NoRight",
      [operator.address, operator.address, Right.stake],
    );
  });
});

describe("callFor", () => {
  it("returns what the call does, and reverts with the call's own error", async () => {
    const { requester, rival, worker, terms, client, address } = court;
    const posted = { ...terms, salt: 5n };
    await requester.write.setRights([operator.address, Right.request]);
    const { result } = await client.simulateContract({
      abi: marketplaceAbi,
      address,
      functionName: "callFor",
      args: [requester.address, encode("post", [posted, spec])],
      account: operator.address,
      value: terms.rewardPerTask * 10n,
    });
    expect(decodeAbiParameters([{ type: "bytes32" }], result)).toEqual([hashTerms(posted)]);

    await worker.write.setRights([operator.address, Right.stake | Right.work]);
    const free = ETHER - terms.stakePerBatch;
    await expectRevert(
      operator.write.callFor([worker.address, encode("unbond", [ETHER])]),
      "Marketplace_InsufficientStake",
      [worker.address, free, ETHER],
    );
    // The operator acts for the worker, and so cannot touch what is the rival's.
    await rival.write.deposit({ value: ETHER });
    await rival.write.claim([terms, 1]);
    await expectRevert(
      operator.write.callFor([
        worker.address,
        encode("submit", [hashTerms(terms), 1, answerTo(1), cid("results", "dag-cbor")]),
      ]),
      "Marketplace_NotClaimer",
      [hashTerms(terms), 1, worker.address, rival.address],
    );
  });

  it("hands on the value, all of it, to a call that takes one", async () => {
    const { rival, read } = court;
    await rival.write.setRights([operator.address, ALL_RIGHTS]);
    const before = await court.balance();
    await operator.write.callFor([rival.address, encode("deposit", [])], { value: 77n });
    expect((await read.account([rival.address])).stake).toBe(77n);
    expect(await court.balance()).toBe(before + 77n);
    await expectRevert(
      operator.write.callFor([rival.address, encode("unbond", [1n])], { value: 1n }),
      "FailedCall",
    );
    expect(await court.balance()).toBe(before + 77n);
  });

  it("leaves the operator itself again after it, and the books of both apart", async () => {
    const { rival, job, terms, read } = court;
    await rival.write.setRights([operator.address, ALL_RIGHTS]);
    await operator.write.callFor([rival.address, encode("deposit", [])], { value: ETHER });
    await operator.write.deposit({ value: 1n });
    expect((await read.account([operator.address])).stake).toBe(1n);
    await operator.write.callFor([rival.address, encode("claim", [terms, 1])]);
    await expectRevert(
      operator.write.submit([job, 1, answerTo(1), manifest]),
      "Marketplace_NotClaimer",
      [job, 1, operator.address, rival.address],
    );
    expect((await read.batches([job, 1, 1]))[0]).toMatchObject({
      worker: rival.address,
      status: BatchStatus.claimed,
      resultRoot: zeroHash,
    });
  });
});
