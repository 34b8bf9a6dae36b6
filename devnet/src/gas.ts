import type { Address, PublicClient } from "viem";

export interface Spending {
  transactions: number;
  gasUsed: bigint;
  /** Gas at the price paid, in wei. */
  feeWei: bigint;
}

export const NOTHING_SPENT: Spending = { transactions: 0, gasUsed: 0n, feeWei: 0n };

export function sumSpending(spendings: readonly Spending[]): Spending {
  return spendings.reduce(
    (sum, { transactions, gasUsed, feeWei }) => ({
      transactions: sum.transactions + transactions,
      gasUsed: sum.gasUsed + gasUsed,
      feeWei: sum.feeWei + feeWei,
    }),
    NOTHING_SPENT,
  );
}

/** Reads each account's gas costs in blocks `fromBlock … toBlock`, from the receipts. For short, local chains. */
export async function readSpending(
  client: PublicClient,
  { fromBlock, toBlock }: { fromBlock: bigint; toBlock: bigint },
): Promise<Map<Address, Spending>> {
  const spending = new Map<Address, Spending>();
  for (let blockNumber = fromBlock; blockNumber <= toBlock; blockNumber++) {
    const { transactions } = await client.getBlock({ blockNumber });
    for (const hash of transactions) {
      const { from, gasUsed, effectiveGasPrice } = await client.getTransactionReceipt({ hash });
      // Receipts spell addresses in lower case, events with a checksum.
      const key = from.toLowerCase() as Address;
      const sum = { ...(spending.get(key) ?? NOTHING_SPENT) };
      sum.transactions += 1;
      sum.gasUsed += gasUsed;
      sum.feeWei += gasUsed * effectiveGasPrice;
      spending.set(key, sum);
    }
  }
  return spending;
}
