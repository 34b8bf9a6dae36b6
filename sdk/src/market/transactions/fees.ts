import { abortable } from "../../concurrency/abortable.ts";
import type { ChainContext } from "../context/marketContext.ts";
import type { Fees } from "../context/transactionStore.ts";
import { FeeCapError } from "../errors/market.ts";

/** The first replacement offers an eighth more (nodes ask for a tenth), each further one twice as much more. */
const FIRST_BUMP_PER_MILLE = 125n;
/** The minimum increase that nodes require of a replacement. */
const LEAST_BUMP_PER_MILLE = 100n;

/**
 * Computes the fees of a transaction sent now: room for the base fee to double (six full blocks), and the tip that the node suggests,
 * within the client's cap.
 *
 * @throws {@link FeeCapError} when the base fee alone is above the cap.
 */
export async function currentFees(
  { public: node, maxFeePerGas: cap }: ChainContext,
  signal: AbortSignal | undefined,
): Promise<Fees> {
  const { baseFeePerGas } = await abortable(node.getBlock(), signal);
  if (baseFeePerGas === null) {
    const price = await abortable(node.getGasPrice(), signal);
    if (cap !== undefined && price > cap) throw new FeeCapError(price, cap);
    return { maxFeePerGas: price, maxPriorityFeePerGas: undefined };
  }
  if (cap !== undefined && baseFeePerGas > cap) throw new FeeCapError(baseFeePerGas, cap);
  const tip = await abortable(node.estimateMaxPriorityFeePerGas(), signal);
  const maxFeePerGas = capped(2n * baseFeePerGas + tip, cap);
  return { maxFeePerGas, maxPriorityFeePerGas: capped(tip, maxFeePerGas) };
}

/**
 * Computes the fees of a transaction's next replacement. Returns `undefined` if the cap leaves no room for one.
 * @param versions - how many there are so far.
 * @param now - what a new transaction would offer.
 */
export function bumpedFees(
  last: Fees,
  { versions, now, cap }: { versions: number; now: Fees; cap: bigint | undefined },
): Fees | undefined {
  const perMille = 1_000n + FIRST_BUMP_PER_MILLE * 2n ** BigInt(Math.min(versions, 8) - 1);
  const maxFeePerGas = capped(max(raised(last.maxFeePerGas, perMille), now.maxFeePerGas), cap);
  const { maxPriorityFeePerGas: tip } = last;
  // A node wants both to rise.
  const leastPerMille = 1_000n + LEAST_BUMP_PER_MILLE;
  if (maxFeePerGas < raised(last.maxFeePerGas, leastPerMille)) return undefined;
  if (tip === undefined) return { maxFeePerGas, maxPriorityFeePerGas: undefined };
  const nextTip = capped(max(raised(tip, perMille), now.maxPriorityFeePerGas ?? 0n), maxFeePerGas);
  if (nextTip < raised(tip, leastPerMille)) return undefined;
  return { maxFeePerGas, maxPriorityFeePerGas: nextTip };
}

/** What the first replacement of a transaction sent now would offer for one unit of gas, in wei: what to have in reserve. */
export function reserveFeePerGas({ maxFeePerGas }: Fees): bigint {
  return raised(maxFeePerGas, 1_000n + FIRST_BUMP_PER_MILLE);
}

/** Rounded up, so that one wei grows too. */
function raised(wei: bigint, perMille: bigint): bigint {
  return (wei * perMille + 999n) / 1_000n;
}

function capped(wei: bigint, cap: bigint | undefined): bigint {
  return cap !== undefined && wei > cap ? cap : wei;
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
