import { type Address, isAddressEqual, zeroAddress } from "viem";

/** A token that is taken as pay, at the worth that the operator gives. No market is asked. */
export interface TokenPrice {
  address: Address;
  /** Worth of one whole token, in wei of the native coin. */
  weiPerToken: bigint;
  /** One whole token is 10 to this power of its smallest unit. */
  decimals: number;
}

/** A token's price as an operator gives it. The token's contract knows the number of its decimals. */
export type ConfiguredPrice = Omit<TokenPrice, "decimals">;

/**
 * The worth of an amount of a token, in wei of the native coin, rounded down.
 * @param token - the zero address is the native coin.
 * @param amount - in its smallest unit.
 * @returns `undefined` if this node does not take the token.
 */
export function worthOf(
  { tokens }: { tokens: readonly TokenPrice[] },
  token: Address,
  amount: bigint,
): bigint | undefined {
  if (token === zeroAddress) return amount;
  const price = priceOf(tokens, token);
  if (price === undefined) return undefined;
  return (amount * price.weiPerToken) / 10n ** BigInt(price.decimals);
}

/**
 * The least amount of a token that is worth so much, in its smallest unit.
 * @param token - the zero address is the native coin.
 * @returns `undefined` if this node does not take the token.
 */
export function unitsOf(
  { tokens }: { tokens: readonly TokenPrice[] },
  token: Address,
  wei: bigint,
): bigint | undefined {
  if (token === zeroAddress) return wei;
  const price = priceOf(tokens, token);
  if (price === undefined || price.weiPerToken === 0n) return undefined;
  const scale = 10n ** BigInt(price.decimals);
  return (wei * scale + price.weiPerToken - 1n) / price.weiPerToken;
}

function priceOf(tokens: readonly TokenPrice[], token: Address): TokenPrice | undefined {
  return tokens.find(({ address }) => isAddressEqual(address, token));
}
