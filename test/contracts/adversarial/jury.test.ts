/** Attacks on the jury and by means of it, each test named after its fault. `docs/jury.md` says what remains possible. */
import { readFile } from "node:fs/promises";
import { formatEther, type Hex, keccak256, numberToHex, zeroHash } from "viem";
import { beforeEach, describe, expect, it } from "vitest";
import { juryArbiterAbi } from "../../../sdk/src/generated/juryArbiterAbi.ts";
import { marketplaceAbi } from "../../../sdk/src/generated/marketplaceAbi.ts";
import {
  expectRevert,
  hashDispute,
  Ruling,
  Stage,
  commitmentOf as verdictCommitment,
} from "../jury/court.ts";
import { BatchStatus } from "../market.ts";
import {
  type Asked,
  Balances,
  type JuryMarket,
  openFromElsewhere,
  type Party,
  startJuryMarket,
  unavailable,
} from "./juryMarket.ts";

/** What comes of `JuryMarket.work` and the parameters of Base, in wei. */
const REWARD = 5n * 10n ** 16n;
const BOND = 5n * 10n ** 15n;
/** Of a slash. */
const BURNED = 5n * 10n ** 15n;
/** Of a first panel. */
const FEE = 6n * 10n ** 14n;

const { none, workerRight, workerWrong, undecided } = Ruling;

let trial: JuryMarket;
beforeEach(async () => {
  trial = await startJuryMarket();
});

const parties = (first: number, count: number): Party[] =>
  Array.from({ length: count }, (_, i) => trial.party(first + i));
const seedOf = (i: number): Hex => keccak256(numberToHex(i));
const each = (jurors: readonly Party[], tickets: number) =>
  jurors.map((juror) => [juror, tickets] as const);

/** Asserts that `docs/jury.md` names this very loss. */
async function isInDocs(gain = 0n): Promise<void> {
  const docs = await readFile(new URL("../../../docs/jury.md", import.meta.url), "utf8");
  expect(docs).toContain(`${formatEther(-gain)} ETH`);
}

describe("J-1: invented disputes", () => {
  it("are not opened, and those of a job of the attacker's own are heard and cost it", async () => {
    const honest = parties(10, 6);
    const [requester, worker, challenger, sleeper] = parties(1, 4) as [Party, Party, Party, Party];
    const attacker = [requester, worker, challenger, sleeper];
    // A tenth of the tickets is the attacker's.
    await trial.enrol([...each(honest, 9), [sleeper, 6]]);
    const balances = new Balances(trial, { attacker, honest });
    await balances.note();
    const supply = await trial.supply();

    const own = await trial.work(requester, worker);
    const invented = {
      job: own.job,
      specHash: own.terms.specHash,
      batch: 0,
      round: 0,
      number: 1,
      position: 1,
      ground: 1,
      requester: (honest[0] as Party).address,
      worker: (honest[1] as Party).address,
      challenger: challenger.address,
      resultRoot: own.results.root,
      resultLeaf: own.results.open(1).hash,
      answer: keccak256("0x01"),
      openedAt: await trial.now(),
      bond: 1n,
      fee: await trial.readJury.fee(),
    };
    for (let i = 0; i < 5; ++i) {
      const dispute = { ...invented, position: i };
      await expectRevert(
        challenger.jury.open([dispute], { value: dispute.fee }),
        "JuryArbiter_NotMarketplace",
        [challenger.address, trial.market],
      );
      await expect(openFromElsewhere(trial, challenger, dispute)).rejects.toThrow();
    }

    // What is left is a dispute over a batch of its own, that every node of this Marketplace hears of.
    let work = own;
    for (let i = 0; i < 5; ++i) {
      if (i > 0) work = await trial.work(requester, worker);
      const question = trial.question(work);
      await trial.prepare(challenger, question);
      const asked = await trial.challenge(challenger, work, question);
      const jurors = await trial.draw(asked, seedOf(i));
      await trial.vote(asked, jurors, (juror) => (juror === sleeper ? workerWrong : workerRight));
      expect(await trial.conclude(work, asked)).toBe(workerRight);
      await trial.settle(work);
    }
    const opened = await trial.client.getContractEvents({
      address: trial.jury,
      abi: juryArbiterAbi,
      eventName: "DisputeOpened",
      fromBlock: 0n,
    });
    const heard = await trial.client.getContractEvents({
      address: trial.market,
      abi: marketplaceAbi,
      eventName: "BatchChallenged",
      fromBlock: 0n,
    });
    expect(opened.map(({ args }) => args.id)).toEqual(heard.map(({ args }) => args.id));
    expect(opened).toHaveLength(5);

    const gains = await balances.told("J-1: 5 invented disputes refused, 5 of its own heard");
    await isInDocs(gains.attacker);
    // Five fees, five halves of a bond of 0.005 ether.
    const { seatFeeWei } = trial.juryParameters;
    expect(gains.attacker).toBeLessThanOrEqual(-5n * (3n * seatFeeWei + BOND / 2n));
    expect(gains.honest).toBeGreaterThan(0n);
    expect(await trial.supply()).toBe(supply);
  });
});

describe("J-2: many small accounts", () => {
  it("overturn nothing: seven of one ticket against six of fifty, ten disputes, ten appeals", async () => {
    const honest = parties(10, 6);
    const sybils = parties(20, 7);
    const [requester, worker, challenger] = parties(1, 3) as [Party, Party, Party];
    await trial.enrol([...each(honest, 50), ...each(sybils, 1)]);
    const balances = new Balances(trial, {
      attacker: [challenger, ...sybils],
      honest,
      worker: [worker],
      requester: [requester],
    });
    await balances.note();
    const supply = await trial.supply();
    const burned = await trial.burned();
    const mind = (juror: Party) => (sybils.includes(juror) ? workerWrong : workerRight);

    const rulings: Ruling[] = [];
    for (let i = 0; i < 10; ++i) {
      const work = await trial.work(requester, worker);
      const question = trial.question(work);
      await trial.prepare(challenger, question);
      const asked = await trial.challenge(challenger, work, question);
      await trial.vote(asked, await trial.draw(asked, seedOf(i)), mind);
      const { ruling } = await trial.readJury.standing([asked.id]);
      await challenger.jury.appeal([asked.id, ruling], { value: await trial.readJury.appealFee() });
      await trial.vote(asked, await trial.draw(asked, seedOf(100 + i)), mind);
      rulings.push(await trial.conclude(work, asked));
      await trial.settle(work);
    }
    expect(rulings).toEqual(Array(10).fill(workerRight));
    const gains = await balances.told(
      "J-2: 2.3 % of the tickets, 0 of 10 right rulings overturned",
    );
    await isInDocs(gains.attacker);
    // Each time the fees of both panels, ten seats, and the bond, half of which is the worker's.
    const { seatFeeWei } = trial.juryParameters;
    expect(gains.attacker).toBeLessThanOrEqual(-10n * (10n * seatFeeWei + BOND));
    expect(gains.honest).toBeGreaterThan(0n);
    expect(gains.worker).toBe(10n * (REWARD + BOND / 2n));
    expect(await trial.supply()).toBe(supply);
    expect((await trial.burned()) - burned).toBe(5n * BOND);
  });
});

describe("J-3: nobody judges", () => {
  const roles = () => parties(1, 3) as [Party, Party, Party];

  it("a challenge that nobody but the parties could judge is refused, and the worker paid", async () => {
    const [requester, worker, accomplice] = roles();
    await trial.enrol([
      [requester, 5],
      [worker, 5],
      [accomplice, 5],
    ]);
    // Of the three, a jury of requester and worker could be drawn from the accomplice alone, until it is a party too.
    const decides = await trial.readJury.canDecide([requester.address, worker.address]);
    expect(decides).toBe(true);
    const balances = new Balances(trial, { attacker: [requester, accomplice], worker: [worker] });
    await balances.note();
    const work = await trial.work(requester, worker);
    const question = trial.question(work);
    await trial.prepare(accomplice, question);
    await expectRevert(trial.challenge(accomplice, work, question), "JuryArbiter_NobodyToDraw", [
      hashDispute({
        ...question,
        specHash: work.terms.specHash,
        round: 0,
        number: 1,
        requester: requester.address,
        worker: worker.address,
        challenger: accomplice.address,
        resultLeaf: work.results.open(1).hash,
        openedAt: work.challengedAt,
        bond: BOND,
        fee: await trial.readJury.fee(),
      }),
    ]);
    await trial.settle(work);
    const gains = await balances.told("J-3: no jury but the parties");
    expect(gains.worker).toBe(REWARD);
    // The job is paid for, and what was prepared is lost.
    expect(gains.attacker).toBe(-(REWARD + BOND));
  });

  it("a silent jury leaves the batch to be paid; fee and half of the bond are burned", async () => {
    const [requester, worker, accomplice] = roles();
    const silent = parties(10, 4);
    await trial.enrol(each(silent, 1));
    const balances = new Balances(trial, {
      attacker: [requester, accomplice],
      worker: [worker],
      jurors: silent,
    });
    await balances.note();
    const supply = await trial.supply();
    const work = await trial.work(requester, worker);
    const question = trial.question(work);
    await trial.prepare(accomplice, question);
    const asked = await trial.challenge(accomplice, work, question);
    await neverJudged(asked);
    expect(await trial.conclude(work, asked)).toBe(undecided);
    await trial.settle(work);
    const gains = await balances.told("J-3: a jury that says nothing");
    expect(gains.worker).toBe(REWARD);
    const { seatFeeWei, ticketWei, noShowSlashBps } = trial.juryParameters;
    expect(gains.attacker).toBe(-(REWARD + BOND / 2n + 3n * seatFeeWei));
    expect(gains.jurors).toBe(-6n * ((ticketWei * BigInt(noShowSlashBps)) / 10_000n));
    expect(await trial.supply()).toBe(supply);
  });

  it("worker and requester together lose by it: their own job costs them fee and half of the bond", async () => {
    const [requester, worker, accomplice] = roles();
    await trial.enrol(each(parties(10, 4), 1));
    const balances = new Balances(trial, { attacker: [requester, worker, accomplice] });
    await balances.note();
    const work = await trial.work(requester, worker);
    const question = trial.question(work);
    await trial.prepare(accomplice, question);
    const asked = await trial.challenge(accomplice, work, question);
    await neverJudged(asked);
    expect(await trial.conclude(work, asked)).toBe(undecided);
    await trial.settle(work);
    const gains = await balances.told("J-3: all parties one person");
    await isInDocs(gains.attacker);
    const { seatFeeWei } = trial.juryParameters;
    expect(gains.attacker).toBe(-(BOND / 2n + 3n * seatFeeWei));
  });

  it("one juror is a jury, where there is no other", async () => {
    const [requester, worker, accomplice] = roles();
    const [only] = parties(10, 1) as [Party];
    await trial.enrol([[only, 1]]);
    // Nodes do not claim, and requesters do not post, while no full panel could be seated; who does all the same, is judged.
    expect(await trial.readJury.canDecide([requester.address, worker.address])).toBe(false);
    const balances = new Balances(trial, {
      attacker: [requester, accomplice],
      worker: [worker],
      juror: [only],
    });
    await balances.note();
    const work = await trial.work(requester, worker);
    const question = trial.question(work);
    await trial.prepare(accomplice, question);
    const asked = await trial.challenge(accomplice, work, question);
    const jurors = await trial.draw(asked, seedOf(1));
    expect(jurors).toEqual([only]);
    await trial.vote(asked, jurors, () => workerRight);
    expect(await trial.conclude(work, asked)).toBe(workerRight);
    await trial.settle(work);
    const gains = await balances.told("J-3: a jury of one");
    expect(gains.worker).toBe(REWARD + BOND / 2n);
    expect(gains.juror).toBe(3n * trial.juryParameters.seatFeeWei);
    expect(gains.attacker).toBeLessThan(-REWARD);
  });

  /** Both panels are drawn, and nobody on them does anything. */
  async function neverJudged(asked: Asked): Promise<void> {
    for (const index of [0, 1]) {
      const jurors = await trial.draw(asked, seedOf(index));
      expect(jurors).toHaveLength(3);
      await trial.vote(asked, jurors, () => none);
      if (index === 0) await trial.party(0).jury.advance([asked.id]);
    }
    expect((await trial.readJury.standing([asked.id])).stage).toBe(Stage.appealable);
  }
});

describe("L-5: a result that is served to one juror alone", () => {
  /** A worker withholds a result of its own job, its friend challenges, and this is what the jurors say of it, by seat. */
  async function withheld(title: string, said: readonly Ruling[], own: number) {
    const attacker = parties(1, 3) as [Party, Party, Party];
    const [requester, worker, friend] = attacker;
    const jurors = parties(10, 3);
    await trial.enrol(each(jurors, 1));
    const side = jurors.slice(0, own);
    const balances = new Balances(trial, {
      attacker: [...attacker, ...side],
      jurors: jurors.slice(own),
    });
    await balances.note();
    const work = await trial.work(requester, worker);
    const question = trial.question(work, unavailable);
    await trial.prepare(friend, question);
    const asked = await trial.challenge(friend, work, question);
    const drawn = await trial.draw(asked, seedOf(1));
    expect(new Set(drawn)).toEqual(new Set(jurors));
    await trial.vote(asked, drawn, (juror) => said[jurors.indexOf(juror)] ?? none);
    await trial.conclude(work, asked);
    const { status } = (await trial.readMarket.batches([work.job, 0, 1]))[0] ?? {};
    // After a slash it is to be had again, and the requester takes its escrow back; or that is back already. Else it is paid.
    if (status === BatchStatus.open) await requester.market.cancel([work.terms]);
    if (status === BatchStatus.submitted) await trial.settle(work);
    const gains = await balances.told(title);
    await isInDocs(gains.attacker);
    return gains;
  }

  it("costs the burned part of the slash and a fee, and its honest juror a fifth of a ticket", async () => {
    const gains = await withheld(
      "L-5: served to one juror, who keeps it to itself",
      [workerRight, workerWrong, workerWrong],
      0,
    );
    // A fifth of a slash of 0.025 ether, and the fee.
    expect(gains.attacker).toBe(-(BURNED + FEE));
    expect(gains.jurors).toBe(FEE);
  });

  it("costs half of a bond and a fee when that juror provides it to the others", async () => {
    const gains = await withheld(
      "L-5: served to one juror, who provides it to the others",
      [workerRight, workerRight, workerRight],
      0,
    );
    expect(gains.attacker).toBe(-(BOND / 2n + FEE));
    expect(gains.jurors).toBe(FEE);
  });

  it("costs more with a seat of the attacker's own, if the others share it", async () => {
    const gains = await withheld(
      "L-5: one of three seats is the attacker's, the others share",
      [workerWrong, workerRight, workerRight],
      1,
    );
    const { ticketWei, minoritySlashBps } = trial.juryParameters;
    const minority = (ticketWei * BigInt(minoritySlashBps)) / 10_000n;
    expect(gains.attacker).toBe(-(BOND / 2n + FEE + minority));
  });

  it("costs still, with a seat of the attacker's own, if they do not: at this stake less than the juror loses", async () => {
    const gains = await withheld(
      "L-5: one of three seats is the attacker's, one juror is served and keeps it to itself",
      [workerWrong, workerRight, workerWrong],
      1,
    );
    const { ticketWei, minoritySlashBps } = trial.juryParameters;
    const minority = (ticketWei * BigInt(minoritySlashBps)) / 10_000n;
    const share = (FEE + minority) / 2n;
    expect(gains.attacker).toBe(-(BURNED + FEE) + share);
    expect(gains.attacker).toBeLessThan(0n);
  });
});

describe("I-1: what was said for another jury, chain or ruling", () => {
  it("opens nothing here: a commitment to another jury, or on another chain, costs who makes it", async () => {
    const [requester, worker, challenger] = parties(1, 3) as [Party, Party, Party];
    const jurors = parties(10, 3);
    await trial.enrol(each(jurors, 1));
    const work = await trial.work(requester, worker);
    const question = trial.question(work);
    await trial.prepare(challenger, question);
    const asked = await trial.challenge(challenger, work, question);
    const drawn = await trial.draw(asked, seedOf(1));
    const [copier, ...rest] = drawn as [Party, ...Party[]];
    const balances = new Balances(trial, { attacker: [copier], honest: rest });
    await balances.note();
    const { id } = asked;
    const foreign = verdictCommitment(
      workerWrong,
      zeroHash,
      copier.address,
      id,
      0,
      trial.jury,
      10n,
    );
    await copier.jury.commit([id, 0, foreign]);
    for (const juror of rest) {
      const commitment = verdictCommitment(workerRight, zeroHash, juror.address, id, 0, trial.jury);
      await juror.jury.commit([id, 0, commitment]);
    }
    for (const juror of rest) await juror.jury.reveal([id, 0, workerRight, zeroHash]);
    await expectRevert(
      copier.jury.reveal([id, 0, workerWrong, zeroHash]),
      "JuryArbiter_CommitmentMismatch",
      [foreign, verdictCommitment(workerWrong, zeroHash, copier.address, id, 0, trial.jury)],
    );
    await trial.passTo((await trial.readJury.standing([id])).endsAt);
    await trial.conclude(work, asked);
    const gains = await balances.told("I-1: a commitment from another chain");
    await isInDocs(gains.attacker);
    const { ticketWei, noShowSlashBps } = trial.juryParameters;
    expect(gains.attacker).toBe(-(ticketWei * BigInt(noShowSlashBps)) / 10_000n);
    expect(gains.honest).toBeGreaterThan(0n);
  });

  it("appeals nothing here: after a reorganisation an appeal of the other ruling is refused, its fee kept", async () => {
    const [requester, worker, challenger] = parties(1, 3) as [Party, Party, Party];
    const jurors = parties(10, 3);
    await trial.enrol(each(jurors, 1));
    const work = await trial.work(requester, worker);
    const question = trial.question(work);
    await trial.prepare(challenger, question);
    const asked = await trial.challenge(challenger, work, question);
    const drawn = await trial.draw(asked, seedOf(1));
    const snapshot = await trial.network.networkHelpers.takeSnapshot();
    await trial.vote(asked, drawn, () => workerWrong);
    expect((await trial.readJury.standing([asked.id])).ruling).toBe(workerWrong);
    // The worker means to appeal that. The chain forgets it, and the panel says that the worker is right.
    await snapshot.restore();
    await trial.vote(asked, drawn, () => workerRight);
    const balances = new Balances(trial, { worker: [worker], challenger: [challenger], jurors });
    await balances.note();
    await expectRevert(
      worker.jury.appeal([asked.id, workerWrong], { value: await trial.readJury.appealFee() }),
      "JuryArbiter_WrongRuling",
      [asked.id, workerRight, workerWrong],
    );
    expect(await trial.conclude(work, asked)).toBe(workerRight);
    await trial.settle(work);
    const gains = await balances.told("I-1: an appeal of the ruling that is gone");
    expect(gains.worker).toBe(REWARD + BOND / 2n);
  });
});
