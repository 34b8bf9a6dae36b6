import { type Hex, keccak256, zeroHash } from "viem";
import { describe, expect, it } from "vitest";
import {
  type Actor,
  type Court,
  commitmentOf,
  expectRevert,
  parameters,
  Ruling,
  Stage,
  saltOf,
  verdicts,
} from "./court.ts";
import { courtOf, type Trio } from "./courtOf.ts";

const { appealSeconds } = parameters;
const { none, workerRight, workerWrong, challengeFailed } = Ruling;

let court: Court;
const { standing, panel, ruling, drawn } = courtOf(12, (started) => {
  court = started;
});

describe("commit", () => {
  it("is for jurors of the panel, once, with something, in time", async () => {
    const { id, jurors } = await drawn();
    const [a, b] = jurors;
    const { commitEndsAt } = await panel(id);
    const outsider = court.jurors.find((juror) => !jurors.includes(juror)) as Actor;
    const commitment = keccak256("0x01");
    const commit = (juror: Actor, index: number, hash: Hex = commitment) =>
      juror.write.commit([id, index, hash]);

    for (const each of [outsider, court.stranger]) {
      await expectRevert(commit(each, 0), "JuryArbiter_NotDrawn", [id, 0, each.address]);
    }
    for (const index of [1, 2, 3, 255]) {
      await expectRevert(commit(a, index), "JuryArbiter_NotCommitting", [id, index, 0]);
    }
    await expectRevert(commit(a, 0, zeroHash), "JuryArbiter_ZeroCommitment", undefined);
    await commit(a, 0);
    await expectRevert(commit(a, 0), "JuryArbiter_AlreadyCommitted", [id, 0, a.address]);
    await court.at(commitEndsAt);
    await expectRevert(commit(b, 0), "JuryArbiter_NotCommitting", [id, 0, commitEndsAt]);
  });

  it("works to the last second", async () => {
    const { id, jurors } = await drawn();
    const { commitEndsAt } = await panel(id);
    await court.at(commitEndsAt - 1);
    await court.commit(id, 0, jurors[0], workerRight);
    expect((await panel(id)).committed).toEqual([true, false, false]);
  });

  it("comes with the draw for whoever is first, and without it for the next", async () => {
    const opened = await court.open();
    const { id, dispute } = opened;
    await court.fulfil(id);
    const { result } = await court.client.simulateContract({
      address: court.address,
      abi: (await import("../../../sdk/src/generated/juryArbiterAbi.ts")).juryArbiterAbi,
      functionName: "draw",
      args: [dispute, "0x"],
    });
    const jurors = await Promise.all(
      result.map(async (number) => court.actor(await court.read.jurorAt([number]))),
    );
    const [a, b] = jurors as Trio;
    const call = (juror: Actor, index: number) =>
      juror.write.drawAndCommit([
        dispute,
        "0x",
        index,
        court.commitmentOf(workerRight, juror.address, id, index),
      ]);
    await expectRevert(call(a, 1), "JuryArbiter_WrongPanel", [id, 1, 0]);
    const outsider = court.jurors.find((juror) => !jurors.includes(juror)) as Actor;
    await expectRevert(call(outsider, 0), "JuryArbiter_NotDrawn", [id, 0, outsider.address]);
    const first = await court.receipt(call(a, 0));
    expect(first.events.map(({ eventName }) => eventName)).toEqual([
      "JuryDrawn",
      "VerdictCommitted",
    ]);
    const second = await court.receipt(call(b, 0));
    expect(second.events.map(({ eventName }) => eventName)).toEqual(["VerdictCommitted"]);
    expect((await panel(id)).committed).toEqual([true, true, false]);
  });
});

describe("reveal", () => {
  it("opens exactly what was committed to, once, in its window", async () => {
    const { id, jurors } = await drawn();
    const [a, b, c] = jurors;
    await court.commit(id, 0, a, workerRight);
    await court.commit(id, 0, b, workerRight);
    const { commitEndsAt, revealEndsAt } = await panel(id);
    const window = [id, 0, commitEndsAt, revealEndsAt];
    const reveal = (juror: Actor, verdict: Ruling, salt = saltOf(juror.address, id)) =>
      juror.write.reveal([id, 0, verdict, salt]);
    const hash = (juror: Actor, verdict: Ruling, salt = saltOf(juror.address, id)) =>
      court.commitmentOf(verdict, juror.address, id, 0, salt);

    await court.at(commitEndsAt - 1);
    await expectRevert(reveal(a, workerRight), "JuryArbiter_NotRevealing", window);
    await court.passTo(commitEndsAt);
    for (const verdict of [none, challengeFailed]) {
      await expectRevert(reveal(a, verdict), "JuryArbiter_NoVerdict", undefined);
    }
    await expectRevert(reveal(court.stranger, workerRight), "JuryArbiter_NotDrawn", [
      id,
      0,
      court.stranger.address,
    ]);
    await expectRevert(reveal(a, workerWrong), "JuryArbiter_CommitmentMismatch", [
      hash(a, workerRight),
      hash(a, workerWrong),
    ]);
    await expectRevert(reveal(a, workerRight, zeroHash), "JuryArbiter_CommitmentMismatch", [
      hash(a, workerRight),
      hash(a, workerRight, zeroHash),
    ]);
    await expectRevert(reveal(c, workerRight), "JuryArbiter_CommitmentMismatch", [
      zeroHash,
      hash(c, workerRight),
    ]);
    await reveal(a, workerRight);
    await expectRevert(reveal(a, workerRight), "JuryArbiter_CommitmentMismatch", [
      zeroHash,
      hash(a, workerRight),
    ]);
    await court.at(revealEndsAt);
    await expectRevert(reveal(b, workerRight), "JuryArbiter_NotRevealing", window);
  });

  it("works to the last second, and closes the panel when nobody is left to reveal", async () => {
    const { id, jurors } = await drawn();
    const [a, b] = jurors;
    await court.commit(id, 0, a, workerRight);
    await court.commit(id, 0, b, workerRight);
    const { commitEndsAt, revealEndsAt } = await panel(id);
    await court.passTo(commitEndsAt);
    await court.reveal(id, 0, b, workerRight);
    expect((await standing(id)).stage).toBe(Stage.revealing);
    await court.at(revealEndsAt - 1);
    await court.reveal(id, 0, a, workerRight);
    expect(await standing(id)).toMatchObject({
      stage: Stage.appealable,
      endsAt: revealEndsAt - 1 + appealSeconds,
      ruling: workerRight,
      decided: true,
    });
  });

  it("a commitment is what the contract says it is, and binds jury and chain", async () => {
    const { id, jurors } = await drawn();
    const { address } = jurors[0];
    const salt = keccak256("0x05");
    for (const verdict of verdicts) {
      expect(await court.read.commitmentOf([verdict, salt, address, id, 2])).toBe(
        court.commitmentOf(verdict, address, id, 2, salt),
      );
    }
    const elsewhere = [
      commitmentOf(workerRight, salt, address, id, 2, court.marketplace),
      commitmentOf(workerRight, salt, address, id, 2, court.address, 1n),
    ];
    for (const each of elsewhere) {
      expect(each).not.toBe(court.commitmentOf(workerRight, address, id, 2, salt));
    }
  });

  it("takes every verdict that there is", async () => {
    for (const verdict of verdicts) {
      const { id, jurors } = await drawn();
      await court.vote(id, 0, jurors, [verdict, verdict, verdict]);
      expect((await panel(id)).verdicts).toEqual([verdict, verdict, verdict]);
      await court.passAppeal(id);
      expect(await ruling(id)).toBe(verdict);
    }
  });
});
