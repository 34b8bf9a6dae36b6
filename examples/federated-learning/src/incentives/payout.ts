/** Parts of a million: shares become whole numbers before they meet money. */
const PRECISION = 1_000_000_000;

/**
 * Shares a budget out in proportion to contributions, those below 0 counting as 0: to the wei, the largest remainders first. Where nobody
 * contributed, nobody is paid.
 * @returns wei by client; their sum is the budget, or 0.
 */
export function sharesOf(
  budgetWei: bigint,
  contributions: ReadonlyMap<number, number>,
): Map<number, bigint> {
  const total = contributions.values().reduce((sum, value) => sum + Math.max(0, value), 0);
  const weights = [...contributions]
    .map(([client, value]) => ({
      client,
      weight: total > 0 ? BigInt(Math.round((Math.max(0, value) / total) * PRECISION)) : 0n,
    }))
    .filter(({ weight }) => weight > 0n);
  const sum = weights.reduce((all, { weight }) => all + weight, 0n);
  if (sum === 0n) return new Map();
  const parts = weights.map(({ client, weight }) => ({
    client,
    wei: (budgetWei * weight) / sum,
    rest: (budgetWei * weight) % sum,
  }));
  let left = budgetWei - parts.reduce((all, { wei }) => all + wei, 0n);
  const order = parts.toSorted((a, b) =>
    a.rest === b.rest ? a.client - b.client : a.rest < b.rest ? 1 : -1,
  );
  const shares = new Map(parts.map(({ client, wei }) => [client, wei]));
  for (const { client } of order) {
    if (left === 0n) break;
    shares.set(client, (shares.get(client) ?? 0n) + 1n);
    left -= 1n;
  }
  return new Map([...shares].filter(([, wei]) => wei > 0n));
}
