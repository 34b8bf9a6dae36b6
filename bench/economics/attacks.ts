/** Attacks on a Marketplace, each played on a population: what the coalition has won, in wei, without gas. */
import { weigh } from "../../test/contracts/adversarial/arena.ts";
import { idOf } from "../../test/contracts/dispute.ts";
import { type Actor, DAY, Ground, parameters, Ruling, spec } from "../../test/contracts/market.ts";
import type { Random } from "../../test/fixtures/random.ts";
import type { Population } from "./population.ts";

export interface Attack {
  name: string;
  /** What the coalition has won; a loss is negative. */
  gain: bigint;
  /** What the honest party that it is aimed at has won. */
  victim: bigint;
}

const tasks = ({ terms }: Population) => Array.from({ length: terms.taskCount }, (_, i) => i);

/** The window is over, the worker paid, and everybody counts. */
async function settle(population: Population): Promise<void> {
  await population.at((await population.now()) + population.terms.challengeWindowSeconds);
  await population.stranger.write.settle([population.terms, [0]]);
}

async function outlast(population: Population, seconds: number): Promise<void> {
  await population.at((await population.now()) + seconds + 1);
}

async function weighed(
  population: Population,
  name: string,
  coalition: readonly Actor[],
  victims: readonly Actor[],
  attack: () => Promise<void>,
): Promise<Attack> {
  const compare = await weigh(population, { coalition, victims });
  await attack();
  const { withoutGas } = await compare();
  await population.reset();
  return { name, gain: withoutGas.coalition, victim: withoutGas.victims };
}

/**
 * The worker cheats, and somebody honest has found it. Bots are ready for every task on a ground that takes no work to guess, see the
 * honest question, and are first with theirs.
 */
export function copy(population: Population, random: Random): Promise<Attack[]> {
  const { rival, terms, others, arbiter, bond } = population;
  const honest = random.below(terms.taskCount);
  const bots = others.slice(0, 1 + random.below(3));
  const botOf = (position: number) => bots[position % bots.length] ?? rival;

  /** One of the bots sees an answer, and prepares with it: too late to ask it, and too late to have its money back. */
  const late = () =>
    weighed(population, "copies an answer", bots, [rival], async () => {
      const question = population.question({ position: honest });
      const dispute = await population.challenge({ position: honest });
      await population.prepare(botOf(honest), question);
      await arbiter.rule(idOf(dispute), Ruling.workerWrong);
      await rival.write.resolve([terms, dispute]);
    });
  /** Every task is demanded in advance; the honest demand names the one that is hidden. */
  const ready = (asks: number) =>
    weighed(population, `ready for every demand, asks ${asks}`, bots, [rival], async () => {
      const question = (position: number) => population.question({ position, ground: Ground.none });
      for (const position of tasks(population)) {
        await population.prepare(botOf(position), question(position));
      }
      await population.prepare(rival, question(honest));
      await botOf(honest).write.demand([terms, question(honest)]);
      await rival.write.reclaim([question(honest), 0, 1]);
      // Some of what it has prepared it uses, so as not to lose it. A worker shows what it has.
      const shown = tasks(population)
        .filter((position) => position !== honest)
        .slice(0, asks);
      for (const [i, position] of shown.entries()) {
        const needed = BigInt(i + 2) * population.demandBond;
        const value = needed > bond ? needed - bond : 0n;
        await botOf(position).write.demand([terms, question(position)], { value });
        const { leaf, proof } = population.results.open(position);
        await population.worker.write.reveal([terms, 0, i + 2, leaf, proof]);
      }
      await outlast(population, parameters.responseWindowSeconds);
      await rival.write.forfeit([terms, 0, 0, 1]);
    });
  return (async () => [await late(), await ready(0), await ready(5)])();
}

/** The worker has computed one task, or none; its friends ask about that one for as long as they like. */
export function hide(population: Population, random: Random): Promise<Attack> {
  const { worker, rival, terms, others, arbiter } = population;
  const friends = others.slice(0, 1 + random.below(4));
  const hidden = 1 + random.below(terms.taskCount - 1);
  const rounds = random.below(4);
  const friend = (i: number) => friends[i % friends.length] ?? worker;
  return weighed(population, "hides its work", [worker, ...friends], [rival], async () => {
    const { leaf, proof } = population.results.open(0);
    for (let i = 0; i < rounds; i++) {
      const number = await population.demand({ by: friend(i), position: 0 });
      await worker.write.reveal([terms, 0, number, leaf, proof]);
    }
    const number = await population.demand({ by: rival, position: hidden });
    const dispute = await population.challenge({
      by: friend(rounds),
      position: 0,
      ground: Ground.unavailable,
    });
    await arbiter.rule(idOf(dispute), Ruling.workerRight);
    await worker.write.resolve([terms, dispute]);
    await outlast(population, parameters.responseWindowSeconds);
    await rival.write.forfeit([terms, 0, 0, number]);
  });
}

/** Nobody judges. A requester disputes what it has, against what it would have paid; a worker has itself disputed. */
export function undecided(population: Population, random: Random): Promise<Attack[]> {
  const { worker, requester, stranger, terms, others, arbiter } = population;
  const friends = others.slice(0, 1 + random.below(3));
  const disputes = async () => {
    for (const [i, by] of friends.entries()) {
      const position = (i + random.below(terms.taskCount)) % terms.taskCount;
      const dispute = await population.challenge({ by, position });
      if (random.below(2) === 0) await arbiter.rule(idOf(dispute), Ruling.undecided);
      else await outlast(population, parameters.disputeTimeoutSeconds);
      await stranger.write.resolve([terms, dispute]);
    }
  };
  return (async () => {
    const reward = BigInt(terms.taskCount) * terms.rewardPerTask;
    const byRequester = await weighed(
      population,
      "a requester, undecided",
      [requester, ...friends],
      [worker],
      async () => {
        await disputes();
        await settle(population);
      },
    );
    // Without a dispute the requester, whose escrow is out, ends where it began, and the worker has its reward.
    byRequester.victim -= reward;
    const byWorker = await weighed(
      population,
      "a worker, undecided",
      [worker, ...friends],
      [requester],
      async () => {
        await disputes();
        await settle(population);
      },
    );
    byWorker.gain -= reward;
    return [byRequester, byWorker];
  })();
}

/** Worker and challenger are one. What `n` freezes of a batch, one after the other, cost it. */
export async function freeze(
  population: Population,
  kind: "challenge" | "demand",
  n: number,
): Promise<bigint> {
  const { worker, terms, others, arbiter } = population;
  const friends = others.slice(0, 5);
  const { gain } = await weighed(population, kind, [worker, ...friends], [], async () => {
    for (let i = 0; i < n; i++) {
      const by = friends[i % friends.length] ?? worker;
      const position = i % terms.taskCount;
      if (kind === "demand") {
        const number = await population.demand({ by, position });
        const { leaf, proof } = population.results.open(position);
        await outlast(population, parameters.responseWindowSeconds - 1);
        await worker.write.reveal([terms, 0, number, leaf, proof]);
      } else {
        const dispute = await population.challenge({ by, position: 0, ground: Ground.unavailable });
        await arbiter.rule(idOf(dispute), Ruling.workerRight);
        await outlast(population, 4 * DAY);
        await worker.write.resolve([terms, dispute]);
      }
    }
  });
  return -gain;
}

/** What it costs to hold a batch for some windows by letting it expire, and by giving it back before. The ratio of the burned sums. */
export async function squat(population: Population, random: Random): Promise<number> {
  const { stranger, requester, others, network, client } = population;
  const window = population.terms.submitWindowSeconds;
  const terms = {
    ...population.terms,
    salt: BigInt(random.below(2 ** 32)),
    claimUntil: (await population.now()) + 100 * window + DAY,
  };
  const [squatter] = others;
  if (squatter === undefined) throw new Error("The chain has no accounts");
  const escrow = BigInt(terms.taskCount) * terms.rewardPerTask;
  await requester.write.post([terms, spec], { value: escrow });
  await squatter.write.deposit({ value: 10n * terms.stakePerBatch });
  const stake = async () => (await population.read.account([squatter.address])).stake;
  const windows = 1 + random.below(3);
  const pieces = 1 + random.below(6);

  /** Claims `times` times, and holds each time for so many seconds. What it loses. */
  async function hold(times: number, seconds: number, released: boolean): Promise<bigint> {
    const snapshot = await network.networkHelpers.takeSnapshot();
    const before = await stake();
    for (let i = 0; i < times; i++) {
      await squatter?.write.claim([terms, 0]);
      const { timestamp } = await client.getBlock();
      await population.at(Number(timestamp) + seconds);
      if (released) await squatter?.write.release([terms, 0]);
      else await stranger.write.expire([terms, 0]);
    }
    const lost = before - (await stake());
    await snapshot.restore();
    return lost;
  }
  const piece = Math.ceil(window / pieces);
  const expired = await hold(windows, window + 1, false);
  // Pieces that add up to as much time, or a second more each.
  const released = await hold(windows * pieces, piece, true);
  await population.reset();
  return Number((released * 10n ** 6n) / expired) / 1e6;
}
