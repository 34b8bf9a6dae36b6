/** Accounts on a Marketplace, honest and other, and what each has: without what it paid for gas. */
import { type Address, getAddress, getContract, zeroAddress } from "viem";
import { marketplaceAbi } from "../../sdk/src/generated/marketplaceAbi.ts";
import { type Court, startCourt } from "../../test/contracts/dispute.ts";
import type { Actor, Terms } from "../../test/contracts/market.ts";
import type { Random } from "../../test/fixtures/random.ts";

const GWEI = 10n ** 9n;

export interface Population extends Court {
  /** Accounts that are nobody's yet. */
  others: readonly Actor[];
  /** What these have in all: wallets, stake, credit, and the gas that they paid. */
  wealth(members: readonly Actor[]): Promise<bigint>;
  now(): Promise<number>;
  /** Undoes everything since the population was made. */
  reset(): Promise<void>;
}

/** A batch that is submitted, of five to 64 tasks unless said otherwise; its stake, reward and windows at random. */
export async function populate(
  random: Random,
  taskCount = 5 + random.below(60),
): Promise<Population> {
  const changes: Partial<Terms> = {
    taskCount,
    batchSize: taskCount,
    rewardPerTask: BigInt(1 + random.below(10 ** 6)) * GWEI,
    // Shares of a stake of whole gwei do not round.
    stakePerBatch: BigInt(4_000_000 + random.below(500_000_000)) * GWEI,
    submitWindowSeconds: 60 + random.below(86_400),
    challengeWindowSeconds: 600 + random.below(86_400),
  };
  const court = await startCourt(changes);
  const wallets = await court.network.viem.getWalletClients();
  const others = wallets.slice(5).map((wallet) => ({
    address: getAddress(wallet.account.address),
    write: getContract({
      abi: marketplaceAbi,
      address: court.address,
      client: { public: court.client, wallet },
    }).write,
  }));
  let fresh = await court.network.networkHelpers.takeSnapshot();

  async function gasOf(owners: ReadonlySet<Address>): Promise<bigint> {
    let sum = 0n;
    const latest = await court.client.getBlockNumber();
    for (let blockNumber = 1n; blockNumber <= latest; blockNumber++) {
      const { transactions } = await court.client.getBlock({ blockNumber });
      for (const hash of transactions) {
        const receipt = await court.client.getTransactionReceipt({ hash });
        if (owners.has(getAddress(receipt.from)))
          sum += receipt.gasUsed * receipt.effectiveGasPrice;
      }
    }
    return sum;
  }

  return {
    ...court,
    others,
    async wealth(members) {
      let sum = await gasOf(new Set(members.map(({ address }) => address)));
      for (const { address } of members) {
        const { stake, unbonding } = await court.read.account([address]);
        sum += await court.client.getBalance({ address });
        sum += stake + unbonding + (await court.read.credit([address, zeroAddress]));
      }
      return sum;
    },
    now: async () => Number((await court.client.getBlock()).timestamp),
    async reset() {
      await fresh.restore();
      fresh = await court.network.networkHelpers.takeSnapshot();
    },
  };
}
