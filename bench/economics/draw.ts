/** What a coalition's chance of a majority is before and after it splits its tickets over many accounts, through the deployed draw. */
import hre from "hardhat";
import { type Hex, keccak256, parseAbi, toHex } from "viem";
import type { Random } from "../../test/fixtures/random.ts";

const abi = parseAbi([
  "function join(uint256[] tickets)",
  "function owners() view returns (uint32[])",
  "function draws(bytes32[] seeds, uint256 most) view returns (uint32[])",
  "function majorities(uint256 first, uint256 most, bytes32 seed, uint256 rounds) view returns (uint256)",
]);

/** Seats of a first panel and of an appeal. */
export const PANELS = [3, 7] as const;
/** Accounts of a pool before the split, the coalition's one included. */
export const POOLS = [4, 10, 30, 100, 300] as const;
/** What a call may use: the chain is one of before transactions had a limit of their own. */
const GAS = 10n ** 12n;

/** Draws in one call: the node keeps a trace of every step of it, so that a thousand take gigabytes. */
const PAGE = 100;

interface Pool {
  /** Of the coalition, in all tickets. */
  owners: readonly number[];
  /** Leaves from here on are the coalition's. */
  first: number;
  tickets: number;
  /** The leaves that each seed draws. */
  draws(seeds: readonly Hex[], seats: number): Promise<number[][]>;
  majorities(seats: number, seed: Hex, rounds: number): Promise<number>;
}

export interface SybilRow {
  accounts: number;
  tickets: number;
  share: string;
  seats: number;
  before: string;
  after: string;
  /** After ÷ before, where both are exact. */
  advantage?: string;
  /** The exact chance of what is simulated. */
  exact?: string;
}

/** Pools of jurors on a chain of their own. */
export async function startPools() {
  const { viem } = await hre.network.create({
    override: { hardfork: "prague", blockGasLimit: GAS },
  });
  const client = await viem.getPublicClient();
  const [wallet] = await viem.getWalletClients();
  if (wallet === undefined) throw new Error("The chain has no account");

  /** Honest accounts first, then the coalition's. */
  return async function pool(honest: readonly number[], mine: readonly number[]): Promise<Pool> {
    const { address } = await viem.deployContract("DrawHarness");
    const call = { abi, address, gas: GAS / 2n } as const;
    const tickets = [...honest, ...mine].map(BigInt);
    for (let from = 0; from < tickets.length; from += 100) {
      const page = tickets.slice(from, from + 100);
      await wallet.writeContract({ ...call, functionName: "join", args: [page] });
    }
    const owners = await client.readContract({ ...call, functionName: "owners" });
    return {
      owners,
      first: honest.length + 1,
      tickets: owners.length,
      async draws(seeds, seats) {
        const args = [seeds, BigInt(seats)] as const;
        const leaves = await client.readContract({ ...call, functionName: "draws", args });
        const size = leaves.length / seeds.length;
        return seeds.map((_, i) => leaves.slice(i * size, (i + 1) * size));
      },
      async majorities(seats, seed, rounds) {
        let won = 0n;
        for (let from = 0; from < rounds; from += PAGE) {
          const own = keccak256(`${seed}${toHex(from, { size: 4 }).slice(2)}`);
          const count = BigInt(Math.min(PAGE, rounds - from));
          const args = [BigInt(honest.length + 1), BigInt(seats), own, count] as const;
          won += await client.readContract({ ...call, functionName: "majorities", args });
        }
        return Number(won);
      },
    };
  };
}

type MakePool = Awaited<ReturnType<typeof startPools>>;

/** The number that the draw takes for a seat, below what is left. */
function dice(seed: Hex, seat: number, left: number): number {
  const word = keccak256(`${seed}${toHex(seat, { size: 32 }).slice(2)}`);
  return Number(BigInt(word) % BigInt(left));
}

/** The rule by hand: each seat takes one of the tickets that are left, and the numbers are one to one with the orders. */
function byHand(owners: readonly number[], seed: Hex, seats: number): number[] {
  const left = [...owners];
  return Array.from(
    { length: Math.min(seats, owners.length) },
    (_, seat) => left.splice(dice(seed, seat, left.length), 1)[0] ?? 0,
  );
}

/**
 * Every order in which a small pool's tickets can be drawn, through the deployed draw: a seed is looked for for each row of numbers that
 * it can take. The orders of distinct tickets are all there, each once, so that all sets of tickets are equally likely.
 */
export async function enumerateOrders(make: MakePool, tickets: number, seats: number) {
  const pool = await make(Array<number>(tickets).fill(1), []);
  let orders = 1;
  for (let i = 0; i < seats; i++) orders *= tickets - i;
  const seeds = new Map<string, Hex>();
  for (let nonce = 0; seeds.size < orders; nonce++) {
    const seed = keccak256(toHex(nonce, { size: 32 }));
    const row = Array.from({ length: seats }, (_, seat) => dice(seed, seat, tickets - seat));
    seeds.set(row.join(), seed);
  }
  const drawn = new Set<string>();
  const all = [...seeds.values()];
  for (let from = 0; from < all.length; from += PAGE) {
    for (const leaves of await pool.draws(all.slice(from, from + PAGE), seats)) {
      if (new Set(leaves).size === seats) drawn.add(leaves.join());
    }
  }
  return { tickets, seats, numbers: orders, orders: drawn.size };
}

/** Asserts that the deployed draw is the rule, for this pool and these seeds. */
async function checkRule(pool: Pool, random: Random, seats: number, rounds: number) {
  const seeds = Array.from({ length: rounds }, () => toHex(random.bytes(32)));
  const drawn = await pool.draws(seeds, seats);
  for (const [i, seed] of seeds.entries()) {
    if (byHand(pool.owners, seed, seats).join() !== drawn[i]?.join()) {
      throw new Error(`The draw of ${seed} is not the rule's: ${drawn[i]}`);
    }
  }
}

/** C(n, k), exactly. */
function choose(n: number, k: number): bigint {
  let product = k > n ? 0n : 1n;
  for (let i = 1; i <= k && k <= n; i++) product = (product * BigInt(n - k + i)) / BigInt(i);
  return product;
}

/** How many of all sets of `seats` tickets give the coalition a majority, of how many. The tickets are counted as the contract finds them. */
function countMajorities({ owners, first }: Pool, seats: number): [bigint, bigint] {
  const mine = owners.filter((leaf) => leaf >= first).length;
  let won = 0n;
  for (let held = (seats + 1) / 2; held <= seats; held++) {
    won += choose(mine, held) * choose(owners.length - mine, seats - held);
  }
  return [won, choose(owners.length, seats)];
}

/** Tickets of a pool: at least one an account, and of the coalition enough to hold a majority of an appeal. */
function poolOf(accounts: number, percent: number): { honest: number[]; mine: number } {
  const tickets = 500;
  const mine = (tickets * percent) / 100;
  const others = accounts - 1;
  const upTo = (i: number) => Math.floor(((tickets - mine) * i) / others);
  const honest = Array.from({ length: others }, (_, i) => upTo(i + 1) - upTo(i));
  return { honest, mine };
}

const percentOf = (value: number, digits = 4) => `${(100 * value).toFixed(digits)} %`;

/** At 2 %: exactly. Splitting into accounts of one ticket, and into two. */
export async function exactAdvantages(make: MakePool, random: Random, rounds: number) {
  const rows: SybilRow[] = [];
  let worst = 0;
  for (const accounts of POOLS) {
    const { honest, mine } = poolOf(accounts, 2);
    const before = await make(honest, [mine]);
    for (const split of [Array<number>(mine).fill(1), [1, mine - 1]]) {
      const after = await make(honest, split);
      for (const seats of PANELS) {
        for (const pool of [before, after]) await checkRule(pool, random, seats, rounds);
        const [wonBefore, all] = countMajorities(before, seats);
        const [wonAfter, allAfter] = countMajorities(after, seats);
        const advantage = Number((wonAfter * all * 10n ** 9n) / (wonBefore * allAfter)) / 1e9;
        worst = Math.max(worst, advantage);
        rows.push({
          accounts,
          tickets: before.tickets,
          share: `2 % in ${split.length}`,
          seats,
          before: `${wonBefore} of ${all}`,
          after: `${wonAfter} of ${allAfter}`,
          advantage: advantage.toFixed(6),
        });
      }
    }
  }
  return { rows, worst };
}

/** At 10 and 30 %: simulated, with the 99.9 % confidence interval of each chance. */
export async function simulatedAdvantages(make: MakePool, random: Random, rounds: number) {
  const rows: SybilRow[] = [];
  for (const accounts of POOLS) {
    for (const percent of [10, 30]) {
      const { honest, mine } = poolOf(accounts, percent);
      const before = await make(honest, [mine]);
      const after = await make(honest, Array<number>(mine).fill(1));
      for (const seats of PANELS) {
        const chance = (won: number) => {
          const p = won / rounds;
          return `${percentOf(p, 2)} ± ${percentOf(3.29 * Math.sqrt((p * (1 - p)) / rounds), 2)}`;
        };
        const seedOf = () => toHex(random.bytes(32));
        const [wonBefore, wonAfter] = [
          await before.majorities(seats, seedOf(), rounds),
          await after.majorities(seats, seedOf(), rounds),
        ];
        const [won, all] = countMajorities(before, seats);
        const exact = Number((won * 10n ** 12n) / all) / 1e12;
        const spread = 5 * Math.sqrt(rounds * exact * (1 - exact)) + 1;
        for (const count of [wonBefore, wonAfter]) {
          if (Math.abs(count - rounds * exact) > spread) {
            throw new Error(`${count} of ${rounds} majorities, where ${exact} is the chance`);
          }
        }
        rows.push({
          accounts,
          tickets: before.tickets,
          share: `${percent} % in ${mine}`,
          seats,
          before: chance(wonBefore),
          after: chance(wonAfter),
          exact: percentOf(exact, 2),
        });
      }
    }
  }
  return rows;
}
