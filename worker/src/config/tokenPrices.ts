import type { ConfiguredPrice } from "../jobs/worth.ts";
import { parseAddress, parseAmount } from "./values.ts";

/** `0x…@0.0004`: a token, and what one of it is worth. */
export function parseTokenPrice(text: string): ConfiguredPrice {
  const [address = "", amount = "", ...rest] = text.split("@");
  if (amount === "" || rest.length > 0) {
    throw new Error("give a token and what one of it is worth, such as 0x…@0.0004 (ether)");
  }
  return { address: parseAddress(address), weiPerToken: parseAmount(amount) };
}

export function eachTokenOnce(prices: readonly ConfiguredPrice[]): void {
  const addresses = new Set(prices.map(({ address }) => address));
  if (addresses.size !== prices.length) throw new Error("give each token once");
}
