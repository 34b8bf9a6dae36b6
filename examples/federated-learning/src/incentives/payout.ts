/**
 * Shares a budget out in proportion to contributions. A contribution below 0 counts as 0. Shares are computed exactly and rounded down
 * to the wei; the wei left over go to the largest remainders.
 * @returns wei by client. Their sum is the budget, or 0 if no client contributed.
 * @throws RangeError when a contribution is not finite.
 */
export function sharesOf(
  budgetWei: bigint,
  contributions: ReadonlyMap<number, number>,
): Map<number, bigint> {
  const weights = [...contributions]
    .map(([client, value]) => ({ client, weight: wholeOf(Math.max(0, value)) }))
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

/** A number from 0 on as a whole number of 2^-1074, of which every float is a multiple: nothing is rounded before it meets money. */
function wholeOf(value: number): bigint {
  if (!Number.isFinite(value)) throw new RangeError(`a contribution is finite, not ${value}`);
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const exponent = bits >> 52n;
  const fraction = BigInt.asUintN(52, bits);
  return exponent === 0n ? fraction : (fraction | (1n << 52n)) << (exponent - 1n);
}
