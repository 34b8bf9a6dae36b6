import {
  type Address,
  encodeFunctionData,
  getAddress,
  type Hex,
  keccak256,
  numberToHex,
  parseAbi,
  zeroHash,
} from "viem";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { juryArbiterAbi } from "../../../sdk/src/generated/juryArbiterAbi.ts";
import {
  type Actor,
  type Court,
  commitmentOf,
  DAY,
  expectRevert,
  GENESIS,
  harnessAbi,
  minoritySlash,
  noShowSlash,
  type OpenDispute,
  parameters,
  Ruling,
  Stage,
  saltOf,
  startCourt,
} from "./court.ts";

// One test an attack, named after it.

const { ticketWei, seatFeeWei, unbondingSeconds, epochSeconds } = parameters;
const { workerRight, workerWrong } = Ruling;

let court: Court;

beforeAll(async () => {
  court = await startCourt();
});

beforeEach(() => court.reset());

type Trio = [Actor, Actor, Actor];

async function drawn(): Promise<OpenDispute & { jurors: Trio }> {
  const opened = await court.open();
  return { ...opened, jurors: (await court.draw(opened)) as Trio };
}

it("copied commitment: can be made, but not revealed", async () => {
  await court.enrol(3);
  const { id, dispute, jurors } = await drawn();
  const [honest, copier, third] = jurors;
  const salt = saltOf(honest.address, id);
  const commitment = court.commitmentOf(workerWrong, honest.address, id, 0);
  for (const juror of [honest, copier]) {
    await juror.write.commit([id, 0, commitment]);
  }
  await court.commit(id, 0, third, workerWrong);
  await court.reveal(id, 0, honest, workerWrong);
  await court.reveal(id, 0, third, workerWrong);
  await expectRevert(
    copier.write.reveal([id, 0, workerWrong, salt]),
    "JuryArbiter_CommitmentMismatch",
    [commitment, court.commitmentOf(workerWrong, copier.address, id, 0, salt)],
  );
  const { endsAt } = await court.read.standing([id]);
  await court.passTo(endsAt);
  await court.passAppeal(id);
  await court.stranger.write.settle([dispute]);
  expect((await court.read.juror([copier.address])).stake).toBe(ticketWei - noShowSlash());
});

it("replayed commitment: opens in no other dispute, on no other panel, before no other jury, on no other chain", async () => {
  await court.enrol(3);
  const one = await drawn();
  const two = await drawn();
  const [juror] = one.jurors;
  const salt = keccak256("0x07");
  const commitment = court.commitmentOf(workerRight, juror.address, one.id, 0, salt);
  for (const each of two.jurors) {
    await each.write.commit([two.id, 0, commitment]);
  }
  await expectRevert(
    juror.write.reveal([two.id, 0, workerRight, salt]),
    "JuryArbiter_CommitmentMismatch",
    [commitment, court.commitmentOf(workerRight, juror.address, two.id, 0, salt)],
  );
  const panels = [0, 1, 2, 3].map((panel) =>
    court.commitmentOf(workerRight, juror.address, one.id, panel, salt),
  );
  const elsewhere = [
    commitmentOf(workerRight, salt, juror.address, one.id, 0, court.marketplace),
    commitmentOf(workerRight, salt, juror.address, one.id, 0, court.address, 10n),
  ];
  expect(new Set([...panels, ...elsewhere]).size).toBe(6);
});

it("looking at others' votes first: nobody can reveal while somebody can still commit", async () => {
  await court.enrol(3);
  const { id, jurors } = await drawn();
  const [a, b, c] = jurors;
  await court.commit(id, 0, a, workerWrong);
  await court.commit(id, 0, b, workerWrong);
  const { commitEndsAt, revealEndsAt } = await court.read.panel([id, 0]);
  await expectRevert(court.reveal(id, 0, a, workerWrong), "JuryArbiter_NotRevealing", [
    id,
    0,
    commitEndsAt,
    revealEndsAt,
  ]);
  await court.passTo(commitEndsAt);
  await court.reveal(id, 0, a, workerWrong);
  await expectRevert(court.commit(id, 0, c, workerWrong), "JuryArbiter_NotCommitting", [
    id,
    0,
    commitEndsAt,
  ]);
});

it("never reveal: costs who does it, and stops nobody", async () => {
  await court.enrol(3);
  const { id, dispute, jurors } = await drawn();
  const [a, b, silent] = jurors;
  for (const juror of jurors) await court.commit(id, 0, juror, workerWrong);
  await court.reveal(id, 0, a, workerWrong);
  await court.reveal(id, 0, b, workerWrong);
  const { endsAt } = await court.read.standing([id]);
  await court.passTo(endsAt);
  await court.passAppeal(id);
  expect(await court.read.ruling([id])).toBe(workerWrong);
  await court.stranger.write.settle([dispute]);
  expect((await court.read.juror([silent.address])).stake).toBe(ticketWei - noShowSlash());
  const pot = 3n * seatFeeWei + noShowSlash();
  expect(await court.read.credit([a.address])).toBe(pot / 2n + (pot % 2n));
  expect(await court.read.credit([b.address])).toBe(pot / 2n);
});

it("withdraw before slash: stake that unbonded before the draw is still there to be slashed", async () => {
  await court.enrol(3);
  const opened = await court.open();
  for (const juror of court.jurors.slice(0, 3)) await juror.write.unbond([ticketWei]);
  const jurors = (await court.draw(opened)) as Trio;
  const { id, dispute } = opened;
  const [a, b, liar] = jurors;
  await court.vote(id, 0, jurors, [workerWrong, workerWrong, workerRight]);
  await court.passAppeal(id);
  await court.passTo((await court.now()) + unbondingSeconds);
  await expectRevert(liar.write.withdrawStake([liar.address]), "JuryArbiter_StakeLocked", [
    liar.address,
    ticketWei,
    ticketWei,
  ]);
  await court.stranger.write.settle([dispute]);
  await a.write.withdrawStake([a.address]);
  await b.write.withdrawStake([b.address]);
  expect((await court.read.juror([liar.address])).stake).toBe(ticketWei - minoritySlash());
});

it("withdrawn draw: who waits for a better jury pays with everybody else's silence, three times at most", async () => {
  await court.enrol(9);
  const { id, openedAt, dispute } = await court.open();
  const seeds = new Set<bigint>();
  let at = openedAt;
  for (let request = 1; request <= 3; ++request) {
    const standing = await court.read.standing([id]);
    seeds.add(standing.randomness);
    await court.fulfil(id);
    // As long as it has not lapsed, anybody at all can fix the jury, and nobody can change it.
    await expectRevert(court.stranger.write.advance([id]), "JuryArbiter_NothingToAdvance", [
      id,
      Stage.drawing,
    ]);
    at += epochSeconds;
    await court.at(at);
    await court.worker.write.advance([id]);
  }
  expect(seeds.size).toBe(3);
  expect(await court.read.standing([id])).toMatchObject({
    panel: 1,
    requests: 1,
  });
  await court.draw({ id, dispute, gasUsed: 0n, openedAt });
});

describe("hostile receivers", () => {
  const abi = parseAbi([
    "function act(uint256 value, bytes data)",
    "function answerWith(bytes answer)",
    "function refuse(bool refuses)",
    "function answered() view returns (bool)",
    "function succeeded() view returns (bool)",
  ]);

  /** Two of three jurors are such contracts; the third is an account. The dispute they sat on is settled. */
  async function settled() {
    const { viem, networkHelpers } = court.network;
    const [wallet] = await viem.getWalletClients();
    if (wallet === undefined) throw new Error("The chain has no account");
    const hostile: Address[] = [];
    for (let i = 0; i < 2; ++i) {
      const { address } = await viem.deployContract("HostileJuror", [court.address]);
      await networkHelpers.setBalance(address, 10n ** 18n);
      hostile.push(address);
    }
    const write = (address: Address, value: bigint, data: Hex) =>
      wallet.writeContract({ abi, address, functionName: "act", args: [value, data] });
    const encode = encodeFunctionData;
    for (const address of hostile) {
      await write(
        address,
        2n * ticketWei,
        encode({ abi: juryArbiterAbi, functionName: "deposit" }),
      );
    }
    await court.enrol(1);
    const [honest] = court.jurors as unknown as [Actor];
    const { id, dispute } = await court.open();
    await court.fulfil(id);
    await court.stranger.write.draw([dispute, "0x"]);
    const salt = zeroHash;
    for (const address of hostile) {
      const commitment = court.commitmentOf(workerWrong, address, id, 0, salt);
      const args = [id, 0, commitment] as const;
      await write(address, 0n, encode({ abi: juryArbiterAbi, functionName: "commit", args }));
    }
    await court.commit(id, 0, honest, workerWrong);
    for (const address of hostile) {
      const args = [id, 0, workerWrong, salt] as const;
      await write(address, 0n, encode({ abi: juryArbiterAbi, functionName: "reveal", args }));
    }
    await court.reveal(id, 0, honest, workerWrong);
    await court.passAppeal(id);
    await court.stranger.write.settle([dispute]);
    const [first, second] = hostile as [Address, Address];
    return { wallet, write, first, second, honest };
  }

  const call = (functionName: "withdraw" | "withdrawStake", to: Address): Hex =>
    encodeFunctionData({ abi: juryArbiterAbi, functionName, args: [to] });

  it("reentrancy: a withdrawal within a withdrawal gets nothing", async () => {
    const { wallet, write, first } = await settled();
    const { client } = court;
    const read = (functionName: "answered" | "succeeded") =>
      client.readContract({ abi, address: first, functionName });
    await write(
      first,
      0n,
      encodeFunctionData({ abi: juryArbiterAbi, functionName: "unbond", args: [ticketWei] }),
    );
    await court.passTo((await court.now()) + unbondingSeconds);
    for (const outer of ["withdraw", "withdrawStake"] as const) {
      for (const inner of ["withdraw", "withdrawStake"] as const) {
        const snapshot = await court.network.networkHelpers.takeSnapshot();
        await wallet.writeContract({
          abi,
          address: first,
          functionName: "answerWith",
          args: [call(inner, first)],
        });
        const before = await client.getBalance({ address: first });
        await write(first, 0n, call(outer, first));
        expect(await read("answered")).toBe(true);
        expect(await read("succeeded")).toBe(false);
        expect((await client.getBalance({ address: first })) - before).toBe(
          outer === "withdraw" ? seatFeeWei : ticketWei,
        );
        await snapshot.restore();
      }
    }
  });

  it("reentrancy: a deposit within a withdrawal is a deposit like any other", async () => {
    const { wallet, write, first } = await settled();
    await wallet.writeContract({
      abi,
      address: first,
      functionName: "answerWith",
      args: [
        encodeFunctionData({ abi: juryArbiterAbi, functionName: "unbond", args: [2n * ticketWei] }),
      ],
    });
    const before = await court.balance();
    await write(first, 0n, call("withdraw", first));
    expect(await court.balance()).toBe(before - seatFeeWei);
    expect(await court.read.juror([first])).toMatchObject({
      stake: 2n * ticketWei,
      unbonding: 2n * ticketWei,
    });
  });

  it("push-payment griefing: who refuses its money blocks only itself", async () => {
    const { wallet, write, second, honest } = await settled();
    await wallet.writeContract({
      abi,
      address: second,
      functionName: "refuse",
      args: [true],
    });
    await expect(write(second, 0n, call("withdraw", second))).rejects.toThrow();
    await honest.write.withdraw([honest.address]);
    // The money waits, and can go elsewhere.
    expect(await court.read.credit([second])).toBe(seatFeeWei);
    await write(second, 0n, call("withdraw", court.stranger.address));
    expect(await court.read.credit([second])).toBe(0n);
  });
});

it("flood: a marketplace's other disputes do not keep jurors off this one", async () => {
  await court.enrol(3);
  for (let i = 0; i < 6; ++i) await court.draw(await court.open());
  // Every juror has one ticket, and six seats. The next dispute finds them all the same.
  const { jurors } = await drawn();
  expect(new Set(jurors)).toEqual(new Set(court.jurors.slice(0, 3)));
  for (const juror of jurors) {
    expect((await court.read.juror([juror.address])).seats).toBe(7);
  }
});

it("foreign marketplace: cannot have anything decided here", async () => {
  await court.enrol(12);
  const { viem } = court.network;
  const { address: foreign } = await viem.deployContract("HarnessMarketplace");
  const dispute = await court.invent();
  await expectRevert(
    (await viem.getWalletClient(court.stranger.address)).writeContract({
      abi: harnessAbi,
      address: foreign,
      functionName: "open",
      args: [court.address, dispute],
      value: dispute.fee,
    }),
    "JuryArbiter_NotMarketplace",
    [getAddress(foreign), court.marketplace],
  );
  expect((await court.read.standing([await court.read.disputeId([dispute])])).stage).toBe(
    Stage.none,
  );
});

it("parties with most of the stake: neither sits, whatever it holds, and who is left decides", async () => {
  const most = 1_000_000;
  await court.enrol(5, (i) => (i < 3 ? most : 1));
  const [requester, worker, challenger] = court.jurors as unknown as Trio;
  const parties = [requester.address, worker.address, challenger.address] as const;
  expect(await court.read.totalTickets()).toBe(3n * BigInt(most) + 2n);
  expect(await court.read.eligibleTickets([...parties])).toBe(2n);
  expect(await court.read.canDecide([requester.address, worker.address])).toBe(true);
  for (let i = 0; i < 5; ++i) {
    const opened = await court.open({
      requester: parties[0],
      worker: parties[1],
      challenger: parties[2],
    });
    const jury = await court.draw(opened, keccak256(numberToHex(i)));
    expect(jury).toHaveLength(1);
    expect(court.jurors.slice(3, 5)).toContain(jury[0]);
  }
});

it("stale clock: a dispute that everybody forgot for ten years ends like any other", async () => {
  await court.enrol(20);
  const sleeping = await court.open();
  const waiting = await drawn();
  await court.passTo(GENESIS + 3650 * DAY);
  await court.stranger.write.advance([sleeping.id]);
  const jurors = await court.draw(sleeping);
  await court.vote(sleeping.id, 0, jurors, [workerWrong, workerWrong, workerWrong]);
  await court.passAppeal(sleeping.id);
  await court.stranger.write.settle([sleeping.dispute]);
  await court.stranger.write.advance([waiting.id]);
  const replaced = await court.draw(waiting);
  await court.vote(waiting.id, 1, replaced, [workerRight, workerRight, workerRight]);
  await court.passAppeal(waiting.id);
  expect(await court.read.ruling([waiting.id])).toBe(workerRight);
  await court.stranger.write.settle([waiting.dispute]);
});

it("forced coins: are in nobody's book, and in nobody's way", async () => {
  await court.enrol(3);
  const { id, dispute, jurors } = await drawn();
  const { networkHelpers } = court.network;
  await networkHelpers.setBalance(court.address, (await court.balance()) + 12_345n);
  await court.vote(id, 0, jurors, [workerWrong, workerWrong, workerWrong]);
  await court.passAppeal(id);
  await court.stranger.write.settle([dispute]);
  for (const juror of jurors) {
    await juror.write.withdraw([juror.address]);
    await juror.write.unbond([ticketWei]);
  }
  await court.passTo((await court.now()) + unbondingSeconds);
  for (const juror of jurors) await juror.write.withdrawStake([juror.address]);
  expect(await court.balance()).toBe(12_345n);
});
