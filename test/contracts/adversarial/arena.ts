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

type Parties = Record<string, readonly Actor[]>;

/** All that an account has, in its wallet and in the Marketplace: what it paid for gas is gone. */
async function wealth({ client, read }: Market, owner: Address): Promise<bigint> {
  const { stake, unbonding } = await read.account([owner]);
  const credit = await read.credit([owner, zeroAddress]);
  return (await client.getBalance({ address: owner })) + stake + unbonding + credit;
}

async function wealthOf(market: Market, parties: Parties): Promise<Record<string, bigint>> {
  const sums: Record<string, bigint> = {};
  for (const [name, members] of Object.entries(parties)) {
    const each = await Promise.all(members.map(({ address }) => wealth(market, address)));
    sums[name] = each.reduce((a, b) => a + b, 0n);
  }
  return sums;
}

/**
 * What the parties have now. The function it returns prints that beside what they have later, in coins, and gives what each has won,
 * in wei.
 */
export async function weigh<Names extends string>(
  market: Market,
  parties: Record<Names, readonly Actor[]>,
): Promise<(attack: string) => Promise<Record<Names, bigint>>> {
  const before = await wealthOf(market, parties);
  return async (attack) => {
    const after = await wealthOf(market, parties);
    const won: Record<string, bigint> = {};
    const table: Record<string, object> = {};
    for (const name of Object.keys(parties)) {
      won[name] = (after[name] ?? 0n) - (before[name] ?? 0n);
      table[name] = {
        before: formatEther(before[name] ?? 0n),
        after: formatEther(after[name] ?? 0n),
        change: formatEther(won[name]),
      };
    }
    console.log(attack);
    console.table(table);
    return won;
  };
}
