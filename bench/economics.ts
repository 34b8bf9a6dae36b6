/**
 * `npm run bench -- economics`: what attacks on settlement pay, by seeded populations of honest and attacking accounts on the
 * contracts as they are deployed. `SEED=… npm run bench -- economics` plays others. Amounts are wei, without gas.
 */
import { seededRandom } from "../test/fixtures/random.ts";
import { type Attack, copy, freeze, hide, squat, undecided } from "./economics/attacks.ts";
import {
  enumerateOrders,
  exactAdvantages,
  simulatedAdvantages,
  startPools,
} from "./economics/draw.ts";
import { foreignDisputeLoss } from "./economics/foreign.ts";
import { populate } from "./economics/population.ts";

export interface EconomicsReport {
  /** Chance of a majority after splitting ÷ before: the largest, at 2 % of the tickets, exactly. */
  sybilAdvantage: number;
  /** What disputes that nobody's Marketplace opened cost honest jurors: the most. */
  foreignDisputeLossWei: number;
  /** The most that a coalition won by each kind of attack; a loss is negative. */
  undecidedGainWei: number;
  copyGainWei: number;
  hideGainWei: number;
  /** Ten freezes of a batch ÷ one: the least. */
  freezeCostRatio: number;
  /** Giving a batch back and claiming it again ÷ letting it expire, for the same time: the least. */
  squatCostRatio: number;
}

export interface EconomicsOptions {
  seed?: number;
  /** Populations that are played. */
  populations: number;
  /** Draws of each simulated pool. */
  draws: number;
  /** Draws of each pool that are compared with the rule. */
  checks: number;
}

/** Amounts in order, the least first. */
const ordered = (amounts: readonly bigint[]) =>
  [...amounts].sort((a, b) => (a < b ? -1 : Number(a > b)));

const most = (attacks: readonly Attack[]) => ordered(attacks.map(({ gain }) => gain)).at(-1) ?? 0n;

/** The worst of each kind of attack, by name. */
function summary(attacks: readonly Attack[]): Record<string, object> {
  const names = [...new Set(attacks.map(({ name }) => name))];
  return Object.fromEntries(
    names.map((name) => {
      const played = attacks.filter((attack) => attack.name === name);
      const victims = ordered(played.map(({ victim }) => victim));
      return [
        name,
        { played: played.length, "most won, wei": most(played), "victim's worst, wei": victims[0] },
      ];
    }),
  );
}

export async function measureEconomics(options: EconomicsOptions): Promise<EconomicsReport> {
  const random = seededRandom(options.seed);
  console.log(`SEED=${random.seed}`);

  const make = await startPools();
  const orders = [
    await enumerateOrders(make, 6, 3),
    await enumerateOrders(make, 9, 3),
    await enumerateOrders(make, 7, 7),
  ];
  console.log("Rows of numbers that a draw can take, and different orders of distinct tickets");
  console.table(orders);
  for (const { numbers, orders: found } of orders) {
    if (numbers !== found) throw new Error("Some order of tickets is likelier than another");
  }
  const { rows, worst } = await exactAdvantages(make, random, options.checks);
  console.log("Sets of tickets with a majority for the coalition, before and after splitting");
  console.table(rows);
  console.log("Simulated, with a confidence of 99.9 %");
  console.table(await simulatedAdvantages(make, random, options.draws));

  const copies: Attack[] = [];
  const hides: Attack[] = [];
  const undecideds: Attack[] = [];
  let freezeCostRatio = Number.POSITIVE_INFINITY;
  let squatCostRatio = Number.POSITIVE_INFINITY;
  const losses: bigint[] = [];
  let invented = 0;
  for (let i = 0; i < options.populations; i++) {
    // The smallest batches are those where being ready for every task is cheapest.
    const population = await populate(random, i < 3 ? 2 + i : undefined);
    copies.push(...(await copy(population, random)));
    hides.push(await hide(population, random));
    undecideds.push(...(await undecided(population, random)));
    squatCostRatio = Math.min(squatCostRatio, await squat(population, random));
    const kind = i % 2 === 0 ? "demand" : "challenge";
    const [one, ten] = [await freeze(population, kind, 1), await freeze(population, kind, 10)];
    freezeCostRatio = Math.min(freezeCostRatio, Number((ten * 10n ** 6n) / one) / 1e6);
    const { loss, tried } = await foreignDisputeLoss(random);
    losses.push(loss);
    invented += tried;
  }
  console.table(summary([...copies, ...hides, ...undecideds]));
  console.log(`${invented} invented disputes, refused all`);
  return {
    sybilAdvantage: worst,
    foreignDisputeLossWei: Number(ordered(losses).at(-1) ?? 0n),
    undecidedGainWei: Number(most(undecideds)),
    copyGainWei: Number(most(copies)),
    hideGainWei: Number(most(hides)),
    freezeCostRatio,
    squatCostRatio,
  };
}

export async function economics(): Promise<void> {
  const report = await measureEconomics({ populations: 8, draws: 1000, checks: 50 });
  console.log(JSON.stringify(report));
}
