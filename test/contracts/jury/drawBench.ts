/** The deployed draw, many times over, and what its chances should be. */
import hre from "hardhat";
import { type Hex, keccak256, parseAbi, toHex } from "viem";
import { expect, onTestFailed } from "vitest";
import { seededRandom } from "../../fixtures/random.ts";

const abi = parseAbi([
  "function append(uint256 count)",
  "function set(uint256 first, uint256[] weights, uint256 epoch)",
  "function draws(uint32[3] excluded, uint256 most, bytes32 seed, uint256 rounds, uint256 epoch) view returns (uint32[])",
  "function majorities(uint256 mine, uint256 most, bytes32 seed, uint256 rounds, uint256 epoch) view returns (uint256)",
]);

const EPOCH = 1000n;
/** What a call may use: the chain is one of before transactions had a limit of their own. */
const GAS = 10n ** 12n;
const nobody = [0, 0, 0] as const;

export interface Draws {
  /** Tickets by juror; jurors are numbered from 0 on. */
  weights: readonly number[];
  /** Seats that are asked for; an odd number. */
  seats: number;
  rounds: number;
  seed: Hex;
}

export interface DrawBench {
  /** Jurors by seat, of each round. */
  draws(options: Draws): Promise<number[][]>;
  /** In how many rounds the first `mine` jurors hold a majority of the seats. */
  majorities(options: Draws & { mine: number }): Promise<number>;
}

export async function startDrawBench(): Promise<DrawBench> {
  const { viem } = await hre.network.create({
    override: { hardfork: "prague", blockGasLimit: GAS },
  });
  const client = await viem.getPublicClient();
  const [wallet] = await viem.getWalletClients();
  if (wallet === undefined) throw new Error("The chain has no account");

  /** A tree with these weights. Juror 0 is a leaf like any other here: nobody is excluded. */
  async function plant(weights: readonly number[]) {
    const { address } = await viem.deployContract("SumTreeHarness");
    const call = { abi, address, gas: 10n ** 7n } as const;
    for (let from = 0; from < weights.length; from += 50) {
      const page = weights.slice(from, from + 50).map(BigInt);
      const count = BigInt(page.length);
      await wallet?.writeContract({ ...call, functionName: "append", args: [count] });
      await wallet?.writeContract({
        ...call,
        functionName: "set",
        args: [BigInt(from), page, EPOCH],
      });
    }
    return address;
  }

  /** A seed for each page of rounds, and its size. */
  function* pages({ rounds, seed }: Draws) {
    const most = 500;
    for (let from = 0; from < rounds; from += most) {
      const own = keccak256(`${seed}${toHex(from, { size: 4 }).slice(2)}`);
      yield { own, count: BigInt(Math.min(most, rounds - from)) };
    }
  }

  return {
    async draws(options) {
      const address = await plant(options.weights);
      const drawn: number[][] = [];
      for (const { own, count } of pages(options)) {
        const leaves = await client.readContract({
          abi,
          address,
          functionName: "draws",
          args: [nobody, BigInt(options.seats), own, count, EPOCH + 1n],
        });
        const seats = leaves.length / Number(count);
        for (let i = 0; i < leaves.length; i += seats) drawn.push(leaves.slice(i, i + seats));
      }
      return drawn;
    },
    async majorities(options) {
      const address = await plant(options.weights);
      let sum = 0;
      for (const { own, count } of pages(options)) {
        sum += Number(
          await client.readContract({
            abi,
            address,
            functionName: "majorities",
            args: [BigInt(options.mine), BigInt(options.seats), own, count, EPOCH + 1n],
          }),
        );
      }
      return sum;
    },
  };
}

/** A seed that is printed if the test fails. */
export function seeded(): Hex {
  const random = seededRandom();
  onTestFailed(() => console.error(`SEED=${random.seed}`));
  return toHex(random.bytes(32));
}

/** Asserts that `count` of `rounds` trials of chance `p` is within five standard deviations: outside once in a million runs. */
export function within(count: number, rounds: number, p: number): void {
  const tolerance = 5 * Math.sqrt(rounds * p * (1 - p)) + 1;
  expect(Math.abs(count - rounds * p), `${count} of ${rounds}, for ${p}`).toBeLessThanOrEqual(
    tolerance,
  );
}

export interface Pool {
  /** Of everybody who may be drawn. */
  tickets: number;
  /** Of the coalition. */
  mine: number;
  /** Seats that are asked for. */
  seats: number;
}

/** How many seats there are: as many as are asked for, or else one a ticket; an odd number. */
export function seatsIn({ tickets, seats }: Pool): number {
  const most = Math.min(tickets, seats);
  return most === 0 || most % 2 === 1 ? most : most - 1;
}

/** C(n, k), 0 where there is no such choice. */
function choose(n: number, k: number): number {
  let product = k > n ? 0 : 1;
  for (let i = 1; i <= k; ++i) product = (product * (n - k + i)) / i;
  return product;
}

/** The chance that a coalition has just `held` seats (hypergeometric). */
export function seatChance(pool: Pool, held: number): number {
  const { tickets, mine } = pool;
  const seats = seatsIn(pool);
  return (choose(mine, held) * choose(tickets - mine, seats - held)) / choose(tickets, seats);
}

/** The chance that it has a majority of them. */
export function majorityChance(pool: Pool): number {
  const seats = seatsIn(pool);
  let sum = 0;
  for (let held = (seats + 1) / 2; held <= seats; ++held) sum += seatChance(pool, held);
  return sum;
}

/** The same in a pool without end, of which the coalition has this share (binomial). */
export function majorityChanceOfShare(share: number, seats: number): number {
  let sum = 0;
  for (let held = (seats + 1) / 2; held <= seats; ++held) {
    sum += choose(seats, held) * share ** held * (1 - share) ** (seats - held);
  }
  return sum;
}
