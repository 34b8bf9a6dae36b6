/** Attackers and victims, what they have, and what an attack has made of it. */
import { type Address, formatEther, getAddress, getContract, zeroAddress } from "viem";
import { marketplaceAbi } from "../../../sdk/src/generated/marketplaceAbi.ts";
import { type Court, startCourt } from "../dispute.ts";
import { type Actor, ETHER, type Market, type Terms } from "../market.ts";

/** Of a worker that commits to 64 tasks: bond 0.01, demand 0.001, slash 0.05 coins. */
export const STAKE = ETHER / 10n;

export const startArena = (changes: Partial<Terms> = {}): Promise<Court> =>
  startCourt({ taskCount: 64, batchSize: 64, stakePerBatch: STAKE, ...changes });

/** Accounts that are nobody's yet. */
export async function strangers(market: Market, count: number): Promise<Actor[]> {
  const wallets = await market.network.viem.getWalletClients();
  return wallets.slice(5, 5 + count).map((wallet) => ({
    address: getAddress(wallet.account.address),
    write: getContract({
      abi: marketplaceAbi,
      address: market.address,
      client: { public: market.client, wallet },
    }).write,
  }));
}

/** What an account has in its wallet and in the Marketplace. */
async function wealthOf({ client, read }: Market, owner: Address): Promise<bigint> {
  const { stake, unbonding } = await read.account([owner]);
  const credit = await read.credit([owner, zeroAddress]);
  return (await client.getBalance({ address: owner })) + stake + unbonding + credit;
}

/** What these have paid for gas since block `from`. */
async function gasOf({ client }: Market, owners: ReadonlySet<Address>, from: bigint) {
  let sum = 0n;
  const latest = await client.getBlockNumber();
  for (let blockNumber = from; blockNumber <= latest; blockNumber++) {
    const { transactions } = await client.getBlock({ blockNumber });
    for (const hash of transactions) {
      const receipt = await client.getTransactionReceipt({ hash });
      if (owners.has(getAddress(receipt.from))) sum += receipt.gasUsed * receipt.effectiveGasPrice;
    }
  }
  return sum;
}

/** What an attack has made of what its parties had, in wei; a loss is negative. */
export interface Outcome<Names extends string> {
  won: Record<Names, bigint>;
  /** The same, as if gas were free. */
  withoutGas: Record<Names, bigint>;
}

/** What the parties have now. The function it returns compares that with what they have later. */
export async function weigh<Names extends string>(
  market: Market,
  parties: Record<Names, readonly Actor[]>,
  /** What else an account has, in wei: in another contract. */
  elsewhere: (owner: Address) => Promise<bigint> = async () => 0n,
): Promise<() => Promise<Outcome<Names> & { print(attack: string): void }>> {
  const names = Object.keys(parties) as Names[];
  const sumOf = async (name: Names) => {
    const each = await Promise.all(
      parties[name].map(
        async ({ address }) => (await wealthOf(market, address)) + (await elsewhere(address)),
      ),
    );
    return each.reduce((a, b) => a + b, 0n);
  };
  const from = (await market.client.getBlockNumber()) + 1n;
  const before = {} as Record<Names, bigint>;
  for (const name of names) before[name] = await sumOf(name);
  return async () => {
    const won = {} as Record<Names, bigint>;
    const withoutGas = {} as Record<Names, bigint>;
    const table: Record<string, object> = {};
    for (const name of names) {
      const after = await sumOf(name);
      const gas = await gasOf(market, new Set(parties[name].map(({ address }) => address)), from);
      won[name] = after - before[name];
      withoutGas[name] = won[name] + gas;
      table[name] = {
        before: formatEther(before[name]),
        after: formatEther(after),
        change: formatEther(won[name]),
        "gas of it": formatEther(gas),
      };
    }
    const print = (attack: string) => {
      console.log(attack);
      console.table(table);
    };
    return { won, withoutGas, print };
  };
}

/** {@link weigh}, with a table of coins on the terminal. */
export async function weighed<Names extends string>(
  market: Market,
  parties: Record<Names, readonly Actor[]>,
  elsewhere?: (owner: Address) => Promise<bigint>,
): Promise<(attack: string) => Promise<Outcome<Names>>> {
  const compare = await weigh(market, parties, elsewhere);
  return async (attack) => {
    const { print, ...outcome } = await compare();
    print(attack);
    return outcome;
  };
}
