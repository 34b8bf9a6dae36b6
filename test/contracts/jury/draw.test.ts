import hre from "hardhat";
import { type Hex, keccak256, parseAbi, toHex } from "viem";
import { beforeAll, describe, expect, it, onTestFailed } from "vitest";
import { seededRandom } from "../../fixtures/random.ts";

// What the draw promises in numbers: a chance in proportion to stake, however the stake is split.

const abi = parseAbi([
  "function append(uint256 count)",
  "function set(uint256 first, uint256[] weights, uint256 epoch)",
  "function draws(uint256 seats, bytes32 seed, uint256 rounds, uint256 epoch) view returns (uint32[])",
]);

const EPOCH = 1000n;
const ROUNDS = 1500;

let network: Awaited<ReturnType<typeof hre.network.create>>;

beforeAll(async () => {
  network = await hre.network.create();
});

/** A seed that is printed if the test fails. */
function seeded(): Hex {
  const random = seededRandom();
  onTestFailed(() => console.error(`SEED=${random.seed}`));
  return toHex(random.bytes(32));
}

/** The seats of {@link ROUNDS} draws from jurors of these weights, who are numbered from 0 on. */
async function draws(weights: readonly number[], seats: number, seed: Hex): Promise<number[][]> {
  const { viem } = network;
  const { address } = await viem.deployContract("SumTreeHarness");
  const client = await viem.getPublicClient();
  const [wallet] = await viem.getWalletClients();
  if (wallet === undefined) throw new Error("The chain has no account");
  await wallet.writeContract({
    abi,
    address,
    functionName: "append",
    args: [BigInt(weights.length)],
  });
  for (let from = 0; from < weights.length; from += 50) {
    const page = weights.slice(from, from + 50).map(BigInt);
    await wallet.writeContract({
      abi,
      address,
      functionName: "set",
      args: [BigInt(from), page, EPOCH],
    });
  }
  const drawn: number[][] = [];
  const rounds = 100;
  while (drawn.length < ROUNDS) {
    const own = keccak256(`${seed}${toHex(drawn.length, { size: 4 }).slice(2)}`);
    const leaves = await client.readContract({
      abi,
      address,
      functionName: "draws",
      args: [BigInt(seats), own, BigInt(rounds), EPOCH + 1n],
    });
    for (let i = 0; i < leaves.length; i += seats) drawn.push(leaves.slice(i, i + seats));
  }
  return drawn;
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/** How far a count of {@link ROUNDS} trials of chance `p` may be off: five standard deviations, once in a million runs. */
const tolerance = (p: number) => 5 * Math.sqrt(ROUNDS * p * (1 - p)) + 1;

describe("the chance of a seat", () => {
  it("is the share of the stake", async () => {
    const weights = [1, 2, 3, 4, 10, 0, 20, 5, 5, 50];
    const drawn = await draws(weights, 3, seeded());
    for (const [juror, weight] of weights.entries()) {
      const p = weight / sum(weights);
      const first = drawn.filter((seats) => seats[0] === juror).length;
      expect(Math.abs(first - ROUNDS * p)).toBeLessThanOrEqual(tolerance(p));
    }
    for (const seats of drawn) expect(new Set(seats).size).toBe(3);
  });

  it("does not grow when a stake is split among many jurors", async () => {
    const seed = seeded();
    const share = 0.3;
    const honest = Array<number>(70).fill(1);
    const whole = await draws([...honest, 30], 3, seed);
    const split = await draws([...honest, ...Array<number>(30).fill(1)], 3, seed);

    const first = (drawn: number[][]) => drawn.filter(([seat = 0]) => seat >= 70).length;
    // For the first seat the chance is the same.
    expect(Math.abs(first(whole) - ROUNDS * share)).toBeLessThanOrEqual(tolerance(share));
    expect(Math.abs(first(split) - ROUNDS * share)).toBeLessThanOrEqual(tolerance(share));
    // Of all seats it has its share when it is split, and no more; in one hand it has one seat at most.
    const seats = (drawn: number[][]) =>
      sum(drawn.map((jury) => jury.filter((s) => s >= 70).length));
    expect(Math.abs(seats(split) - 3 * ROUNDS * share)).toBeLessThanOrEqual(3 * tolerance(share));
    expect(seats(whole)).toBeLessThanOrEqual(ROUNDS);
  });

  it.each([
    { seats: 3, share: 0.2, majority: 0.1027 },
    { seats: 7, share: 0.2, majority: 0.0307 },
    { seats: 3, share: 0.4, majority: 0.3515 },
    { seats: 7, share: 0.4, majority: 0.2868 },
  ])(
    "gives $share of 200 tickets a majority of $seats with a chance of $majority",
    async ({ seats, share, majority }) => {
      const jurors = 200;
      const mine = jurors * share;
      const drawn = await draws(Array<number>(jurors).fill(1), seats, seeded());
      const captured = drawn.filter((jury) => 2 * jury.filter((s) => s < mine).length > seats);

      const choose = (n: number, k: number): number =>
        k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k;
      let exact = 0;
      for (let k = (seats + 1) / 2; k <= seats; ++k) {
        exact += (choose(mine, k) * choose(jurors - mine, seats - k)) / choose(jurors, seats);
      }
      expect(exact).toBeCloseTo(majority, 3);
      expect(Math.abs(captured.length - ROUNDS * exact)).toBeLessThanOrEqual(tolerance(exact));
    },
  );
});
